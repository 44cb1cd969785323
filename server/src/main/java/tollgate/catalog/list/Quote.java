package tollgate.catalog.list;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.Rates;

/// What a list says of the prices of tokens, as far as it does: nano-dollars per million.
record Quote(
        @Nullable Long input,
        @Nullable Long output,
        @Nullable Long cached,
        @Nullable Long write,
        @Nullable Long writeLong,
        @Nullable Long reasoning) {
    private static final int NANO_DIGITS = 9;
    private static final int MILLION_DIGITS = 6;

    /// To the nearest nano-dollar: lists hold traces of floating point. Null when it is not said,
    /// negative (OpenRouter's "it depends"), or beyond any price.
    static @Nullable Long perMillion(Optional<BigDecimal> usd) {
        return nanos(usd, NANO_DIGITS);
    }

    static @Nullable Long perToken(Optional<BigDecimal> usd) {
        return nanos(usd, NANO_DIGITS + MILLION_DIGITS);
    }

    private static @Nullable Long nanos(Optional<BigDecimal> usd, int digits) {
        if (usd.isEmpty() || usd.get().signum() < 0) {
            return null;
        }
        BigDecimal nanos = usd.get().movePointRight(digits).setScale(0, RoundingMode.HALF_EVEN);
        return nanos.compareTo(BigDecimal.valueOf(Rates.RATE_MAX)) > 0 ? null : nanos.longValue();
    }

    /// A discount of everything is none that anybody gives: lists write 0 for "not known".
    static @Nullable Long positive(@Nullable Long nanos) {
        return nanos == null || nanos == 0 ? null : nanos;
    }

    /// Anthropic sells cache writes that live an hour at twice the input price. Source:
    /// <https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching> (2026-11).
    Quote withHour() {
        return input == null || write == null || writeLong != null
                ? this
                : new Quote(input, output, cached, write, 2 * input, reasoning);
    }

    /// Empty unless input and output are known.
    Optional<Rates> rates() {
        if (input == null || output == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Rates(
                        input,
                        cached == null ? input : cached,
                        write == null ? input : write,
                        writeLong == null ? Rates.UNPRICED : writeLong,
                        output,
                        reasoning == null ? output : reasoning));
    }
}
