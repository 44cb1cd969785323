package tollgate.kit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// What a model costs, and what a usage costs by it: the rule of the price list written a second
/// time, in decimals of any size, to compare the product with.
///
/// Token prices are USD per million tokens, `request` is USD a call; absent classes cost as their
/// parents do (cached and written input as input, reasoning as output).
public record OraclePrice(
        BigDecimal input,
        BigDecimal output,
        @Nullable BigDecimal cachedInput,
        @Nullable BigDecimal cacheWrite,
        @Nullable BigDecimal reasoning,
        BigDecimal request,
        BigDecimal markup,
        @Nullable Above above) {
    private static final BigDecimal NANOS = BigDecimal.TEN.pow(9);
    private static final BigDecimal MILLION = BigDecimal.TEN.pow(6);

    /// The whole request's price once its input exceeds so many tokens; its own markup is unused.
    public record Above(long tokens, OraclePrice price) {}

    /// The five counts of a ledger line. Input includes cached and written, output reasoning.
    public record Usage(
            long input, long cachedInput, long cacheWrite, long output, long reasoning) {
        public static Usage of(long input, long output) {
            return new Usage(input, 0, 0, output, 0);
        }

        boolean isSound() {
            return cachedInput >= 0
                    && cacheWrite >= 0
                    && reasoning >= 0
                    && input >= cachedInput + cacheWrite
                    && output >= reasoning;
        }
    }

    /// Plain prices in USD per million tokens, without markup.
    public static OraclePrice usd(String input, String output) {
        return new OraclePrice(
                new BigDecimal(input),
                new BigDecimal(output),
                null,
                null,
                null,
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                null);
    }

    public OraclePrice withCachedInput(String usd) {
        return new OraclePrice(
                input, output, new BigDecimal(usd), cacheWrite, reasoning, request, markup, above);
    }

    public OraclePrice withCacheWrite(String usd) {
        return new OraclePrice(
                input, output, cachedInput, new BigDecimal(usd), reasoning, request, markup, above);
    }

    public OraclePrice withReasoning(String usd) {
        return new OraclePrice(
                input,
                output,
                cachedInput,
                cacheWrite,
                new BigDecimal(usd),
                request,
                markup,
                above);
    }

    public OraclePrice withRequest(String usd) {
        return new OraclePrice(
                input,
                output,
                cachedInput,
                cacheWrite,
                reasoning,
                new BigDecimal(usd),
                markup,
                above);
    }

    /// The part that is added, such as `0.2` for 20 %.
    public OraclePrice withMarkup(String part) {
        return new OraclePrice(
                input,
                output,
                cachedInput,
                cacheWrite,
                reasoning,
                request,
                new BigDecimal(part),
                above);
    }

    public OraclePrice above(long tokens, OraclePrice price) {
        return new OraclePrice(
                input,
                output,
                cachedInput,
                cacheWrite,
                reasoning,
                request,
                markup,
                new Above(tokens, price));
    }

    /// Nano-dollars for the usage: everything summed exactly, then rounded once, up.
    public BigInteger charge(Usage usage) {
        OraclePrice base = above != null && usage.input() > above.tokens() ? above.price() : this;
        return base.exactUsd(usage)
                .multiply(BigDecimal.ONE.add(markup))
                .multiply(NANOS)
                .setScale(0, RoundingMode.CEILING)
                .toBigIntegerExact();
    }

    private BigDecimal exactUsd(Usage usage) {
        long plainInput = usage.input() - usage.cachedInput() - usage.cacheWrite();
        long plainOutput = usage.output() - usage.reasoning();
        return part(plainInput, input)
                .add(part(usage.cachedInput(), cachedInput == null ? input : cachedInput))
                .add(part(usage.cacheWrite(), cacheWrite == null ? input : cacheWrite))
                .add(part(plainOutput, output))
                .add(part(usage.reasoning(), reasoning == null ? output : reasoning))
                .divide(MILLION)
                .add(request);
    }

    private static BigDecimal part(long tokens, BigDecimal perMillion) {
        return BigDecimal.valueOf(tokens).multiply(perMillion);
    }
}
