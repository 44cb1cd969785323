package tollgate.call;

/// What one call used, by class. Every count is zero or more.
///
/// `inputTokens` includes cached and cache-written ones, `outputTokens` includes reasoning; the
/// others say how much of them was of that class. `cacheWriteTokens` includes those written for an
/// hour (`cacheWriteLongTokens`). Source: OpenTelemetry GenAI (input includes cached), read
/// 2026-11-21.
public record Usage(
        long inputTokens,
        long cachedInputTokens,
        long cacheWriteTokens,
        long cacheWriteLongTokens,
        long outputTokens,
        long reasoningTokens,
        long images) {
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0);

    /// More than any model answers, little enough that no product with a price overflows 128 bits.
    public static final long TOKENS_MAX = 1_000_000_000_000L;

    public Usage {
        check("inputTokens", inputTokens, TOKENS_MAX);
        check("cachedInputTokens", cachedInputTokens, inputTokens);
        check("cacheWriteTokens", cacheWriteTokens, inputTokens - cachedInputTokens);
        check("cacheWriteLongTokens", cacheWriteLongTokens, cacheWriteTokens);
        check("outputTokens", outputTokens, TOKENS_MAX);
        check("reasoningTokens", reasoningTokens, outputTokens);
        check("images", images, TOKENS_MAX);
    }

    /// Plain tokens without any special class.
    public static Usage of(long inputTokens, long outputTokens) {
        return new Usage(inputTokens, 0, 0, 0, outputTokens, 0, 0);
    }

    private static void check(String name, long found, long most) {
        if (found < 0 || found > most) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: 0 to %d)".formatted(name, found, most));
        }
    }
}
