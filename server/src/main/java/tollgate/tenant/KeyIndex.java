package tollgate.tenant;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tollgate.unit.Digest;

/// The keys in memory, by digest. Any thread may ask; only the database's writer changes it, after
/// each commit and in the order of commits, so it never holds what a crash would take back.
final class KeyIndex {
    private final ConcurrentMap<Digest, Key> keys = new ConcurrentHashMap<>();

    /// Keys under their text before a rotation; nearly always empty.
    private final ConcurrentMap<Digest, Key> overlaps = new ConcurrentHashMap<>();

    /// The live key of a digest, or null.
    @Nullable Key find(Digest digest, long nowMillis) {
        Key key = keys.get(digest);
        if (key == null && !overlaps.isEmpty()) {
            key = overlapping(digest, nowMillis);
        }
        return key != null && key.isLive(nowMillis) ? key : null;
    }

    private @Nullable Key overlapping(Digest digest, long nowMillis) {
        Key key = overlaps.get(digest);
        if (key == null || key.overlap() == null) {
            return null;
        }
        if (nowMillis >= key.overlap().until().toEpochMilli()) {
            overlaps.remove(digest, key);
            return null;
        }
        return key;
    }

    /// Takes in a new key, or the next state of one.
    ///
    /// @param before its state until now; null for a new one
    void put(@Nullable Key before, Key after) {
        if (after.revokedAt() == null) {
            keys.put(after.digest(), after);
            if (after.overlap() != null) {
                overlaps.put(after.overlap().digest(), after);
            }
        }
        if (before != null) {
            dropStale(before, after);
        }
    }

    /// Texts of the state before that no longer open anything.
    private void dropStale(Key before, Key after) {
        boolean revoked = after.revokedAt() != null;
        if (revoked || !before.digest().equals(after.digest())) {
            keys.remove(before.digest());
        }
        Key.Overlap was = before.overlap();
        Key.Overlap is = after.overlap();
        if (was != null && (revoked || is == null || !was.digest().equals(is.digest()))) {
            overlaps.remove(was.digest());
        }
    }

    /// The keys of a kind; looks at all of them.
    List<Key> list(Key.Kind kind) {
        return keys.values().stream().filter(key -> key.kind() == kind).toList();
    }

    int size() {
        return keys.size();
    }
}
