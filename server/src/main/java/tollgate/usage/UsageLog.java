package tollgate.usage;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.db.Database;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;
import tollgate.ledger.Book;
import tollgate.ledger.ClosedCall;
import tollgate.ledger.Entry;
import tollgate.ledger.Projection;
import tollgate.unit.Money;
import tollgate.unit.RequestId;

/// The request log: a projection of the journal, and what is read from it. Thread-safe.
public final class UsageLog implements Projection {
    /// Rows of one page at most.
    public static final int PAGE_MAX = 1_000;

    private static final String INSERT_REQUEST =
            """
            INSERT INTO request (hold, id, at, account, key_id, test, door, model, request_model,
                response_model, provider, status, stream, finish_reason, outcome, input_tokens,
                cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, source,
                charged, overage, price_version, latency_ms, first_token_ms, end_user, app, tags)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_ATTEMPT =
            """
            INSERT INTO attempt (hold, number, provider, model, status, latency_ms)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT =
            """
            SELECT hold, id, at, key_id, door, model, request_model, response_model, provider,
                status, stream, finish_reason, outcome, input_tokens, cached_input_tokens,
                cache_write_tokens, output_tokens, reasoning_tokens, charged, price_version,
                latency_ms, first_token_ms, end_user, app, tags
            FROM request
            """;

    private final Database database;

    public UsageLog(Database database) {
        this.database = database;
    }

    // ---------------------------------------------------------------- folding

    @Override
    public Batch begin(WriteTx tx) throws SQLException {
        return new Rows(
                tx.connection().prepareStatement(INSERT_REQUEST),
                tx.connection().prepareStatement(INSERT_ATTEMPT));
    }

    private record Rows(PreparedStatement request, PreparedStatement attempt) implements Batch {
        @Override
        public void add(ClosedCall call) throws SQLException {
            Entry.Subject subject = call.hold().subject();
            Entry.Context context = call.hold().context();
            Entry.Ending ending = call.resolution().ending();
            Last last = Last.of(call);
            int at = 0;
            request.setLong(++at, subject.hold());
            request.setBytes(++at, bytes(subject.request()));
            request.setLong(++at, call.atMillis());
            request.setLong(++at, subject.account());
            request.setLong(++at, subject.key());
            request.setInt(++at, subject.book() == Book.TEST ? 1 : 0);
            request.setString(++at, context.door());
            request.setString(++at, subject.model());
            request.setString(++at, last.model());
            request.setString(++at, ending.responseModel());
            request.setString(++at, last.provider());
            request.setInt(++at, ending.status());
            request.setInt(++at, context.shape() == Entry.Shape.STREAM ? 1 : 0);
            request.setString(++at, ending.finishReason());
            request.setString(++at, ending.outcome().name().toLowerCase(Locale.ROOT));
            at = charge(call.resolution(), at);
            request.setLong(++at, subject.priceVersion());
            request.setLong(++at, ending.latencyMillis());
            request.setLong(++at, ending.firstTokenMillis());
            request.setString(++at, context.endUser());
            request.setString(++at, context.app());
            request.setString(++at, context.tags());
            request.addBatch();
            attempts(call, last);
        }

        private int charge(Entry.Resolution resolution, int from) throws SQLException {
            Entry.Post post = resolution instanceof Entry.Post charged ? charged : null;
            Usage usage = post == null ? Usage.NONE : post.usage();
            int at = from;
            request.setLong(++at, usage.inputTokens());
            request.setLong(++at, usage.cachedInputTokens());
            request.setLong(++at, usage.cacheWriteTokens());
            request.setLong(++at, usage.outputTokens());
            request.setLong(++at, usage.reasoningTokens());
            UsageSource source = post == null ? null : post.source();
            request.setString(++at, source == null ? null : source.word());
            request.setLong(++at, post == null ? 0 : post.amount());
            request.setLong(++at, post == null ? 0 : post.overage());
            return at;
        }

        private void attempts(ClosedCall call, Last last) throws SQLException {
            String provider = call.hold().context().provider();
            String model = call.hold().context().requestModel();
            for (Entry.Attempt next : call.attempts()) {
                attempt(call, next.number() - 1, provider, model, next.before());
                provider = next.provider();
                model = next.requestModel();
            }
            attempt(call, last.number(), provider, model, call.resolution().ending().last());
        }

        private void attempt(
                ClosedCall call, int number, String provider, String model, Entry.Try result)
                throws SQLException {
            attempt.setLong(1, call.hold().subject().hold());
            attempt.setInt(2, number);
            attempt.setString(3, provider);
            attempt.setString(4, model);
            attempt.setInt(5, result.status());
            attempt.setLong(6, result.millis());
            attempt.addBatch();
        }

        @Override
        public void execute() throws SQLException {
            request.executeBatch();
            attempt.executeBatch();
        }

