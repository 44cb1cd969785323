package tollgate.money;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for what must come true soon.
final class Waiting {
    static final Duration LONG = Duration.ofSeconds(10);

    private Waiting() {}

    /// Something that may fail while it is not true yet.
    @FunctionalInterface
    interface Condition {
        boolean isTrue() throws Exception;
    }

    static void until(String what, Condition condition) {
        until(what, LONG, condition);
    }

    /// @throws AssertionError when it does not come true in time
    static void until(String what, Duration most, Condition condition) {
        long deadline = System.nanoTime() + most.toNanos();
        Exception last = null;
        while (true) {
            try {
                if (condition.isTrue()) {
                    return;
                }
                last = null;
            } catch (Exception notYet) {
                last = notYet;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited %s for %s".formatted(most, what), last);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
