package tollgate.catalog;

import java.util.List;
import tollgate.call.Usage;

/// A model's selling price before markup. Integers throughout: nano-dollars per million tokens,
/// nano-dollars for each image and each request.
///
/// What a usage costs is one exact sum in 128 bits, rounded once, up (I-06):
///
/// ```
/// ceil( (Σ tokens × rate + 1,000,000 × (images × image + request))
///       × (1,000,000 + markup ppm) ÷ 10^12 )
/// ```
///
/// Bounds: 2 × 10^12 tokens × 10^15 + 10^6 × 10^12 images × 10^12 < 1.01 × 10^30, times 10^8 of
/// markup < 1.01 × 10^38 < 2^127.
///
/// @param webSearch nano-dollars for a thousand searches; [Rates#UNPRICED] where there is no price
/// @param tiers each for requests whose input is above a number of tokens, ascending
public record Price(Rates rates, long image, long request, long webSearch, List<Tier> tiers) {
    public static final Price FREE = of(Rates.of(0, 0));

    /// A thousand dollars for one image, request or thousand searches.
    public static final long EACH_MAX = 1_000_000_000_000L;

    /// A billion dollars: more than any request can cost. A charge above it reads as this, which
    /// happens only when a provider reports absurd usage; every hold is capped in the same way, so
    /// that it stays an upper bound.
    public static final long CHARGE_MAX = 1_000_000_000_000_000_000L;

    static final long MILLION = 1_000_000;
    private static final long TRILLION = MILLION * MILLION;
    private static final int TIERS_MAX = 8;

    public Price {
        check("image", image, 0);
        check("request", request, 0);
        check("web-search", webSearch, Rates.UNPRICED);
        tiers = List.copyOf(tiers);
        if (tiers.size() > TIERS_MAX) {
            throw new IllegalArgumentException(
                    "tiers: %d (expected: at most %d)".formatted(tiers.size(), TIERS_MAX));
        }
        for (int i = 1; i < tiers.size(); i++) {
            if (tiers.get(i).above() <= tiers.get(i - 1).above()) {
                throw new IllegalArgumentException(
                        "above: %d tokens after %d (expected: ascending)"
                                .formatted(tiers.get(i).above(), tiers.get(i - 1).above()));
            }
        }
    }

    /// The whole request's rates once its input exceeds `above` tokens.
    public record Tier(long above, Rates rates) {
        public Tier {
            if (above < 1 || above > Usage.TOKENS_MAX) {
                throw new IllegalArgumentException(
                        "above: %d tokens (expected: 1 to %d)".formatted(above, Usage.TOKENS_MAX));
            }
        }
    }

    /// Which caches a request may write.
    public enum Caches {
        /// Those that providers fill unasked or for minutes.
        USUAL,
        /// One-hour ones too: the request asked for them.
        LONG
    }

    /// How much a call may use at most, for which its hold must suffice.
    public record Bound(long inputTokens, long outputTokens, long images, Caches caches) {
        public Bound {
            check("input tokens", inputTokens);
            check("output tokens", outputTokens);
            check("images", images);
        }

        /// Without images, and with every kind of cache.
        public static Bound of(long inputTokens, long outputTokens) {
            return new Bound(inputTokens, outputTokens, 0, Caches.LONG);
        }

        Bound withOutput(long tokens) {
            return new Bound(inputTokens, tokens, images, caches);
        }

        private static void check(String name, long found) {
            if (found < 0 || found > Usage.TOKENS_MAX) {
                throw new IllegalArgumentException(
                        "%s: %d (expected: 0 to %d)".formatted(name, found, Usage.TOKENS_MAX));
            }
        }
    }

    public static Price of(Rates rates) {
        return new Price(rates, 0, 0, Rates.UNPRICED, List.of());
    }

    /// Only so much a request, whatever it uses.
    public static Price flat(long request) {
        return new Price(Rates.of(0, 0), 0, request, Rates.UNPRICED, List.of());
    }

    public boolean isFree() {
        return equals(FREE);
    }

