package tollgate.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;
import tollgate.ledger.Entry.Credit;
import tollgate.unit.Digest;

/// Rows of the ledger's own projections. The caller owns the transaction.
final class LedgerStore {
    private LedgerStore() {}

    /// How far the projections are.
    record Cursor(long segment, long frame, long seq, long lastHold) {
        static final Cursor NONE = new Cursor(0, 0, 0, 0);
    }

    static Cursor cursor(ReadTx tx) throws SQLException {
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement(
                                        "SELECT segment, frame, seq, last_hold FROM ledger_cursor");
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? new Cursor(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))
                    : Cursor.NONE;
        }
    }

    static void putCursor(WriteTx tx, Cursor cursor) throws SQLException {
        update(
                tx,
                """
                INSERT INTO ledger_cursor (id, segment, frame, seq, last_hold)
                VALUES (1, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET segment = excluded.segment,
                    frame = excluded.frame, seq = excluded.seq, last_hold = excluded.last_hold
                """,
                cursor.segment(),
                cursor.frame(),
                cursor.seq(),
                cursor.lastHold());
    }

    static List<Purse> purses(ReadTx tx) throws SQLException {
        List<Purse> purses = new ArrayList<>();
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement(
                                        "SELECT account, book, available, held FROM purse");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                purses.add(
                        new Purse(
                                row.getLong(1),
                                EntryCodec.BOOKS.get(row.getInt(2)),
                                row.getLong(3),
                                row.getLong(4)));
            }
        }
        return purses;
    }

    static Map<String, Long> operatorPlaces(ReadTx tx) throws SQLException {
        Map<String, Long> places = new HashMap<>();
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement("SELECT place, balance FROM operator_place");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                places.put(row.getString(1), row.getLong(2));
            }
        }
        return places;
    }

    static Map<Long, KeySpend> keySpends(ReadTx tx) throws SQLException {
        Map<Long, KeySpend> spends = new HashMap<>();
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement(
                                        """
                                        SELECT key_id, total, day, day_amount, month, month_amount
                                        FROM key_spend
                                        """);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                spends.put(
                        row.getLong(1),
                        new KeySpend(
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6)));
            }
        }
        return spends;
    }

    static Map<Long, OpenCall> openCalls(ReadTx tx) throws SQLException {
        Map<Long, OpenCall> calls = new HashMap<>();
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement("SELECT hold, at, entries FROM open_hold");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                calls.put(row.getLong(1), OpenCall.fromBytes(row.getBytes(3), row.getLong(2)));
            }
        }
        return calls;
    }

    // ---------------------------------------------------------------- credits

    /// What is known of a cause.
    enum IntentState {
        WANTED(0),
        ACCEPTING(1),
        EFFECTIVE(2);

        private final int code;

        IntentState(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /// Fails when the cause is known already.
    static void insertIntent(WriteTx tx, Credit credit, IntentState state, long at)
            throws SQLException {
        update(
                tx,
                """
                INSERT INTO credit_intent (cause, kind, account, book, amount, at, state)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                credit.cause(),
                EntryCodec.KINDS.indexOf(credit.kind()),
                credit.account(),
                EntryCodec.BOOKS.indexOf(credit.book()),
                credit.amount(),
                at,
                state.code());
    }

    /// False when the cause is known already.
    static boolean insertIntentOnce(WriteTx tx, Credit credit, long at) throws SQLException {
        try (PreparedStatement select =
                tx.connection().prepareStatement("SELECT 1 FROM credit_intent WHERE cause = ?")) {
            select.setString(1, credit.cause());
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return false;
                }
            }
        }
        insertIntent(tx, credit, IntentState.WANTED, at);
        return true;
    }

    static void deleteIntent(WriteTx tx, String cause) throws SQLException {
        update(tx, "DELETE FROM credit_intent WHERE cause = ? AND state = 1", cause);
    }

    static void deleteAccepting(WriteTx tx) throws SQLException {
        update(tx, "DELETE FROM credit_intent WHERE state = 1");
    }

    static List<Credit> wanted(ReadTx tx) throws SQLException {
        List<Credit> wanted = new ArrayList<>();
        try (PreparedStatement select =
                        tx.connection()
                                .prepareStatement(
                                        """
                                        SELECT kind, account, book, amount, cause
                                        FROM credit_intent WHERE state = 0 ORDER BY at, cause
                                        """);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                wanted.add(
                        new Credit(
                                EntryCodec.KINDS.get(row.getInt(1)),
                                row.getLong(2),
                                EntryCodec.BOOKS.get(row.getInt(3)),
                                row.getLong(4),
                                row.getString(5)));
            }
        }
        return wanted;
    }

    // ---------------------------------------------------------------- idempotency keys

    /// A charged call that a replay finds: `answer` is null when there is none to give.
    record Replayable(Digest request, long hold, long charged, @Nullable Digest answer) {}

    static @Nullable Replayable replay(ReadTx tx, long account, Digest key, long now)
            throws SQLException {
        try (PreparedStatement select =
                tx.connection()
                        .prepareStatement(
                                """
                                SELECT request, hold, charged, answer FROM replay
                                WHERE account = ? AND key = ? AND expires_at > ?
                                """)) {
            select.setLong(1, account);
            select.setBytes(2, key.toBytes());
            select.setLong(3, now);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                byte[] answer = row.getBytes(4);
                return new Replayable(
                        Digest.ofBytes(row.getBytes(1)),
                        row.getLong(2),
                        row.getLong(3),
                        answer == null ? null : Digest.ofBytes(answer));
            }
        }
    }

    /// Holds whose stored answers may be asked for after `now`.
    static List<Long> answersKept(ReadTx tx, long now) throws SQLException {
        List<Long> holds = new ArrayList<>();
        try (PreparedStatement select =
                tx.connection()
                        .prepareStatement(
                                "SELECT hold FROM replay WHERE answer IS NOT NULL AND expires_at >"
                                        + " ?")) {
            select.setLong(1, now);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    holds.add(row.getLong(1));
                }
            }
        }
        return holds;
    }

    static void deleteExpiredReplays(WriteTx tx, long now) throws SQLException {
        update(tx, "DELETE FROM replay WHERE expires_at <= ?", now);
    }

    // ----------------------------------------------------------------

    private static void update(WriteTx tx, String sql, Object... values) throws SQLException {
        try (PreparedStatement update = tx.connection().prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                update.setObject(i + 1, values[i]);
            }
            update.executeUpdate();
        }
    }
}
