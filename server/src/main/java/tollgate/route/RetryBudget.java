package tollgate.route;

import java.util.concurrent.atomic.AtomicLong;

/// How many second tries a provider gets beside first ones, so that an outage is not made worse by
/// everybody trying again: a fifth of the calls, and ten to begin with. Thread-safe.
///
/// Source: Google SRE Book, "Addressing Cascading Failures", retry budgets (read 2026-11-24).
public final class RetryBudget {
    /// What a first try earns, and a second one costs.
    private static final long EARN = 1;

    private static final long COST = 5;
    private static final long SAVED_MAX = 10 * COST;

    private final AtomicLong saved = new AtomicLong(SAVED_MAX);

    /// A call has begun.
    public void earn() {
        if (saved.get() < SAVED_MAX) {
            saved.getAndUpdate(now -> Math.min(SAVED_MAX, now + EARN));
        }
    }

    /// Whether one more try may be made now; then it is paid for.
    public boolean spend() {
        return saved.getAndUpdate(now -> now >= COST ? now - COST : now) >= COST;
    }
}
