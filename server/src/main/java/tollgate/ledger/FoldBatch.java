package tollgate.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollgate.db.WriteTx;
import tollgate.ledger.Entry.Attempt;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Extend;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Mark;
import tollgate.ledger.Entry.Post;
import tollgate.ledger.Entry.Resolution;
import tollgate.ledger.Entry.Voided;
import tollgate.ledger.Sums.PurseKey;
import tollgate.unit.Digest;

/// What some frames of the journal change in the projections, summed up in memory first and then
/// written in one transaction.
final class FoldBatch {
    static final long REPLAY_MILLIS = 24L * 60 * 60 * 1000;

    private static final class Spent {
        long total;
        long day;
        long dayAmount;
        long month;
        long monthAmount;
    }

    private final Map<Long, OpenCall> open;
    private final Sums sums = new Sums();
    private final Map<Long, Spent> spends = new HashMap<>();
    private final Map<Long, OpenCall> touched = new LinkedHashMap<>();
    private final List<Long> storedAndClosed = new ArrayList<>();
    private final List<ClosedCall> closed = new ArrayList<>();
    private final List<Long> endedMillis = new ArrayList<>();
    private final List<Credit> credits = new ArrayList<>();
    private final List<Long> creditMillis = new ArrayList<>();
    private long records;

    /// @param open calls open at the cursor; kept up to date here, for the next batch
    FoldBatch(Map<Long, OpenCall> open) {
        this.open = open;
    }

    long records() {
        return records;
    }

    List<ClosedCall> closed() {
        return closed;
    }

    void add(Entry entry, long atMillis) {
        records++;
        sums.add(entry);
        switch (entry) {
            case Hold e -> {
                OpenCall call = new OpenCall(e, atMillis);
                open.put(e.subject().hold(), call);
                touched.put(e.subject().hold(), call);
            }
            case Attempt e -> call(e.hold()).add(e);
            case Mark e -> call(e.hold()).add(e);
            case Extend e -> call(e.subject().hold()).add(e);
            case Post e -> {
                close(e, atMillis);
                spend(e.subject().key(), e.amount(), Period.at(atMillis));
            }
            case Voided e -> close(e, atMillis);
            case Credit e -> {
                credits.add(e);
                creditMillis.add(atMillis);
            }
        }
    }

    private OpenCall call(long hold) {
        OpenCall call = open.get(hold);
        if (call == null) {
            throw new JournalCorrupt("hold %d is not open".formatted(hold));
        }
        touched.put(hold, call);
        return call;
    }

    private void close(Resolution resolution, long atMillis) {
        long hold = resolution.subject().hold();
        OpenCall call = open.remove(hold);
        if (call == null) {
            throw new JournalCorrupt("hold %d is resolved twice".formatted(hold));
        }
        touched.remove(hold);
        if (call.isStored()) {
            storedAndClosed.add(hold);
        }
        closed.add(new ClosedCall(call.atMillis(), call.hold(), call.attempts(), resolution));
        endedMillis.add(atMillis);
    }

    private void spend(long key, long amount, Period period) {
        if (amount == 0) {
            return;
        }
        Spent spent = spends.computeIfAbsent(key, _ -> new Spent());
        if (period.day() > spent.day) {
            spent.day = period.day();
            spent.dayAmount = 0;
        }
        if (period.month() > spent.month) {
            spent.month = period.month();
            spent.monthAmount = 0;
        }
        spent.total += amount;
        spent.dayAmount += amount;
        spent.monthAmount += amount;
    }

    // ---------------------------------------------------------------- writing

    void write(WriteTx tx, List<Projection> projections) throws SQLException {
        writePurses(tx);
        writePlaces(tx);
        writeSpends(tx);
        writeOpen(tx);
        writeReplays(tx);
        writeCredits(tx);
        for (Projection projection : projections) {
            try (Projection.Batch batch = projection.begin(tx)) {
                for (ClosedCall call : closed) {
                    batch.add(call);
                }
                batch.execute();
            }
        }
    }

