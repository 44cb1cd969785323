package tollgate.wire.json;

import java.nio.charset.StandardCharsets;

/// UTF-8 and JSON's escapes: judged, and decoded.
final class Utf8 {
    private Utf8() {}

    /// The offset after the character outside ASCII that begins at `p`, by the table of well-formed
    /// sequences. Source: Unicode 16, table 3-7: no overlong forms, no surrogates, none above
    /// U+10FFFF.
    static int after(byte[] bytes, int p, int to) {
        int first = bytes[p] & 0xff;
        if (first >= 0xc2 && first <= 0xdf) {
            return tail(bytes, p, p + 1, Math.min(p + 2, to), p + 2);
        }
        if (first >= 0xe0 && first <= 0xef) {
            int least = first == 0xe0 ? 0xa0 : 0x80;
            int most = first == 0xed ? 0x9f : 0xbf;
            second(bytes, p, to, least, most);
            return tail(bytes, p, p + 2, Math.min(p + 3, to), p + 3);
        }
        if (first >= 0xf0 && first <= 0xf4) {
            int least = first == 0xf0 ? 0x90 : 0x80;
            int most = first == 0xf4 ? 0x8f : 0xbf;
            second(bytes, p, to, least, most);
            return tail(bytes, p, p + 2, Math.min(p + 4, to), p + 4);
        }
        throw malformed(bytes, p);
    }

    private static void second(byte[] bytes, int p, int to, int least, int most) {
        int second = p + 1 < to ? bytes[p + 1] & 0xff : 0;
        if (second < least || second > most) {
            throw malformed(bytes, p);
        }
    }

    private static int tail(byte[] bytes, int p, int from, int to, int end) {
        for (int i = from; i < to; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                throw malformed(bytes, p);
            }
        }
        if (to < end) {
            throw malformed(bytes, p);
        }
        return end;
    }

    private static JsonException malformed(byte[] bytes, int p) {
        return new JsonException(
                p, "found 0x%02x in no character (expected: UTF-8)".formatted(bytes[p] & 0xff));
    }

    /// The value of a hexadecimal digit, or -1.
    static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int letter = b | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    /// The text of a string's inside that holds no escape.
    static String plain(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /// Appends the text of a string's inside, of which the lexer has judged the escapes.
    static void decode(byte[] bytes, int from, int to, StringBuilder into) {
        int p = from;
        while (p < to) {
            byte b = bytes[p];
            if (b == '\\') {
                p = unescape(bytes, p, into);
            } else if (b >= 0) {
                into.append((char) b);
                p++;
            } else {
                int end = p + 1;
                while (end < to && bytes[end] < 0) {
                    end++;
                }
                into.append(plain(bytes, p, end));
                p = end;
            }
        }
    }

    private static int unescape(byte[] bytes, int p, StringBuilder into) {
        char c = (char) bytes[p + 1];
        switch (c) {
            case 'b' -> into.append('\b');
            case 'f' -> into.append('\f');
            case 'n' -> into.append('\n');
            case 'r' -> into.append('\r');
            case 't' -> into.append('\t');
            case 'u' -> {
                int unit = 0;
                for (int i = p + 2; i < p + 6; i++) {
                    unit = unit << 4 | hexDigit(bytes[i]);
                }
                into.append((char) unit);
                return p + 6;
            }
            default -> into.append(c);
        }
        return p + 2;
    }
}
