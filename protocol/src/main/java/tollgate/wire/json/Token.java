package tollgate.wire.json;

/// What [JsonReader#next()] can find.
public enum Token {
    OBJECT_START("an object"),
    OBJECT_END("the end of an object"),
    ARRAY_START("an array"),
    ARRAY_END("the end of an array"),
    /// A member's name; its value comes next.
    NAME("a name"),
    STRING("a string"),
    NUMBER("a number"),
    TRUE("true"),
    FALSE("false"),
    NULL("null"),
    /// The end of the text, after its one value.
    END("nothing");

    private final String words;

    Token(String words) {
        this.words = words;
    }

    /// For messages: `an object`, `a string`.
    public String words() {
        return words;
    }

    /// Whether a value begins with this token.
    public boolean isValue() {
        return switch (this) {
            case OBJECT_START, ARRAY_START, STRING, NUMBER, TRUE, FALSE, NULL -> true;
            case OBJECT_END, ARRAY_END, NAME, END -> false;
        };
    }
}
