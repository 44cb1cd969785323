package tollgate.catalog;

/// What a million tokens of each class cost, in nano-dollars, before markup.
///
/// @param cacheWriteLong for caches that live an hour; [#UNPRICED] where there is no such price
public record Rates(
        long input,
        long cachedInput,
        long cacheWrite,
        long cacheWriteLong,
        long output,
        long reasoning) {
    /// One dollar a token. With [tollgate.call.Usage#TOKENS_MAX] and [PriceVersion#MARKUP_PPM_MAX]
    /// this keeps every sum within 128 bits.
    public static final long RATE_MAX = 1_000_000_000_000_000L;

    public static final long UNPRICED = -1;

    public Rates {
        check("input", input, 0);
        check("cached-input", cachedInput, 0);
        check("cache-write", cacheWrite, 0);
        check("cache-write-1h", cacheWriteLong, UNPRICED);
        check("output", output, 0);
        check("reasoning", reasoning, 0);
    }

    /// The classes without a price of their own cost as input and output; one-hour caches have
    /// none.
    public static Rates of(long input, long output) {
        return new Rates(input, input, input, UNPRICED, output, output);
    }

    boolean hasCacheWriteLong() {
        return cacheWriteLong != UNPRICED;
    }

    /// What one-hour cache writes cost; as other cache writes where they have no price, so that
    /// what should have been refused is not free.
    long cacheWriteLongOrUsual() {
        return hasCacheWriteLong() ? cacheWriteLong : cacheWrite;
    }

    long dearestInput(Price.Caches caches) {
        long usual = Math.max(input, Math.max(cachedInput, cacheWrite));
        return switch (caches) {
            case USUAL -> usual;
            case LONG -> Math.max(usual, cacheWriteLong);
        };
    }

    long dearestOutput() {
        return Math.max(output, reasoning);
    }

    private static void check(String name, long found, long least) {
        if (found < least || found > RATE_MAX) {
            throw new IllegalArgumentException(
                    "%s: %d nano-dollars (expected: 0 to %d)".formatted(name, found, RATE_MAX));
        }
    }
}
