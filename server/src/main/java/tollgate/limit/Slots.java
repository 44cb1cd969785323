package tollgate.limit;

import java.time.Duration;

/// Calls that have not ended. Nobody knows when one will.
final class Slots implements Counter {
    /// What a refused caller is told: soon enough to keep slots busy, late enough not to spin.
    static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private long used;

    @Override
    public long waitNanos(long now, long amount, long most) {
        return used + amount <= most ? 0 : RETRY_NANOS;
    }

    @Override
    public long add(long now, long amount, long most) {
        used += amount;
        return now;
    }

    @Override
    public void change(long now, long stamp, long delta) {
        used += delta;
    }

    @Override
    public long sum(long now) {
        return used;
    }

    @Override
    public long nextLeavesNanos(long now) {
        return 0;
    }

    @Override
    public boolean isIdle(long now) {
        return used == 0;
    }
}
