package tollgate.limit;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The counters of some of the owners, under one lock. Whoever needs several stripes locks them in
/// the order of their numbers; everything but [#lock()] wants the lock held.
final class Stripe {
    /// As many as a long has bits, so that a set of stripes is a long.
    static final int STRIPES = Long.SIZE;

    /// Below this many counters, looking for idle ones is not worth it.
    private static final int SWEEP_MIN = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Meter, Counter> counters = new HashMap<>();
    private final int countersMax;
    private int sweepAt = SWEEP_MIN;

    Stripe(int countersMax) {
        this.countersMax = countersMax;
    }

    /// All meters of an owner are in one stripe: a call then takes few locks.
    static int indexOf(Meter meter) {
        int hash = meter.owner().hashCode() * 0x9E3779B9; // spreads names that differ in one digit
        return hash >>> (Integer.SIZE - 6);
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    @Nullable Counter find(Meter meter) {
        return counters.get(meter);
    }

    /// The meter's counter, made when it is not there; null when there is no room for another.
    @Nullable Counter counter(Meter meter, long now) {
        Counter found = counters.get(meter);
        if (found != null) {
            return found;
        }
        if (counters.size() >= Math.min(sweepAt, countersMax)) {
            dropIdle(now);
        }
        if (counters.size() >= countersMax) {
            return null;
        }
        Counter made =
                meter.measure() == Measure.CONCURRENT
                        ? new Slots()
                        : new SlidingWindow(meter.window().toNanos());
        counters.put(meter, made);
        return made;
    }

    /// Looks at every counter, so it is done when their number has doubled since, or by the clock.
    void dropIdle(long now) {
        counters.values().removeIf(counter -> counter.isIdle(now));
        sweepAt = Math.max(SWEEP_MIN, 2 * counters.size());
    }

    int size() {
        return counters.size();
    }
}
