package tollgate.http;

import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waiting with a deadline, by polling.
final class Await {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    static void until(String what, BooleanSupplier reached) {
        long deadline = System.nanoTime() + NANOS_MAX;
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// Where a counter stands once it has not moved for a while.
    static long standstill(AtomicLong counter) {
        long[] last = {-1, System.nanoTime()};
        until(
                "a standstill",
                () -> {
                    if (counter.get() != last[0]) {
                        last[0] = counter.get();
                        last[1] = System.nanoTime();
                    }
                    return System.nanoTime() - last[1] > QUIET_NANOS;
                });
        return last[0];
    }

    static <T> T result(Future<T> future) {
        return result(future.toCompletionStage().toCompletableFuture());
    }

    static <T> T result(CompletableFuture<T> future) {
        try {
            return future.get(NANOS_MAX, TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }
}
