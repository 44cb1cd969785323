package tollgate.tenant;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.config.ConfigException;
import tollgate.config.Secret;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Digest;
import tollgate.unit.Environment;
import tollgate.unit.Money;

/// The operator's own side: two accounts (one pays in advance like everybody, one for the proxy key
/// may go below zero), a user, the admin key and the proxy key.
///
/// The admin key is the configuration's, which replaces any before it; without one in the
/// configuration the stored one stays, and the very first start makes one. The proxy key is the
/// configuration's or none.
public final class Operator {
    private static final String NAME = "operator";
    private static final String PROXY_NAME = "proxy";
    private static final KeySettings ADMIN =
            KeySettings.named("admin").withScopes(Scopes.ALL.withWorker());

    private final Database database;
    private final Accounts accounts;
    private final Keys keys;
    private final Account account;
    private final Account proxyAccount;
    private final long userId;
    private final @Nullable IssuedKey firstTestKey;
    private @Nullable IssuedKey newAdminKey;
    private boolean adminIsConfigured;

    private Operator(Database database, Accounts accounts, Keys keys) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        boolean isNew = accounts.operators().isEmpty();
        IssuedKey made = isNew ? database.write(this::settleIn) : null;
        this.account = accounts.operators().getFirst();
        this.proxyAccount = accounts.operators().getLast();
        this.userId = made == null ? owner() : made.key().userId();
        this.firstTestKey = made;
    }

    /// Finds or makes everything, and brings the keys in line with the configuration.
    ///
    /// @throws ConfigException when a configured key is one of ours, mistyped
    public static Operator open(Database database, Accounts accounts, Keys keys, Config config) {
        Operator operator = new Operator(database, accounts, keys);
        operator.settleAdmin(config.adminKey());
        operator.settleProxy(config);
        return operator;
    }

    /// Accounts, user and a key to try things with.
    private IssuedKey settleIn(WriteTx tx) {
        Account first = accounts.insert(tx, NAME, Account.Kind.OPERATOR, Account.Payment.PREPAID);
        Account second =
                accounts.insert(tx, PROXY_NAME, Account.Kind.OPERATOR, Account.Payment.POSTPAID);
        Newcomer newcomer = new Newcomer(NAME, null, "admin-key");
        User user = AccountStore.insert(tx, newcomer, first.createdAt());
        AccountStore.insertOwner(tx, first, user);
        AccountStore.insertOwner(tx, second, user);
        return keys.issue(
                tx,
                new Keys.Owner(first.id(), user.id(), Key.Kind.USER),
                Environment.TEST,
                KeySettings.named("first test key"));
    }

    private long owner() {
        return database.read(tx -> AccountStore.owner(tx, accounts.operators().getFirst().id()));
    }

    private void settleAdmin(Secret secret) {
        adminIsConfigured = secret.isSet();
        if (adminIsConfigured) {
            settle(Standing.admin(secret), account);
        } else if (keys.list(Key.Kind.ADMIN).isEmpty()) {
            newAdminKey = rotateAdminKey();
        }
    }

    private void settleProxy(Config config) {
        Secret secret = config.proxyKey();
        if (secret.isSet()) {
            settle(Standing.proxy(secret, config.proxy()), proxyAccount);
        } else if (!keys.list(Key.Kind.PROXY).isEmpty()) {
            database.write(tx -> {
                keys.list(Key.Kind.PROXY).forEach(key -> keys.revoke(tx, key));
                return null;
            });
        }
    }

    /// A key that the configuration holds, and what it may do.
    private record Standing(Key.Kind kind, Digest digest, KeySettings settings) {
        static Standing admin(Secret secret) {
            return new Standing(Key.Kind.ADMIN, digest("admin-key", secret), ADMIN);
        }

        static Standing proxy(Secret secret, Config.Proxy proxy) {
            Scopes scopes = Scopes.of(Set.of(), Set.of(Resource.MODELS));
            KeySettings settings =
                    KeySettings.named(PROXY_NAME)
                            .withScopes(scopes)
                            .withModels(
                                    proxy.models().isEmpty() ? null : Set.copyOf(proxy.models()))
                            .withBudget(
                                    proxy.maxPerDay().equals(Money.ZERO)
                                            ? null
                                            : new Budget(proxy.maxPerDay(), Budget.Period.DAY));
            return new Standing(Key.Kind.PROXY, digest("proxy-key", secret), settings);
        }

        private static Digest digest(String setting, Secret secret) {
            if (KeyText.isDamaged(secret.text())) {
                throw new ConfigException(
                        "%s: a key of Tollgate's with a wrong checksum (expected: copied whole)"
                                .formatted(setting));
            }
            return KeyText.digest(secret.text());
        }
    }

    /// Makes this the one key of its kind. Nothing is written when it is already.
    private void settle(Standing wanted, Account owner) {
        List<Key> known = keys.list(wanted.kind());
        List<Key> others = known.stream().filter(k -> !k.digest().equals(wanted.digest())).toList();
        Key same =
                known.stream()
                        .filter(k -> k.digest().equals(wanted.digest()))
                        .findFirst()
                        .orElse(null);
        if (others.isEmpty() && same != null && same.settings().equals(wanted.settings())) {
            return;
        }
        database.write(tx -> {
            others.forEach(key -> keys.revoke(tx, key));
            return same == null
                    ? add(tx, wanted, owner)
                    : keys.store(tx, same, same.with(wanted.settings()));
        });
    }

    private Key add(WriteTx tx, Standing wanted, Account owner) {
        String prefix = wanted.settings().name();
        // Not even four characters are kept: such a key may be short.
        Keys.Written text = new Keys.Written(Environment.LIVE, wanted.digest(), prefix, "");
        return keys.add(
                tx, new Keys.Owner(owner.id(), userId, wanted.kind()), text, wanted.settings());
    }

    /// Replaces the admin key; the old one is dead at once.
    ///
    /// @throws GatewayException Conflict when the configuration holds it: the next start would
    ///   bring that one back
    public IssuedKey rotateAdminKey() {
        if (adminIsConfigured) {
            throw new GatewayException(
                    new Fault.Conflict(
                            "the admin key is the configuration's (expected: another one there, and"
                                    + " a start)"));
        }
        return database.write(tx -> {
            keys.list(Key.Kind.ADMIN).forEach(key -> keys.revoke(tx, key));
            return keys.issue(
                    tx,
                    new Keys.Owner(account.id(), userId, Key.Kind.ADMIN),
                    Environment.LIVE,
                    ADMIN);
        });
    }

    /// Where the operator's own calls are paid from, in advance.
    public Account account() {
        return account;
    }

    /// Whose the operator's own keys are.
    public long userId() {
        return userId;
    }

    /// Where the proxy key's calls go; may be below zero.
    public Account proxyAccount() {
        return proxyAccount;
    }

    /// The admin key that this start made, to be shown once; null when there was one.
    public @Nullable IssuedKey newAdminKey() {
        return newAdminKey;
    }

    /// The test key of the very first start, to be shown once; else null.
    public @Nullable IssuedKey firstTestKey() {
        return firstTestKey;
    }
}
