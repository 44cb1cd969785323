package tollgate.wire.json;

/// Bytes `[from, to)` of an array.
public record Span(int from, int to) {
    public Span {
        if (from < 0 || from > to) {
            throw new IllegalArgumentException(
                    "span: %d to %d (expected: 0 <= from <= to)".formatted(from, to));
        }
    }

    public int length() {
        return to - from;
    }
}
