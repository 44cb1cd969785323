package tollgate.limit;

import java.util.List;

/// A call that is counted. Ends by [#release()] or, when the call was refused further on and must
/// not count, by [#giveBack()]: once each is enough, more is harmless. Usable from any thread.
public final class Admitted implements Admission {
    private final Limiter limiter;
    private final Limits limits;
    private final Counter[] counters;
    private final long[] stamps;

    /// What is counted of this call, by limit; guarded by the stripes' locks.
    private final long[] held;

    private boolean isOver;

    Admitted(Limiter limiter, Limits limits, Counter[] counters, long[] stamps, long[] held) {
        this.limiter = limiter;
        this.limits = limits;
        this.counters = counters;
        this.stamps = stamps;
        this.held = held;
    }

    /// The call has ended: its concurrent slots are free again. To be called on every way out.
    public void release() {
        end(Way.RELEASED);
    }

    /// The call was refused after all, or its hold was void: it counts nowhere.
    public void giveBack() {
        end(Way.GIVEN_BACK);
    }

    /// The call used, or holds, so many tokens instead of those counted before. Tokens that have
    /// left their window stay out; a call given back takes no correction.
    public void correctTokens(long tokens) {
        if (tokens < 0 || tokens > Limit.MOST_MAX) {
            throw new IllegalArgumentException(
                    "tokens: %d (expected: 0 to %d)".formatted(tokens, Limit.MOST_MAX));
        }
        limiter.locked(limits, now -> correct(now, tokens));
    }

    private void correct(long now, long tokens) {
        List<Limit> list = limits.list();
        for (int i = 0; i < held.length; i++) {
            if (list.get(i).meter().measure() == Measure.TOKENS && !isOver) {
                counters[i].change(now, stamps[i], tokens - held[i]);
                held[i] = tokens;
            }
        }
    }

    private enum Way {
        RELEASED,
        GIVEN_BACK
    }

    private void end(Way way) {
        limiter.locked(limits, now -> end(now, way));
    }

    private void end(long now, Way way) {
        List<Limit> list = limits.list();
        for (int i = 0; i < held.length; i++) {
            if (way == Way.GIVEN_BACK || list.get(i).meter().measure() == Measure.CONCURRENT) {
                counters[i].change(now, stamps[i], -held[i]);
                held[i] = 0;
            }
        }
        isOver |= way == Way.GIVEN_BACK;
    }
}