    /// False when the usage has a class that this price does not know: such a request should have
    /// been refused, so it is worth an alarm (I-31). It is charged all the same.
    public boolean covers(Usage usage) {
        return usage.cacheWriteLongTokens() == 0 || rates(usage.inputTokens()).hasCacheWriteLong();
    }

    /// What the usage costs, in nano-dollars, at most [#CHARGE_MAX].
    public long charge(Usage usage, long markupPpm) {
        Rates its = rates(usage.inputTokens());
        long plain = usage.inputTokens() - usage.cachedInputTokens() - usage.cacheWriteTokens();
        long usualWrites = usage.cacheWriteTokens() - usage.cacheWriteLongTokens();
        Wide sum =
                Wide.product(plain, its.input())
                        .plus(Wide.product(usage.cachedInputTokens(), its.cachedInput()))
                        .plus(Wide.product(usualWrites, its.cacheWrite()))
                        .plus(
                                Wide.product(
                                        usage.cacheWriteLongTokens(), its.cacheWriteLongOrUsual()))
                        .plus(
                                Wide.product(
                                        usage.outputTokens() - usage.reasoningTokens(),
                                        its.output()))
                        .plus(Wide.product(usage.reasoningTokens(), its.reasoning()))
                        .plus(each(usage.images()));
        return rounded(sum, markupPpm);
    }

    /// The most that any usage within the bound costs, and that one of them does cost (I-12): every
    /// token at the dearest class it may have, in the dearest tier that the input may reach.
    public long worst(Bound bound, long markupPpm) {
        return rounded(worstSum(bound), markupPpm);
    }

    /// The largest output, up to [Usage#TOKENS_MAX] tokens, for which the worst case is not above
    /// `nanos`; -1 when the input alone is. The bound's own output does not matter.
    public long outputAffordable(long nanos, Bound bound, long markupPpm) {
        if (nanos >= CHARGE_MAX) {
            return Usage.TOKENS_MAX;
        }
        if (nanos < 0) {
            return -1;
        }
        // ceil(sum × factor ÷ 10^12) <= nanos  <=>  sum × factor <= nanos × 10^12
        Wide budget = Wide.product(nanos, TRILLION);
        long fits = -1;
        long above = Usage.TOKENS_MAX + 1;
        while (above - fits > 1) {
            long middle = (fits + above) >>> 1;
            Wide cost = worstSum(bound.withOutput(middle)).times(MILLION + markupPpm);
            if (cost.isAbove(budget)) {
                above = middle;
            } else {
                fits = middle;
            }
        }
        return fits;
    }

    private Wide worstSum(Bound bound) {
        Wide worst = Wide.ZERO;
        long from = 0;
        for (int i = 0; i <= tiers.size() && (i == 0 || bound.inputTokens() > from); i++) {
            long upTo = i < tiers.size() ? tiers.get(i).above() : Usage.TOKENS_MAX;
            Rates its = i == 0 ? rates : tiers.get(i - 1).rates();
            Wide sum =
                    Wide.product(
                                    Math.min(bound.inputTokens(), upTo),
                                    its.dearestInput(bound.caches()))
                            .plus(Wide.product(bound.outputTokens(), its.dearestOutput()));
            worst = sum.isAbove(worst) ? sum : worst;
            from = upTo;
        }
        return worst.plus(each(bound.images()));
    }

    private Rates rates(long inputTokens) {
        Rates its = rates;
        for (int i = 0; i < tiers.size() && inputTokens > tiers.get(i).above(); i++) {
            its = tiers.get(i).rates();
        }
        return its;
    }

    private Wide each(long images) {
        return Wide.product(images, image).plus(new Wide(0, request)).times(MILLION);
    }

    private static long rounded(Wide sum, long markupPpm) {
        return sum.times(MILLION + markupPpm).dividedUp(TRILLION, CHARGE_MAX);
    }

    private static void check(String name, long found, long least) {
        if (found < least || found > EACH_MAX) {
            throw new IllegalArgumentException(
                    "%s: %d nano-dollars (expected: 0 to %d)".formatted(name, found, EACH_MAX));
        }
    }
}
