package tollgate.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;
import tollgate.unit.Digest;
import tollgate.unit.Environment;
import tollgate.unit.Money;

/// The rows of keys. The caller owns the transaction.
final class KeyStore {
    private static final String INSERT =
            """
            INSERT INTO api_key (account_id, user_id, kind, name, environment, digest, prefix,
                last4, scopes, models, budget_nanos, budget_period, requests_per_minute,
                tokens_per_minute, concurrent, active, created_at, expires_at, old_digest,
                old_until, revoked_at)
            VALUES (:account, :user, :kind, :name, :environment, :digest, :prefix, :last4, :scopes,
                :models, :budgetNanos, :budgetPeriod, :requests, :tokens, :concurrent, :active,
                :created, :expires, :oldDigest, :oldUntil, :revoked)
            RETURNING id
            """;
    private static final String UPDATE =
            """
            UPDATE api_key SET name = :name, digest = :digest, prefix = :prefix, last4 = :last4,
                scopes = :scopes, models = :models, budget_nanos = :budgetNanos,
                budget_period = :budgetPeriod, requests_per_minute = :requests,
                tokens_per_minute = :tokens, concurrent = :concurrent, active = :active,
                expires_at = :expires, old_digest = :oldDigest, old_until = :oldUntil,
                revoked_at = :revoked
            WHERE id = :id
            """;
    private static final String ALIVE =
            """
            SELECT * FROM api_key
            WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
            """;
    private static final String OF_USER =
            """
            FROM api_key
            WHERE user_id = :user AND account_id = :account AND kind = :kind
                AND revoked_at IS NULL
            """;
    private static final String LIST = "SELECT * " + OF_USER + " ORDER BY id";
    private static final String COUNT = "SELECT count(*) " + OF_USER;
    private static final String BY_ID = "SELECT * FROM api_key WHERE id = :id";

    private KeyStore() {}

    /// Stores a key and gives it back with its id.
    static Key insert(WriteTx tx, Key key) {
        long id = bind(tx.handle().createQuery(INSERT), key).mapTo(Long.class).one();
        return new Key(
                id,
                key.accountId(),
                key.userId(),
                key.kind(),
                key.environment(),
                key.digest(),
                key.prefix(),
                key.last4(),
                key.settings(),
                key.createdAt(),
                key.overlap(),
                key.revokedAt());
    }

    static void update(WriteTx tx, Key key) {
        int rows = bind(tx.handle().createUpdate(UPDATE), key).bind("id", key.id()).execute();
        if (rows != 1) {
            throw new IllegalStateException("key %d: %d rows".formatted(key.id(), rows));
        }
    }

    static Optional<Key> find(ReadTx tx, long id) {
        return tx.handle().createQuery(BY_ID).bind("id", id).map((rows, _) -> key(rows)).findOne();
    }

    /// The keys of a user in an account that are not revoked, oldest first.
    static List<Key> list(ReadTx tx, Keys.Owner owner) {
        return ofOwner(tx, LIST, owner).map((rows, _) -> key(rows)).list();
    }

    static long count(ReadTx tx, Keys.Owner owner) {
        return ofOwner(tx, COUNT, owner).mapTo(Long.class).one();
    }

    private static Query ofOwner(ReadTx tx, String query, Keys.Owner owner) {
        return tx.handle()
                .createQuery(query)
                .bind("user", owner.userId())
                .bind("account", owner.accountId())
                .bind("kind", owner.kind().word());
    }

    /// Hands over every key that may still open something. Plain JDBC: a start may have 100,000.
    static void forEachAlive(ReadTx tx, Instant now, Consumer<Key> sink) throws SQLException {
        try (var select = tx.connection().prepareStatement(ALIVE)) {
            select.setLong(1, now.toEpochMilli());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    sink.accept(key(rows));
                }
            }
        }
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Key key) {
        KeySettings settings = key.settings();
        Budget budget = settings.budget();
        Key.Overlap overlap = key.overlap();
        return statement
                .bind("account", key.accountId())
                .bind("user", key.userId())
                .bind("kind", key.kind().word())
                .bind("name", settings.name())
                .bind("environment", key.environment().tag())
                .bind("digest", key.digest().toBytes())
                .bind("prefix", key.prefix())
                .bind("last4", key.last4())
                .bind("scopes", settings.scopes().toString())
                .bind("models", settings.modelLines())
                .bind("budgetNanos", budget == null ? null : budget.limit().nanos())
                .bind("budgetPeriod", budget == null ? null : word(budget.period()))
                .bind("requests", settings.limits().requestsPerMinute())
                .bind("tokens", settings.limits().tokensPerMinute())
                .bind("concurrent", settings.limits().concurrent())
                .bind("active", settings.active() ? 1 : 0)
                .bind("created", key.createdAt().toEpochMilli())
                .bind("expires", Times.millis(settings.expiresAt()))
                .bind("oldDigest", overlap == null ? null : overlap.digest().toBytes())
                .bind("oldUntil", overlap == null ? null : overlap.until().toEpochMilli())
                .bind("revoked", Times.millis(key.revokedAt()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Key key(ResultSet rows) throws SQLException {
        Environment environment = Environment.find(rows.getString("environment")).orElseThrow();
        String prefix = rows.getString("prefix");
        String shared = KeyText.prefix(environment);
        return new Key(
                rows.getLong("id"),
                rows.getLong("account_id"),
                rows.getLong("user_id"),
                Key.Kind.valueOf(upper(rows.getString("kind"))),
                environment,
                Digest.ofBytes(rows.getBytes("digest")),
                prefix.equals(shared) ? shared : prefix,
                rows.getString("last4"),
                settings(rows),
                Instant.ofEpochMilli(rows.getLong("created_at")),
                overlap(rows),
                Times.instant(rows, "revoked_at"));
    }

    private static KeySettings settings(ResultSet rows) throws SQLException {
        return new KeySettings(
                rows.getString("name"),
                Scopes.parse(rows.getString("scopes")),
                KeySettings.modelsOf(rows.getString("models")),
                budget(rows),
                limits(rows),
                Times.instant(rows, "expires_at"),
                rows.getInt("active") == 1);
    }

    private static @Nullable Budget budget(ResultSet rows) throws SQLException {
        String period = rows.getString("budget_period");
        return period == null
                ? null
                : new Budget(
                        new Money(rows.getLong("budget_nanos")),
                        Budget.Period.valueOf(upper(period)));
    }

    private static KeyLimits limits(ResultSet rows) throws SQLException {
        KeyLimits limits =
                new KeyLimits(
                        rows.getLong("requests_per_minute"),
                        rows.getLong("tokens_per_minute"),
                        rows.getLong("concurrent"));
        return limits.equals(KeyLimits.NONE) ? KeyLimits.NONE : limits;
    }

    private static Key.@Nullable Overlap overlap(ResultSet rows) throws SQLException {
        byte[] digest = rows.getBytes("old_digest");
        return digest == null
                ? null
                : new Key.Overlap(
                        Digest.ofBytes(digest), Instant.ofEpochMilli(rows.getLong("old_until")));
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
