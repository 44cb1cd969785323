package tollgate.wire.json;

/// What a JSON text may cost its reader. A text at a limit is read, one past it is refused.
///
/// @param depthMax containers inside one another
/// @param numberCharsMax characters of one number
/// @param exponentMax the largest exponent written, of either sign
/// @param stringBytesMax bytes of one string as written, without its quotes
/// @param nameBytesMax bytes of one member name as written, without its quotes
/// @param membersMax members of one object
/// @param elementsMax elements of one array
/// @param manner how texts are taken on whose meaning parsers disagree
public record JsonLimits(
        int depthMax,
        int numberCharsMax,
        int exponentMax,
        int stringBytesMax,
        int nameBytesMax,
        int membersMax,
        int elementsMax,
        Manner manner) {
    /// The deepest nesting that [JsonReader] can follow: a bit a level.
    public static final int DEPTH_MAX = 64;

    /// For what callers send: nothing that two parsers could read differently.
    public static final JsonLimits STRICT =
            new JsonLimits(DEPTH_MAX, 64, 400, 1 << 28, 1 << 16, 100_000, 4_000_000, Manner.STRICT);

    /// For what providers answer: the bytes flow on whatever we think of them.
    public static final JsonLimits TOLERANT =
            new JsonLimits(
                    DEPTH_MAX, 64, 400, 1 << 28, 1 << 16, 100_000, 4_000_000, Manner.TOLERANT);

    private static final int NUMBER_CHARS_MAX = 1_000;
    private static final int EXPONENT_MAX = 10_000;

    /// For a number that was read within other limits before.
    static final JsonLimits WIDEST =
            new JsonLimits(
                    DEPTH_MAX,
                    NUMBER_CHARS_MAX,
                    EXPONENT_MAX,
                    NUMBER_CHARS_MAX,
                    NUMBER_CHARS_MAX,
                    1,
                    1,
                    Manner.STRICT);

    public JsonLimits {
        check("depthMax", depthMax, DEPTH_MAX);
        check("numberCharsMax", numberCharsMax, NUMBER_CHARS_MAX);
        check("exponentMax", exponentMax, EXPONENT_MAX);
        check("stringBytesMax", stringBytesMax, Integer.MAX_VALUE);
        check("nameBytesMax", nameBytesMax, stringBytesMax);
        check("membersMax", membersMax, Integer.MAX_VALUE);
        check("elementsMax", elementsMax, Integer.MAX_VALUE);
    }

    private static void check(String name, int found, int most) {
        if (found < 1 || found > most) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: 1 to %d)".formatted(name, found, most));
        }
    }

    /// How to take what the grammar allows or forbids, but parsers do not agree on.
    public enum Manner {
        /// Refuses a second member of one name, bytes that are not UTF-8, and escaped surrogates
        /// without their other half.
        STRICT,
        /// Takes all three: of members of one name each is shown, bad bytes read as U+FFFD, half
        /// surrogates as they are (some providers cut an emoji between two events).
        TOLERANT
    }
}
