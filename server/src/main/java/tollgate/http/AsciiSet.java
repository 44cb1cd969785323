package tollgate.http;

/// A set of ASCII characters, for the grammars of RFC 9110 and RFC 3986.
final class AsciiSet {
    private static final String DIGITS = "0123456789";
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    static final AsciiSet DIGIT = new AsciiSet(DIGITS);
    static final AsciiSet UPPER_CASE = new AsciiSet(UPPER);
    static final AsciiSet TOKEN = new AsciiSet(DIGITS + LOWER + UPPER + "!#$%&'*+-.^_`|~");

    /// What we write as names of fields: tokens without capitals and curiosities.
    static final AsciiSet FIELD_NAME = new AsciiSet(DIGITS + LOWER + "-_");

    /// Names, numbers and IPv6 literals with a port.
    static final AsciiSet HOST = new AsciiSet(DIGITS + LOWER + UPPER + "-._~:[]");

    private final boolean[] members = new boolean[128];

    private AsciiSet(String characters) {
        for (int i = 0; i < characters.length(); i++) {
            members[characters.charAt(i)] = true;
        }
    }

    /// Whether a text is not empty and made of these characters alone.
    boolean spells(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128 || !members[c]) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
