package tollgate.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The limits that hold for a call, all or none: those of its key, account, plan and address.
///
/// Made once when a key is read, not once a request. Immutable.
public final class Limits {
    public static final Limits NONE = new Limits(List.of());

    /// Far more than key, account, plan and address have together.
    public static final int LIMITS_MAX = 32;

    private final List<Limit> limits;
    private final long stripes;

    private Limits(List<Limit> limits) {
        this.limits = limits;
        long mask = 0;
        for (Limit limit : limits) {
            mask |= 1L << Stripe.indexOf(limit.meter());
        }
        this.stripes = mask;
    }

    public static Limits of(Limit... limits) {
        return of(List.of(limits));
    }

    /// Of several limits on one meter the smallest holds; the meter counts a call once.
    public static Limits of(List<Limit> limits) {
        Map<Meter, Limit> smallest = new LinkedHashMap<>();
        for (Limit limit : limits) {
            smallest.merge(limit.meter(), limit, Limits::smaller);
        }
        if (smallest.size() > LIMITS_MAX) {
            throw new IllegalArgumentException(
                    "limits: %d (expected: at most %d)".formatted(smallest.size(), LIMITS_MAX));
        }
        return smallest.isEmpty() ? NONE : new Limits(List.copyOf(smallest.values()));
    }

    private static Limit smaller(Limit one, Limit other) {
        return one.most() <= other.most() ? one : other;
    }

    /// These and those.
    public Limits and(Limits others) {
        if (others.isNone()) {
            return this;
        }
        List<Limit> both = new ArrayList<>(limits);
        both.addAll(others.limits);
        return of(both);
    }

    public boolean isNone() {
        return limits.isEmpty();
    }

    public List<Limit> list() {
        return limits;
    }

    /// The stripes that hold these limits' counters, a bit each.
    long stripes() {
        return stripes;
    }
}
