package tollgate.limit;

import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Admits calls within their limits: all of a call's limits or none. Shared by all threads.
///
/// Counters live in memory and start empty; those of owners who have nothing counted are dropped.
public final class Limiter {
    /// Counters in one stripe, of 64: a million in all. With more owners than that at once, new
    /// ones wait; to let them pass uncounted would be no limit at all.
    private static final int COUNTERS_PER_STRIPE_MAX = 16_384;

    private static final Duration FULL_RETRY = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private final Stripe[] stripes = new Stripe[Stripe.STRIPES];
    private final Admitted free =
            new Admitted(this, Limits.NONE, new Counter[0], new long[0], new long[0]);

    public Limiter(LongSupplier nanoTime) {
        this(nanoTime, COUNTERS_PER_STRIPE_MAX);
    }

    Limiter(LongSupplier nanoTime, int countersPerStripeMax) {
        this.nanoTime = nanoTime;
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe(countersPerStripeMax);
        }
    }

    /// Counts the call under all of its limits, or under none.
    ///
    /// @param tokens what the call may use at most, for limits on tokens
    public Admission admit(Limits limits, long tokens) {
        if (limits.isNone()) {
            return free;
        }
        lock(limits.stripes());
        try {
            return admit(limits, tokens, nanoTime.getAsLong());
        } finally {
            unlock(limits.stripes());
        }
    }

    private Admission admit(Limits limits, long tokens, long now) {
        List<Limit> list = limits.list();
        Counter[] counters = new Counter[list.size()];
        long[] amounts = new long[list.size()];
        @Nullable Limit slowest = null;
        long wait = 0;
        for (int i = 0; i < counters.length; i++) {
            Limit limit = list.get(i);
            amounts[i] = limit.meter().measure() == Measure.TOKENS ? tokens : 1;
            if (amounts[i] > limit.most()) {
                return new Admission.Oversized(limit, tokens);
            }
            Counter counter = stripe(limit).counter(limit.meter(), now);
            if (counter == null) {
                return new Admission.Refused(limit, FULL_RETRY);
            }
            counters[i] = counter;
            long itsWait = counter.waitNanos(now, amounts[i], limit.most());
            if (itsWait > wait) {
                wait = itsWait;
                slowest = limit;
            }
        }
        return slowest == null
                ? count(limits, counters, amounts, now)
                : new Admission.Refused(slowest, Duration.ofNanos(wait));
    }

    private Admitted count(Limits limits, Counter[] counters, long[] amounts, long now) {
        long[] stamps = new long[counters.length];
        for (int i = 0; i < counters.length; i++) {
            stamps[i] = counters[i].add(now, amounts[i], limits.list().get(i).most());
        }
        return new Admitted(this, limits, counters, stamps, amounts);
    }

    /// How a limit stands now, for headers; counts nothing.
    public Reading read(Limit limit) {
        Stripe stripe = stripe(limit);
        stripe.lock();
        try {
            Counter counter = stripe.find(limit.meter());
            if (counter == null) {
                return new Reading(0, limit.most(), Duration.ZERO);
            }
            long now = nanoTime.getAsLong();
            long used = counter.sum(now);
            return new Reading(
                    used,
                    Math.max(0, limit.most() - used),
                    Duration.ofNanos(counter.nextLeavesNanos(now)));
        } finally {
            stripe.unlock();
        }
    }

    /// Counts a call of before this process began, told by a store; the oldest comes first.
    public void recall(Limit limit, Duration age) {
        if (age.compareTo(limit.meter().window()) >= 0) {
            return;
        }
        Stripe stripe = stripe(limit);
        stripe.lock();
        try {
            long now = nanoTime.getAsLong();
            Counter counter = stripe.counter(limit.meter(), now);
            if (counter != null) {
                counter.add(now - age.toNanos(), 1, limit.most());
            }
        } finally {
            stripe.unlock();
        }
    }

    /// Forgets the counters that count nothing. Done by itself as counters become many; worth
    /// calling now and then, so that a quiet hour frees what a busy one took.
    public void dropIdle() {
        for (Stripe stripe : stripes) {
            stripe.lock();
            try {
                stripe.dropIdle(nanoTime.getAsLong());
            } finally {
                stripe.unlock();
            }
        }
    }

    /// Counters held at this moment, idle ones included.
    public int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            stripe.lock();
            try {
                size += stripe.size();
            } finally {
                stripe.unlock();
            }
        }
        return size;
    }

    /// Runs with the stripes of these limits locked, and tells the time.
    void locked(Limits limits, LongConsumer action) {
        if (limits.isNone()) {
            return;
        }
        lock(limits.stripes());
        try {
            action.accept(nanoTime.getAsLong());
        } finally {
            unlock(limits.stripes());
        }
    }

    private Stripe stripe(Limit limit) {
        return stripes[Stripe.indexOf(limit.meter())];
    }

    /// In the order of their numbers, so that two calls never wait for each other.
    private void lock(long mask) {
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Long.numberOfTrailingZeros(rest)].lock();
        }
    }

    private void unlock(long mask) {
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Long.numberOfTrailingZeros(rest)].unlock();
        }
    }
}
