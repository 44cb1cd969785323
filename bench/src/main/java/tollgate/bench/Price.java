package tollgate.bench;

import java.math.BigInteger;
import java.util.List;

/// What a call must cost, worked out here and not by the product. The prices have digits that make
/// every charge end in a fraction, so that rounding is tried too.
final class Price {
    /// Nano-dollars per million tokens.
    static final long INPUT = 150_001_003L;

    static final long CACHED_INPUT = 75_000_507L;
    static final long OUTPUT = 600_000_011L;
    static final int MARKUP_PERCENT = 20;

    private static final BigInteger MARKUP_PPM =
            BigInteger.valueOf(1_000_000L + 10_000L * MARKUP_PERCENT);
    private static final BigInteger TRILLION = BigInteger.valueOf(1_000_000_000_000L);

    private Price() {}

    /// The charge in nano-dollars: summed, marked up, rounded up once.
    ///
    /// @param inputTokens with the cached ones in it
    static long charge(long inputTokens, long cachedTokens, long outputTokens) {
        BigInteger sum =
                List.of(
                                product(inputTokens - cachedTokens, INPUT),
                                product(cachedTokens, CACHED_INPUT),
                                product(outputTokens, OUTPUT))
                        .stream()
                        .reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger[] parts = sum.multiply(MARKUP_PPM).divideAndRemainder(TRILLION);
        return parts[0].longValueExact() + (parts[1].signum() == 0 ? 0 : 1);
    }

    private static BigInteger product(long tokens, long price) {
        return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price));
    }
}
