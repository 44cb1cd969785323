package tollgate.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A clock that stands still until a test moves it.
final class HandClock implements LongSupplier {
    private final AtomicLong nanos;

    HandClock(long nanos) {
        this.nanos = new AtomicLong(nanos);
    }

    @Override
    public long getAsLong() {
        return nanos.get();
    }

    void advance(Duration by) {
        advance(by.toNanos());
    }

    void advance(long byNanos) {
        nanos.addAndGet(byNanos);
    }
}
