package tollgate.bench;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waiting for something outside this process.
final class Poll {
    private Poll() {}

    /// Asks again and again until the answer is yes.
    ///
    /// @return false when it did not become so within the limit
    static boolean until(BooleanSupplier condition, Duration limit, Duration step) {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= endNanos) {
                return false;
            }
            pause(step);
        }
        return true;
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailed("interrupted", interrupted);
        }
    }
}
