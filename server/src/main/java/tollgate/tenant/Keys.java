package tollgate.tenant;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Digest;
import tollgate.unit.Environment;

/// All keys: found in memory, changed in the database first. [#find(String)] may be called on any
/// thread; everything else waits for the disk and belongs on a virtual thread.
///
/// What an actor may not see is answered like what is not there (I-57).
public final class Keys {
    /// Keys of one user in one account; a listing is one answer.
    static final int KEYS_PER_USER_MAX = 1_000;

    static final int SESSIONS_PER_USER_MAX = 10;
    static final Duration SESSION_LASTS = Duration.ofDays(30);

    /// Longest text that is looked up; ours have 60 characters at most, the operator's own may be
    /// longer.
    private static final int TEXT_CHARACTERS_MAX = 512;

    private static final Duration OVERLAP_MAX = Duration.ofDays(30);

    private final Database database;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final KeyIndex index = new KeyIndex();

    /// Whose a new key is, and what for.
    record Owner(long accountId, long userId, Key.Kind kind) {}

    private Keys(Database database, InstantSource clock, RandomGenerator random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
    }

    /// Loads all keys that are alive.
    ///
    /// @param random a SecureRandom, outside of tests
    public static Keys open(Database database, InstantSource clock, RandomGenerator random) {
        Keys keys = new Keys(database, clock, random);
        database.read(tx -> {
            KeyStore.forEachAlive(tx, keys.now(), key -> keys.index.put(null, key));
            return null;
        });
        return keys;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /// The live key that this text is, or null when it is unknown, malformed, expired or revoked:
    /// all alike (I-62). No secret is compared byte by byte: the look-up is by SHA-256 (I-64).
    public @Nullable Key find(String presented) {
        if (presented.length() > TEXT_CHARACTERS_MAX) {
            return null;
        }
        return index.find(KeyText.digest(presented), clock.millis());
    }

    /// How many keys are in memory.
    public int size() {
        return index.size();
    }

    /// Makes a key for the actor's own user and account.
    ///
    /// @throws GatewayException Forbidden beyond the actor's reach, Conflict when there are too
    ///   many
    public IssuedKey create(Key actor, Environment environment, KeySettings settings) {
        Reach.grant(actor, environment, settings);
        return create(
                new Owner(actor.accountId(), actor.userId(), Key.Kind.USER), environment, settings);
    }

    /// Makes a key of any reach.
    IssuedKey create(Owner owner, Environment environment, KeySettings settings) {
        checkEnd(settings);
        return database.write(tx -> {
            if (KeyStore.count(tx, owner) >= KEYS_PER_USER_MAX) {
                throw new GatewayException(
                        new Fault.Conflict(
                                "%d keys already (expected: fewer; delete some first)"
                                        .formatted(KEYS_PER_USER_MAX)));
            }
            return issue(tx, owner, environment, settings);
        });
    }

    private void checkEnd(KeySettings settings) {
        Instant end = settings.expiresAt();
        if (end != null && !end.isAfter(now())) {
            throw KeySettings.refused("expires_at", "%s (expected: a time to come)".formatted(end));
        }
    }

    /// Makes a key within somebody's transaction.
    IssuedKey issue(WriteTx tx, Owner owner, Environment environment, KeySettings settings) {
        KeyText text = KeyText.generate(environment, random);
        Written written = new Written(environment, text.digest(), text.prefix(), text.last4());
        return new IssuedKey(add(tx, owner, written, settings), text);
    }

    /// What is kept of a key's text.
    record Written(Environment environment, Digest digest, String prefix, String last4) {}

    /// Stores a key whose text somebody else has.
    Key add(WriteTx tx, Owner owner, Written text, KeySettings settings) {
        Key key =
                KeyStore.insert(
                        tx,
                        new Key(
                                0,
                                owner.accountId(),
                                owner.userId(),
                                owner.kind(),
                                text.environment(),
                                text.digest(),
                                text.prefix(),
                                text.last4(),
                                settings,
                                now(),
                                null,
                                null));
        tx.afterCommit(() -> index.put(null, key));
        return key;
    }

    /// Makes a key for a sign-in: for 30 days, and the user's oldest ones beyond ten end.
    public IssuedKey createSession(long accountId, long userId) {
        Owner owner = new Owner(accountId, userId, Key.Kind.SESSION);
        KeySettings settings =
                KeySettings.named("session").withExpiresAt(now().plus(SESSION_LASTS));
        return database.write(tx -> {
            endSessions(tx, KeyStore.list(tx, owner));
            return issue(tx, owner, Environment.LIVE, settings);
        });
    }

    /// Ends those that are over anyway, and the oldest, until there is room for one more.
    private void endSessions(WriteTx tx, List<Key> sessions) {
        int room = SESSIONS_PER_USER_MAX - 1;
        for (Key session : sessions.reversed()) {
            if (room > 0 && session.isLive(clock.millis())) {
                room--;
            } else {
                revoke(tx, session);
            }
        }
    }

    /// The keys that the actor's user made in the actor's account, oldest first; revoked ones are
    /// gone.
    public List<Key> list(Key actor) {
        return database.read(tx ->
                KeyStore.list(tx, new Owner(actor.accountId(), actor.userId(), Key.Kind.USER)));
    }

    /// Changes a key of the actor's user: `change` gets the settings of this moment.
    ///
    /// @throws GatewayException NoSuchObject when it is not the actor's, Forbidden beyond its reach
    public Key update(Key actor, long id, UnaryOperator<KeySettings> change) {
        return database.write(tx -> {
            Key before = own(tx, actor, id);
            KeySettings settings = change.apply(before.settings());
            Reach.grant(actor, before.environment(), settings);
            if (settings.expiresAt() != null
                    && !settings.expiresAt().equals(before.settings().expiresAt())) {
                checkEnd(settings);
            }
            return store(tx, before, before.with(settings));
        });
    }

    /// Ends a key: once this returns it opens nothing.
    ///
    /// @throws GatewayException NoSuchObject when it is not the actor's, or gone already
    public void delete(Key actor, long id) {
        database.write(tx -> {
            Key before = own(tx, actor, id);
            return store(tx, before, before.revoked(now()));
        });
    }

    /// Gives a key a new text. It stays the same key, so budgets and usage go on; the old text
    /// works for `overlap` longer, and a second rotation ends the first one's overlap.
    ///
    /// @throws GatewayException NoSuchObject, Forbidden, or BadRequest for an overlap out of range
    public IssuedKey rotate(Key actor, long id, Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(OVERLAP_MAX) > 0) {
            throw KeySettings.refused(
                    "overlap", "%s (expected: 0 to %s)".formatted(overlap, OVERLAP_MAX));
        }
        return database.write(tx -> rotate(tx, own(tx, actor, id), overlap));
    }

