package tollgate.tenant;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;

/// Accounts and users. Accounts are in memory, and [#account(long)] may be called on any thread;
/// everything else waits for the disk and belongs on a virtual thread.
public final class Accounts {
    private static final String FIRST_KEY = "default";

    private final Database database;
    private final Keys keys;
    private final InstantSource clock;
    private final ConcurrentMap<Long, Account> accounts = new ConcurrentHashMap<>();

    /// A new account with its owner and first key.
    public record Created(Account account, User user, IssuedKey key) {}

    /// Rows of others that belong to a new account, such as the intent of its sign-up credits.
    public interface Also {
        void write(WriteTx tx, Created created) throws SQLException;
    }

    private Accounts(Database database, Keys keys, InstantSource clock) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
    }

    /// Loads all accounts.
    public static Accounts open(Database database, Keys keys, InstantSource clock) {
        Accounts accounts = new Accounts(database, keys, clock);
        database.read(tx -> {
            AccountStore.forEach(tx, account -> accounts.accounts.put(account.id(), account));
            return null;
        });
        return accounts;
    }

    /// The account of a key or a row.
    ///
    /// @throws IllegalStateException when there is none: accounts are never deleted
    public Account account(long id) {
        Account account = accounts.get(id);
        if (account == null) {
            throw new IllegalStateException("account %d (expected: one that exists)".formatted(id));
        }
        return account;
    }

    /// The account with this id, if there is one.
    public Optional<Account> find(long id) {
        return Optional.ofNullable(accounts.get(id));
    }

    /// The account that a user owns.
    public Optional<Account> findByUser(long userId) {
        return database.read(tx -> AccountStore.findOwnedBy(tx, userId)).flatMap(this::find);
    }

    public Optional<User> findUser(long id) {
        return database.read(tx -> AccountStore.findUser(tx, id));
    }

    /// Makes account, user and key, and whatever `also` writes, in one transaction.
    ///
    /// @throws GatewayException Conflict when the e-mail address is taken
    public Created create(Newcomer newcomer, Environment environment, Also also) {
        return database.write(tx -> {
            refuseTaken(tx, newcomer);
            Account account =
                    insert(tx, newcomer.username(), Account.Kind.CUSTOMER, Account.Payment.PREPAID);
            User user = AccountStore.insert(tx, newcomer, account.createdAt());
            AccountStore.insertOwner(tx, account, user);
            IssuedKey key =
                    keys.issue(
                            tx,
                            new Keys.Owner(account.id(), user.id(), Key.Kind.USER),
                            environment,
                            KeySettings.named(FIRST_KEY));
            Created created = new Created(account, user, key);
            also.write(tx, created);
            return created;
        });
    }

    private static void refuseTaken(WriteTx tx, Newcomer newcomer) {
        String email = newcomer.email();
        if (email != null && AccountStore.findUser(tx, email).isPresent()) {
            throw new GatewayException(
                    new Fault.Conflict("a user with this e-mail address exists already"));
        }
    }

    /// The operator's accounts, oldest first.
    List<Account> operators() {
        return accounts.values().stream()
                .filter(Account::isOperator)
                .sorted(Comparator.comparingLong(Account::id))
                .toList();
    }

    Account insert(WriteTx tx, String name, Account.Kind kind, Account.Payment payment) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Account account =
                AccountStore.insert(tx, new Account(0, name, kind, payment, null, null, now));
        tx.afterCommit(() -> accounts.put(account.id(), account));
        return account;
    }

    /// Changes an account's own markup or rates.
    ///
    /// @throws GatewayException NoSuchObject when there is no such account
    public Account update(long id, UnaryOperator<Account> change) {
        return database.write(tx -> {
            // The row, not memory: a change before this one may share its commit.
            Account before =
                    AccountStore.findAccount(tx, id)
                            .orElseThrow(
                                    () -> new GatewayException(new Fault.NoSuchObject("account")));
            Account after = change.apply(before);
            AccountStore.update(tx, after);
            tx.afterCommit(() -> accounts.put(id, after));
            return after;
        });
    }
}
