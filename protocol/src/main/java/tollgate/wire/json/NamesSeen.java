package tollgate.wire.json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The member names of all objects that are open at one moment, so that a second one of the same
/// name is noticed. For one thread.
///
/// Few names are compared one by one by hash; from [#LINEAR_MAX] on a set takes over, whose buckets
/// stay fast when somebody sends names of one hash.
final class NamesSeen {
    private static final int LINEAR_MAX = 24;

    private int[] from = new int[16];
    private int[] to = new int[16];
    private int[] hashes = new int[16];
    private int size;

    /// Where each open object's names begin; by depth.
    private int[] base = new int[8];

    private @Nullable Set<String>[] sets = sets(8);

    @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a generic type can be made
    private static @Nullable Set<String>[] sets(int size) {
        return new Set[size];
    }

    void clear() {
        size = 0;
        Arrays.fill(sets, null);
    }

    void open(int depth) {
        if (depth >= base.length) {
            base = Arrays.copyOf(base, base.length * 2);
            sets = Arrays.copyOf(sets, sets.length * 2);
        }
        base[depth] = size;
    }

    void close(int depth) {
        size = base[depth];
        sets[depth] = null;
    }

    /// Adds the name whose inside is `bytes[nameFrom, nameTo)`; false when it is there already.
    boolean add(int depth, byte[] bytes, int nameFrom, int nameTo, int hash) {
        Set<String> set = sets[depth];
        if (set != null) {
            return set.add(text(bytes, nameFrom, nameTo));
        }
        for (int i = base[depth]; i < size; i++) {
            if (hashes[i] == hash && same(bytes, i, nameFrom, nameTo)) {
                return false;
            }
        }
        push(nameFrom, nameTo, hash);
        if (size - base[depth] == LINEAR_MAX) {
            sets[depth] = all(bytes, base[depth]);
            size = base[depth];
        }
        return true;
    }

    private Set<String> all(byte[] bytes, int first) {
        Set<String> all = new HashSet<>(LINEAR_MAX * 4);
        for (int i = first; i < size; i++) {
            all.add(text(bytes, from[i], to[i]));
        }
        return all;
    }

    private boolean same(byte[] bytes, int i, int nameFrom, int nameTo) {
        return Arrays.equals(bytes, from[i], to[i], bytes, nameFrom, nameTo)
                || text(bytes, from[i], to[i]).equals(text(bytes, nameFrom, nameTo));
    }

    private void push(int nameFrom, int nameTo, int hash) {
        if (size == hashes.length) {
            from = Arrays.copyOf(from, size * 2);
            to = Arrays.copyOf(to, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        from[size] = nameFrom;
        to[size] = nameTo;
        hashes[size] = hash;
        size++;
    }

    private static String text(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        Utf8.decode(bytes, from, to, text);
        return text.toString();
    }
}
