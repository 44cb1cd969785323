package tollgate.catalog;

import tollgate.call.Usage;

/// A price with its markup, as stored under a number that holds and posts carry: pinned when a
/// request is admitted, never changed (I-08).
public record PriceVersion(long id, Price price, long markupPpm) {
    /// 9,900 %: a hundredfold.
    public static final long MARKUP_PPM_MAX = 99 * Price.MILLION;

    public PriceVersion {
        if (markupPpm < 0 || markupPpm > MARKUP_PPM_MAX) {
            throw new IllegalArgumentException(
                    "markup: %d parts per million (expected: 0 to %d)"
                            .formatted(markupPpm, MARKUP_PPM_MAX));
        }
    }

    /// What the usage costs, in nano-dollars; see [Price#charge(Usage, long)].
    public long charge(Usage usage) {
        return price.charge(usage, markupPpm);
    }

    /// What a call within the bound costs at most, in nano-dollars; see [Price].
    public long worst(Price.Bound bound) {
        return price.worst(bound, markupPpm);
    }

    /// How many tokens of output `nanos` suffice for in the worst case; -1: not even the input.
    public long outputAffordable(long nanos, Price.Bound bound) {
        return price.outputAffordable(nanos, bound, markupPpm);
    }
}