    IssuedKey rotate(WriteTx tx, Key before, Duration overlap) {
        KeyText text = KeyText.generate(before.environment(), random);
        Key after = before.rotated(text, now().plus(overlap));
        return new IssuedKey(store(tx, before, after), text);
    }

    /// A key that the actor may change: made by its user in its account, and within its reach.
    private static Key own(WriteTx tx, Key actor, long id) {
        Key key =
                KeyStore.find(tx, id)
                        .filter(k ->
                                k.kind() == Key.Kind.USER
                                        && k.accountId() == actor.accountId()
                                        && k.userId() == actor.userId()
                                        && k.revokedAt() == null)
                        .orElseThrow(() -> new GatewayException(new Fault.NoSuchObject("API key")));
        Reach.overlook(actor, key.environment(), key.settings());
        return key;
    }

    /// Ends a key whoever has it, unless it is gone already.
    ///
    /// @throws GatewayException NoSuchObject when none of these kinds has this id
    void revoke(long id, Set<Key.Kind> kinds) {
        database.write(tx -> {
            Key before =
                    KeyStore.find(tx, id)
                            .filter(key -> kinds.contains(key.kind()) && key.revokedAt() == null)
                            .orElseThrow(
                                    () -> new GatewayException(new Fault.NoSuchObject("API key")));
            revoke(tx, before);
            return null;
        });
    }

    /// The keys of a kind that are not revoked.
    List<Key> list(Key.Kind kind) {
        return index.list(kind);
    }

    /// Ends a key within somebody's transaction.
    void revoke(WriteTx tx, Key key) {
        store(tx, key, key.revoked(now()));
    }

    /// Writes the next state of a key; memory follows with the commit.
    Key store(WriteTx tx, Key before, Key after) {
        KeyStore.update(tx, after);
        tx.afterCommit(() -> index.put(before, after));
        return after;
    }
}