        @Override
        public void close() throws SQLException {
            request.close();
            attempt.close();
        }
    }

    /// The attempt that a call ended with.
    private record Last(int number, String provider, String model) {
        static Last of(ClosedCall call) {
            if (call.attempts().isEmpty()) {
                Entry.Context first = call.hold().context();
                return new Last(1, first.provider(), first.requestModel());
            }
            Entry.Attempt last = call.attempts().getLast();
            return new Last(last.number(), last.provider(), last.requestModel());
        }
    }

    private static byte[] bytes(RequestId id) {
        return ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array();
    }

    // ---------------------------------------------------------------- reading

    /// One call of an account, or nothing when it is another's or never was. Blocks.
    public Optional<CallRow> find(long account, Book book, RequestId id) {
        return database.read(tx -> {
            try (PreparedStatement select =
                    tx.connection()
                            .prepareStatement(
                                    SELECT + "WHERE id = ? AND account = ? AND test = ?")) {
                select.setBytes(1, bytes(id));
                select.setLong(2, account);
                select.setInt(3, book == Book.TEST ? 1 : 0);
                return rows(tx, select).stream().findFirst();
            }
        });
    }

    /// An account's newest calls before `before` (a hold's number; null: the newest of all), at
    /// most `limit` and [#PAGE_MAX]. Blocks.
    public List<CallRow> list(long account, Book book, @Nullable Long before, int limit) {
        return database.read(tx -> {
            try (PreparedStatement select =
                    tx.connection()
                            .prepareStatement(
                                    SELECT
                                            + """
                                            WHERE account = ? AND test = ? AND hold < ?
                                            ORDER BY hold DESC LIMIT ?
                                            """)) {
                select.setLong(1, account);
                select.setInt(2, book == Book.TEST ? 1 : 0);
                select.setLong(3, before == null ? Long.MAX_VALUE : before);
                select.setInt(4, Math.min(limit, PAGE_MAX));
                return rows(tx, select);
            }
        });
    }

    /// How much was asked of this gateway.
    ///
    /// @param calls since ever
    /// @param activeAccounts that called since a moment
    public record Traffic(long calls, long activeAccounts) {}

    /// Counts calls, and accounts that called since `sinceMillis`. Blocks.
    public Traffic traffic(long sinceMillis) {
        return database.read(tx -> {
            try (PreparedStatement select =
                    tx.connection()
                            .prepareStatement(
                                    """
                                    SELECT (SELECT count(*) FROM request),
                                        (SELECT count(DISTINCT account) FROM request
                                        WHERE hold > coalesce((SELECT max(hold)
                                            FROM request WHERE at < ?), 0))
                                    """)) {
                select.setLong(1, sinceMillis);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? new Traffic(row.getLong(1), row.getLong(2))
                            : new Traffic(0, 0);
                }
            }
        });
    }

    private static List<CallRow> rows(ReadTx tx, PreparedStatement select) throws SQLException {
        List<CallRow> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(row(tx, row));
            }
        }
        return rows;
    }

    private static CallRow row(ReadTx tx, ResultSet row) throws SQLException {
        ByteBuffer id = ByteBuffer.wrap(row.getBytes("id"));
        return new CallRow(
                row.getLong("hold"),
                new RequestId(id.getLong(), id.getLong()),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("door"),
                new CallRow.Names(
                        row.getString("model"),
                        row.getString("request_model"),
                        row.getString("response_model"),
                        row.getString("provider")),
                row.getInt("status"),
                row.getInt("stream") == 1,
                row.getString("finish_reason"),
                row.getString("outcome"),
                new Usage(
                        row.getLong("input_tokens"),
                        row.getLong("cached_input_tokens"),
                        row.getLong("cache_write_tokens"),
                        0,
                        row.getLong("output_tokens"),
                        row.getLong("reasoning_tokens"),
                        0),
                new Money(row.getLong("charged")),
                row.getLong("price_version"),
                row.getLong("latency_ms"),
                row.getLong("first_token_ms"),
                new CallRow.Who(
                        row.getLong("key_id"),
                        row.getString("end_user"),
                        row.getString("app"),
                        row.getString("tags")),
                attempts(tx, row.getLong("hold")));
    }

    private static List<CallRow.AttemptRow> attempts(ReadTx tx, long hold) throws SQLException {
        List<CallRow.AttemptRow> attempts = new ArrayList<>();
        try (PreparedStatement select =
                tx.connection()
                        .prepareStatement(
                                """
                                SELECT provider, model, status, latency_ms FROM attempt
                                WHERE hold = ? ORDER BY number
                                """)) {
            select.setLong(1, hold);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    attempts.add(
                            new CallRow.AttemptRow(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getInt(3),
                                    row.getLong(4)));
                }
            }
        }
        return attempts;
    }
}
