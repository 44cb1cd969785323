package tollgate.wire.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The lexical half of [JsonReader]: finds where strings, numbers and words end, and refuses those
/// that are none. For one thread.
///
/// Strings are looked at eight bytes at a time: most of a request is plain text, and large ones are
/// base64. Source of the byte tricks: Hacker's Delight, 6-1 (find first zero byte).
final class JsonLexer {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';

    final JsonLimits limits;
    private final boolean strict;
    byte[] bytes;
    int to;

    /// Whether the last string held an escape.
    boolean escaped;

    /// The hash of the last name, decoded.
    int nameHash;

    JsonLexer(byte[] bytes, int to, JsonLimits limits) {
        this.bytes = bytes;
        this.to = to;
        this.limits = limits;
        this.strict = limits.manner() == JsonLimits.Manner.STRICT;
    }

    boolean isStrict() {
        return strict;
    }

    /// The first offset from `p` on that holds no white space.
    int space(int p) {
        int at = p;
        while (at < to) {
            byte b = bytes[at];
            if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
                return at;
            }
            at++;
        }
        return at;
    }

    /// The offset after the closing quote of the string whose opening quote is at `open`.
    int string(int open, int bytesMax) {
        escaped = false;
        int p = open + 1;
        while (true) {
            p = plain(p);
            if (p >= to) {
                throw unexpected(p, "the string's closing quote");
            }
            int b = bytes[p];
            if (b == '"') {
                if (p - open - 1 > bytesMax) {
                    throw new JsonException(
                            open,
                            "a string of %d bytes (expected: at most %d)"
                                    .formatted(p - open - 1, bytesMax));
                }
                return p + 1;
            }
            if (b == '\\') {
                escaped = true;
                p = escape(p);
            } else if (b < 0) {
                p = foreign(p);
            } else {
                throw unexpected(p, "control characters escaped");
            }
        }
    }

    /// The offset after the characters outside ASCII that begin at `from`.
    private int foreign(int from) {
        int p = from;
        while (p < to && bytes[p] < 0) {
            p = strict ? Utf8.after(bytes, p, to) : p + 1;
        }
        return p;
    }

    /// The offset after the closing quote of the name whose opening quote is at `open`: names are
    /// short, and their hash is wanted.
    int name(int open) {
        int most = (int) Math.min(to, (long) open + 1 + limits.nameBytesMax());
        int hash = 0;
        for (int p = open + 1; p < most; p++) {
            byte b = bytes[p];
            if (b == '"') {
                escaped = false;
                nameHash = hash;
                return p + 1;
            }
            if (!isPlain(b)) {
                break;
            }
            hash = NameTable.hash(hash, b);
        }
        int after = string(open, limits.nameBytesMax());
        nameHash = escaped ? decodedHash(open + 1, after - 1) : hash(open + 1, after - 1);
        return after;
    }

    private int hash(int from, int end) {
        return NameTable.hash(bytes, from, end);
    }

    private int decodedHash(int from, int end) {
        StringBuilder name = new StringBuilder(end - from);
        Utf8.decode(bytes, from, end, name);
        byte[] decoded = name.toString().getBytes(StandardCharsets.UTF_8);
        return NameTable.hash(decoded, 0, decoded.length);
    }

    /// The first offset from `from` on with a quote, a backslash, a control character or a byte
    /// outside ASCII.
    private int plain(int from) {
        int p = from;
        int last = to - Long.BYTES;
        while (p <= last) {
            long word = (long) LONGS.get(bytes, p);
            long quotes = word ^ QUOTES;
            long backslashes = word ^ BACKSLASHES;
            long found =
                    (((quotes - ONES) & ~quotes)
                                    | ((backslashes - ONES) & ~backslashes)
                                    | ((word - SPACES) & ~word)
                                    | word)
                            & HIGH_BITS;
            if (found != 0) {
                return p + (Long.numberOfTrailingZeros(found) >>> 3);
            }
            p += Long.BYTES;
        }
        while (p < to && isPlain(bytes[p])) {
            p++;
        }
        return p;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\';
    }

    /// The offset after the escape at `p`; a surrogate pair is one escape.
    private int escape(int p) {
        int c = p + 1 < to ? bytes[p + 1] : -1;
        return switch (c) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> p + 2;
            case 'u' -> unicode(p);
            default -> throw unexpected(p + 1, "one of \" \\ / b f n r t u after a backslash");
        };
    }

    private int unicode(int p) {
        char unit = hex(p + 2);
        if (!strict || !Character.isSurrogate(unit)) {
            return p + 6;
        }
        boolean pair =
                Character.isHighSurrogate(unit)
                        && p + 7 < to
                        && bytes[p + 6] == '\\'
                        && bytes[p + 7] == 'u'
                        && Character.isLowSurrogate(hex(p + 8));
        if (!pair) {
            throw new JsonException(
                    p,
                    "found half a surrogate pair, \\u%04x (expected: both halves)"
                            .formatted((int) unit));
        }
        return p + 12;
    }

    private char hex(int from) {
        int unit = 0;
        for (int p = from; p < from + 4; p++) {
            int digit = p < to ? Utf8.hexDigit(bytes[p]) : -1;
            if (digit < 0) {
                throw unexpected(p, "four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    /// The offset after the number that begins at `from`.
    int number(int from) {
        int p = bytes[from] == '-' ? from + 1 : from;
        if (p < to && bytes[p] == '0') {
            p++;
        } else {
            p = digits(p);
        }
        if (p < to && bytes[p] == '.') {
            p = digits(p + 1);
        }
        if (p < to && (bytes[p] == 'e' || bytes[p] == 'E')) {
            p = exponent(p + 1);
        }
        if (p - from > limits.numberCharsMax()) {
            throw new JsonException(
                    from,
                    "a number of %d characters (expected: at most %d)"
                            .formatted(p - from, limits.numberCharsMax()));
        }
        return p;
    }

    private int digits(int from) {
        int p = from;
        while (p < to && isDigit(bytes[p])) {
            p++;
        }
        if (p == from) {
            throw unexpected(p, "a digit");
        }
        return p;
    }

    private int exponent(int from) {
        int p = from < to && (bytes[from] == '+' || bytes[from] == '-') ? from + 1 : from;
        int end = digits(p);
        int value = 0;
        for (int i = p; i < end; i++) {
            value = value * 10 + bytes[i] - '0';
            if (value > limits.exponentMax()) {
                throw new JsonException(
                        p,
                        "a larger exponent (expected: at most %d)".formatted(limits.exponentMax()));
            }
        }
        return end;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /// The offset after `word`, of which the first letter was seen at `from`.
    int word(int from, String word) {
        for (int i = 0; i < word.length(); i++) {
            if (from + i >= to || bytes[from + i] != word.charAt(i)) {
                throw unexpected(from + i, word);
            }
        }
        return from + word.length();
    }

    JsonException unexpected(int p, String expected) {
        return new JsonException(p, "found %s (expected: %s)".formatted(found(p), expected));
    }

    private String found(int p) {
        if (p >= to) {
            return "the end of the text";
        }
        byte b = bytes[p];
        return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : "0x%02x".formatted(b & 0xff);
    }
}
