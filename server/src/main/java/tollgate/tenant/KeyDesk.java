package tollgate.tenant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;

/// The operator's hand on everybody's keys. Everything waits for the disk and belongs on a virtual
/// thread.
public final class KeyDesk {
    /// Keys in one listing, the newest; there may be a hundred thousand.
    public static final int LISTED_MAX = 1_000;

    /// The others belong to the configuration or are rotated.
    private static final Set<Key.Kind> REVOCABLE = Set.of(Key.Kind.USER, Key.Kind.SESSION);

    private final Keys keys;
    private final Accounts accounts;
    private final Operator operator;

    public KeyDesk(Keys keys, Accounts accounts, Operator operator) {
        this.keys = keys;
        this.accounts = accounts;
        this.operator = operator;
    }

    /// Keys of every kind and account that are not revoked, the newest first.
    public List<Key> list() {
        List<Key> all = new ArrayList<>();
        for (Key.Kind kind : Key.Kind.values()) {
            all.addAll(keys.list(kind));
        }
        all.sort(Comparator.comparingLong(Key::id).reversed());
        return all.subList(0, Math.min(LISTED_MAX, all.size()));
    }

    /// How many keys there are in all.
    public int count() {
        return keys.size();
    }

    /// Makes a key for a user's own account.
    ///
    /// @param userId null: the operator's own
    /// @throws GatewayException NoSuchObject when there is no such user
    public IssuedKey create(@Nullable Long userId, Environment environment, KeySettings settings) {
        long user = userId == null ? operator.userId() : userId;
        Account account =
                userId == null || userId == operator.userId()
                        ? operator.account()
                        : accounts.findByUser(userId)
                                .orElseThrow(
                                        () -> new GatewayException(new Fault.NoSuchObject("user")));
        return keys.create(
                new Keys.Owner(account.id(), user, Key.Kind.USER), environment, settings);
    }

    /// Ends a user's key: once this returns it opens nothing.
    ///
    /// @throws GatewayException NoSuchObject when there is none with this id
    public void revoke(long id) {
        keys.revoke(id, REVOCABLE);
    }

    /// Replaces the admin key.
    ///
    /// @throws GatewayException Conflict when the configuration holds it
    public IssuedKey rotateAdmin() {
        return operator.rotateAdminKey();
    }

    /// The operator's key, without its text.
    public Key admin() {
        return keys.list(Key.Kind.ADMIN).getFirst();
    }
}
