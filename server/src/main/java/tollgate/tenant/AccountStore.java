package tollgate.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;

/// The rows of accounts, users and memberships. The caller owns the transaction.
final class AccountStore {
    private static final String INSERT_ACCOUNT =
            """
            INSERT INTO account (name, kind, payment, created_at)
            VALUES (:name, :kind, :payment, :created)
            RETURNING id
            """;
    private static final String UPDATE_ACCOUNT =
            """
            UPDATE account SET markup_ppm = :markup, requests_per_minute = :minute,
                requests_per_hour = :hour, requests_per_day = :day
            WHERE id = :id
            """;
    private static final String INSERT_USER =
            """
            INSERT INTO user (username, email, auth_method, created_at)
            VALUES (:username, :email, :method, :created)
            RETURNING id
            """;
    private static final String INSERT_MEMBERSHIP =
            """
            INSERT INTO membership (account_id, user_id, role, created_at)
            VALUES (:account, :user, :role, :created)
            """;
    private static final String OWNED_BY =
            """
            SELECT account_id FROM membership
            WHERE user_id = :user AND role = 'owner' ORDER BY account_id LIMIT 1
            """;

    private static final String OWNER_OF =
            "SELECT user_id FROM membership WHERE account_id = ? AND role = 'owner'";

    private AccountStore() {}

    static Account insert(WriteTx tx, Account account) {
        long id =
                tx.handle()
                        .createQuery(INSERT_ACCOUNT)
                        .bind("name", account.name())
                        .bind("kind", word(account.kind()))
                        .bind("payment", word(account.payment()))
                        .bind("created", account.createdAt().toEpochMilli())
                        .mapTo(Long.class)
                        .one();
        return new Account(
                id,
                account.name(),
                account.kind(),
                account.payment(),
                account.markupPpm(),
                account.rates(),
                account.createdAt());
    }

    static void update(WriteTx tx, Account account) {
        Account.Rates rates = account.rates();
        tx.handle()
                .createUpdate(UPDATE_ACCOUNT)
                .bind("markup", account.markupPpm())
                .bind("minute", rates == null ? null : rates.perMinute())
                .bind("hour", rates == null ? null : rates.perHour())
                .bind("day", rates == null ? null : rates.perDay())
                .bind("id", account.id())
                .execute();
    }

    static Optional<Account> findAccount(ReadTx tx, long id) {
        return tx.handle()
                .createQuery("SELECT * FROM account WHERE id = :id")
                .bind("id", id)
                .map((rows, _) -> account(rows))
                .findOne();
    }

    static User insert(WriteTx tx, Newcomer newcomer, Instant now) {
        long id =
                tx.handle()
                        .createQuery(INSERT_USER)
                        .bind("username", newcomer.username())
                        .bind("email", newcomer.email())
                        .bind("method", newcomer.authMethod())
                        .bind("created", now.toEpochMilli())
                        .mapTo(Long.class)
                        .one();
        return new User(id, newcomer.username(), newcomer.email(), newcomer.authMethod(), now);
    }

    static void insertOwner(WriteTx tx, Account account, User user) {
        tx.handle()
                .createUpdate(INSERT_MEMBERSHIP)
                .bind("account", account.id())
                .bind("user", user.id())
                .bind("role", "owner")
                .bind("created", account.createdAt().toEpochMilli())
                .execute();
    }

    /// The account that a user owns; the oldest of several.
    static Optional<Long> findOwnedBy(ReadTx tx, long userId) {
        return tx.handle().createQuery(OWNED_BY).bind("user", userId).mapTo(Long.class).findOne();
    }

    /// The user who owns an account. Plain JDBC: every start asks it once.
    static long owner(ReadTx tx, long accountId) throws SQLException {
        try (var select = tx.connection().prepareStatement(OWNER_OF)) {
            select.setLong(1, accountId);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw new IllegalStateException("account %d: no owner".formatted(accountId));
                }
                return rows.getLong(1);
            }
        }
    }

    static Optional<User> findUser(ReadTx tx, long id) {
        return tx.handle()
                .createQuery("SELECT * FROM user WHERE id = :id")
                .bind("id", id)
                .map((rows, _) -> user(rows))
                .findOne();
    }

    static Optional<User> findUser(ReadTx tx, String email) {
        return tx.handle()
                .createQuery("SELECT * FROM user WHERE email = :email ORDER BY id LIMIT 1")
                .bind("email", email)
                .map((rows, _) -> user(rows))
                .findOne();
    }

    /// Hands over every account. Plain JDBC: a start may have 100,000.
    static void forEach(ReadTx tx, Consumer<Account> sink) throws SQLException {
        try (var select = tx.connection().prepareStatement("SELECT * FROM account");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sink.accept(account(rows));
            }
        }
    }

    private static Account account(ResultSet rows) throws SQLException {
        long markup = rows.getLong("markup_ppm");
        @Nullable Long markupPpm = rows.wasNull() ? null : Long.valueOf(markup);
        return new Account(
                rows.getLong("id"),
                rows.getString("name"),
                Account.Kind.valueOf(rows.getString("kind").toUpperCase(Locale.ROOT)),
                Account.Payment.valueOf(rows.getString("payment").toUpperCase(Locale.ROOT)),
                markupPpm,
                rates(rows),
                Instant.ofEpochMilli(rows.getLong("created_at")));
    }

    private static Account.@Nullable Rates rates(ResultSet rows) throws SQLException {
        long perMinute = rows.getLong("requests_per_minute");
        return rows.wasNull()
                ? null
                : new Account.Rates(
                        perMinute,
                        rows.getLong("requests_per_hour"),
                        rows.getLong("requests_per_day"));
    }

    private static User user(ResultSet rows) throws SQLException {
        return new User(
                rows.getLong("id"),
                rows.getString("username"),
                rows.getString("email"),
                rows.getString("auth_method"),
                Instant.ofEpochMilli(rows.getLong("created_at")));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