    private void writePurses(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                tx.connection()
                        .prepareStatement(
                                """
                                INSERT INTO purse (account, book, available, held) VALUES (?, ?, ?, ?)
                                ON CONFLICT (account, book) DO UPDATE SET
                                    available = available + excluded.available, held = held + excluded.held
                                """)) {
            for (Map.Entry<PurseKey, Sums.Delta> purse : sums.purses().entrySet()) {
                upsert.setLong(1, purse.getKey().account());
                upsert.setInt(2, EntryCodec.BOOKS.indexOf(purse.getKey().book()));
                upsert.setLong(3, purse.getValue().available());
                upsert.setLong(4, purse.getValue().held());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private void writePlaces(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                tx.connection()
                        .prepareStatement(
                                """
                                INSERT INTO operator_place (place, balance) VALUES (?, ?)
                                ON CONFLICT (place) DO UPDATE SET balance = balance + excluded.balance
                                """)) {
            for (Map.Entry<String, Long> place : sums.places().entrySet()) {
                upsert.setString(1, place.getKey());
                upsert.setLong(2, place.getValue());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private void writeSpends(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                tx.connection()
                        .prepareStatement(
                                """
                                INSERT INTO key_spend
                                    (key_id, total, day, day_amount, month, month_amount)
                                VALUES (?, ?, ?, ?, ?, ?)
                                ON CONFLICT (key_id) DO UPDATE SET
                                    total = total + excluded.total,
                                    day_amount = excluded.day_amount
                                        + CASE WHEN excluded.day > day THEN 0 ELSE day_amount END,
                                    day = max(day, excluded.day),
                                    month_amount = excluded.month_amount
                                        + CASE WHEN excluded.month > month THEN 0 ELSE month_amount END,
                                    month = max(month, excluded.month)
                                """)) {
            for (Map.Entry<Long, Spent> key : spends.entrySet()) {
                Spent spent = key.getValue();
                upsert.setLong(1, key.getKey());
                upsert.setLong(2, spent.total);
                upsert.setLong(3, spent.day);
                upsert.setLong(4, spent.dayAmount);
                upsert.setLong(5, spent.month);
                upsert.setLong(6, spent.monthAmount);
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private void writeOpen(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                        tx.connection()
                                .prepareStatement(
                                        """
                                        INSERT INTO open_hold (hold, at, entries) VALUES (?, ?, ?)
                                        ON CONFLICT (hold) DO UPDATE SET entries = excluded.entries
                                        """);
                PreparedStatement delete =
                        tx.connection().prepareStatement("DELETE FROM open_hold WHERE hold = ?")) {
            for (Map.Entry<Long, OpenCall> call : touched.entrySet()) {
                upsert.setLong(1, call.getKey());
                upsert.setLong(2, call.getValue().atMillis());
                upsert.setBytes(3, call.getValue().toBytes());
                upsert.addBatch();
            }
            upsert.executeBatch();
            for (long hold : storedAndClosed) {
                delete.setLong(1, hold);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    private void writeReplays(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                tx.connection()
                        .prepareStatement(
                                """
                                INSERT INTO replay
                                    (account, key, request, hold, charged, answer, expires_at)
                                VALUES (?, ?, ?, ?, ?, ?, ?)
                                ON CONFLICT (account, key) DO UPDATE SET
                                    request = excluded.request, hold = excluded.hold,
                                    charged = excluded.charged, answer = excluded.answer,
                                    expires_at = excluded.expires_at
                                """)) {
            for (int i = 0; i < closed.size(); i++) {
                Entry.Binding binding = closed.get(i).hold().binding();
                if (binding != null && closed.get(i).resolution() instanceof Post post) {
                    upsert.setLong(1, post.subject().account());
                    upsert.setBytes(2, binding.key().toBytes());
                    upsert.setBytes(3, binding.request().toBytes());
                    upsert.setLong(4, post.subject().hold());
                    upsert.setLong(5, post.amount());
                    Digest answer = post.answer();
                    upsert.setBytes(6, answer == null ? null : answer.toBytes());
                    upsert.setLong(7, endedMillis.get(i) + REPLAY_MILLIS);
                    upsert.addBatch();
                }
            }
            upsert.executeBatch();
        }
    }

    /// The intent of a credit, if a restored backup lost it, comes back with its effect.
    private void writeCredits(WriteTx tx) throws SQLException {
        try (PreparedStatement upsert =
                tx.connection()
                        .prepareStatement(
                                """
                                INSERT INTO credit_intent (cause, kind, account, book, amount, at, state)
                                VALUES (?, ?, ?, ?, ?, ?, 2)
                                ON CONFLICT (cause) DO UPDATE SET state = 2
                                """)) {
            for (int i = 0; i < credits.size(); i++) {
                Credit credit = credits.get(i);
                upsert.setString(1, credit.cause());
                upsert.setInt(2, EntryCodec.KINDS.indexOf(credit.kind()));
                upsert.setLong(3, credit.account());
                upsert.setInt(4, EntryCodec.BOOKS.indexOf(credit.book()));
                upsert.setLong(5, credit.amount());
                upsert.setLong(6, creditMillis.get(i));
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    /// The rows are committed: these calls have one now.
    void committed() {
        touched.values().forEach(call -> call.storedIs(true));
    }
}
