package tollgate.bench.load;

/// Counts durations in steps that grow with the value: 128 steps to each power of two, so a value
/// read back is at most 0.8 % off. Not thread-safe.
public final class Histogram {
    private static final int STEP_BITS = 7;
    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[(Long.SIZE - STEP_BITS) << STEP_BITS];
    private long total;

    /// Counts one duration in nanoseconds; a negative one counts as 0.
    public void add(long nanos) {
        counts[index(Math.max(0, nanos))]++;
        total++;
    }

    public long total() {
        return total;
    }

    /// The duration in nanoseconds that the given share of all counted ones does not exceed; 0 when
    /// nothing was counted.
    ///
    /// @param share from 0 to 1: 0.5 is the median
    public long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return middle(i);
            }
        }
        return 0;
    }

    private static int index(long value) {
        if (value < STEPS) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEP_BITS;
        return (shift << STEP_BITS) + (int) (value >>> shift);
    }

    private static long middle(int index) {
        if (index < 2 * STEPS) {
            return index;
        }
        int shift = (index >>> STEP_BITS) - 1;
        long lowest = (long) ((index & (STEPS - 1)) + STEPS) << shift;
        return lowest + (1L << (shift - 1));
    }
}
