package tollgate.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Known member names and their numbers: finds which one a reader stands at without making a
/// string. Immutable; shared by all threads.
public final class NameTable {
    private final byte[][] names;
    private final String[] folded;

    /// Indexes into `names` plus one, by hash; 0 is free.
    private final int[] slots;

    private NameTable(List<String> texts) {
        names = new byte[texts.size()][];
        folded = new String[texts.size()];
        slots = new int[Integer.highestOneBit(texts.size() * 4 + 1)];
        for (int i = 0; i < names.length; i++) {
            names[i] = texts.get(i).getBytes(StandardCharsets.US_ASCII);
            folded[i] = folded(texts.get(i));
            int slot = slot(hash(names[i], 0, names[i].length));
            while (slots[slot] != 0) {
                slot = slot(slot + 1);
            }
            slots[slot] = i + 1;
        }
    }

    /// A table of distinct ASCII names, numbered in this order.
    public static NameTable of(List<String> names) {
        return new NameTable(names);
    }

    /// The number of the name at which `reader` stands, or -1 when it is none of ours.
    public int find(JsonReader reader) {
        int slot = slot(reader.nameHash());
        while (slots[slot] != 0) {
            int i = slots[slot] - 1;
            if (reader.textIs(names[i])) {
                return i;
            }
            slot = slot(slot + 1);
        }
        return -1;
    }

    /// The number of a name that differs from the reader's only in case, or -1. Lenient parsers
    /// (Go's encoding/json) would take the one for the other; they fold the long s and the Kelvin
    /// sign too.
    public int findCaseVariant(JsonReader reader) {
        String name = folded(reader.text());
        for (int i = 0; i < folded.length; i++) {
            if (folded[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 15) & slots.length - 1;
    }

    static int hash(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int p = from; p < to; p++) {
            hash = hash(hash, bytes[p]);
        }
        return hash;
    }

    static int hash(int hash, byte next) {
        return hash * 31 + next;
    }

    private static String folded(String name) {
        char[] chars = name.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            chars[i] = folded(chars[i]);
        }
        return new String(chars);
    }

    private static char folded(char c) {
        if (c >= 'A' && c <= 'Z') {
            return (char) (c + ('a' - 'A'));
        }
        return switch (c) {
            case '\u017f' -> 's';
            case '\u212a' -> 'k';
            default -> c;
        };
    }
}
