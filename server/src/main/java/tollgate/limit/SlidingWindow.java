package tollgate.limit;

/// What was counted within the last `window` nanoseconds.
///
/// # Design
///
/// The promise (I-53): in *no* window of length W is more than L admitted. Counters that start anew
/// each minute let 2L through around the turn of the minute; the usual cures (weighting the last
/// minute, a leaky bucket) either let a little more than L through or refuse the L-th call of a
/// burst. We can afford the exact answer: remember when each call came.
///
/// ```
///   first                                   last
///     │ t0 w0 │ t1 w1 │ t2 w2 │ …  │ tn wn │        a ring; times rise strictly
///     └─ leaves at t0 + W                  └─ now
/// ```
///
/// - *An entry* is a time and a weight: 1 for a request, or a call's tokens. What was counted at
///   the same time shares an entry. An entry is inside while `now - time < W`: at `time + W`
///   exactly it has left. `sum` is the weight of all entries inside.
/// - *Room* for n is `sum + n <= L`. If there is none, the wait is until the earliest entry has
///   left after whose leaving there is: so a refused caller who comes back then is admitted, and
///   one who comes a nanosecond earlier is not (I-55).
/// - *Giving back* and *correcting* change the weight of the entry that the call made, found by
///   time: the first whose time is not before the call's. An entry of weight 0 stays until it
///   leaves, or until the ring is full.
/// - *Memory*: requests make at most L entries of weight above 0, so a ring of 16 bytes an entry is
///   small up to 16,384 (10,000 a day: 160 KB for an account that uses them all). For larger L, as
///   limits on tokens have, time is cut into W ÷ 16,384: what is counted within one such tick
///   shares an entry, and all of it leaves when the latest of it does. That errs on the side of the
///   promise, by at most a tick (4 ms of a minute), and bounds the ring whatever L is.
/// - *Time* is System.nanoTime's kind: only differences mean something, so that a step of the wall
///   clock cannot matter. If the clock seems to run backwards (two threads, two readings), the
///   newest entry's time is taken instead.
///
/// Costs: amortised constant for counting, logarithmic for corrections, linear in the ring for a
/// refusal by weight. Not thread-safe: its stripe's lock guards it.
final class SlidingWindow implements Counter {
    /// Entries for which the exact time is kept, and ticks of a window beyond.
    static final int ENTRIES_MAX = 16_384;

    private static final int ENTRIES_MIN = 8;

    private final long window;
    private long[] times = new long[ENTRIES_MIN];
    private long[] weights = new long[ENTRIES_MIN];

    /// Counts up for ever; the slot of entry i is `(first + i) & (times.length - 1)`.
    private int first;

    private int size;
    private long sum;

    SlidingWindow(long windowNanos) {
        this.window = windowNanos;
    }

    @Override
    public long waitNanos(long now, long amount, long most) {
        forget(now);
        long excess = sum + amount - most;
        if (excess <= 0) {
            return 0;
        }
        // Ends: amount <= most, so there is room once every entry has left.
        int i = 0;
        while (excess > weights[slot(i)]) {
            excess -= weights[slot(i)];
            i++;
        }
        return times[slot(i)] + window - now;
    }

    @Override
    public long add(long now, long amount, long most) {
        if (size == 0) {
            append(now, amount);
            return now;
        }
        int last = slot(size - 1);
        long time = now - times[last] > 0 ? now : times[last];
        if (time == times[last] || (most > ENTRIES_MAX && tick(time) == tick(times[last]))) {
            times[last] = time;
            weights[last] += amount;
            sum += amount;
        } else {
            append(time, amount);
        }
        return time;
    }

    @Override
    public void change(long now, long stamp, long delta) {
        if (now - stamp >= window) {
            return;
        }
        int i = firstNotBefore(stamp);
        if (i == size) {
            append(stamp, delta);
            return;
        }
        weights[slot(i)] += delta;
        sum += delta;
    }

    @Override
    public long sum(long now) {
        forget(now);
        return sum;
    }

    @Override
    public long nextLeavesNanos(long now) {
        forget(now);
        for (int i = 0; i < size; i++) {
            if (weights[slot(i)] > 0) {
                return times[slot(i)] + window - now;
            }
        }
        return 0;
    }

    @Override
    public boolean isIdle(long now) {
        forget(now);
        return size == 0; // an entry of weight 0 may yet be corrected
    }

    /// Entries in the ring, of whatever weight.
    int entries() {
        return size;
    }

    int capacity() {
        return times.length;
    }

    private void forget(long now) {
        while (size > 0 && now - times[slot(0)] >= window) {
            sum -= weights[slot(0)];
            first++;
            size--;
        }
    }

    private long tick(long time) {
        // At least 1: below 16,384 ns a window has fewer ticks than entries allowed.
        return Math.floorDiv(time, Math.max(1, window / ENTRIES_MAX));
    }

    private int firstNotBefore(long stamp) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[slot(middle)] - stamp < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void append(long time, long amount) {
        if (size == times.length) {
            makeRoom();
        }
        times[slot(size)] = time;
        weights[slot(size)] = amount;
        size++;
        sum += amount;
    }

    /// Drops the entries that weigh nothing; where that frees less than half, doubles the ring.
    private void makeRoom() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[slot(i)] != 0) {
                times[slot(kept)] = times[slot(i)];
                weights[slot(kept)] = weights[slot(i)];
                kept++;
            }
        }
        size = kept;
        if (size > times.length / 2) {
            grow();
        }
    }

    private void grow() {
        long[] longerTimes = new long[times.length * 2];
        long[] longerWeights = new long[times.length * 2];
        for (int i = 0; i < size; i++) {
            longerTimes[i] = times[slot(i)];
            longerWeights[i] = weights[slot(i)];
        }
        times = longerTimes;
        weights = longerWeights;
        first = 0;
    }

    private int slot(int i) {
        return (first + i) & (times.length - 1);
    }
}
