package tollgate.ledger;

/// What a key may spend in a period, in nano-dollars; holds count while they are open.
public record SpendLimit(long nanos, Window window) {
    /// Over what the spending is summed: UTC days and months, or for ever.
    public enum Window {
        DAY,
        MONTH,
        TOTAL
    }

    public SpendLimit {
        if (nanos < 0) {
            throw new IllegalArgumentException("budget: %d (expected: >= 0)".formatted(nanos));
        }
    }
}
