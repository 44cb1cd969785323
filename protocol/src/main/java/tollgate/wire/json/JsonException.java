package tollgate.wire.json;

/// Bytes that are not the JSON we take. Without a stack trace: it is an answer, not a bug. The
/// message names offset, what was found and what was expected, and quotes at most one character or
/// a short member name.
public final class JsonException extends RuntimeException {
    private final int offset;

    public JsonException(int offset, String message) {
        super("byte %d: %s".formatted(offset, message), null, false, false);
        this.offset = offset;
    }

    /// Where, counted from the first byte of the text.
    public int offset() {
        return offset;
    }
}
