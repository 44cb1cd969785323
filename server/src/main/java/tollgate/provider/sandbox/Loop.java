package tollgate.provider.sandbox;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.Callable;

/// What the sandbox needs of the event loop that a call runs on. Every method is called on that
/// loop, and everything it promises happens on that loop.
public interface Loop {
    /// Runs the task after what the loop is doing now.
    void soon(Runnable task);

    /// Runs the task once the time, at least a millisecond, has passed.
    Timer after(Duration time, Runnable task);

    /// Computes something that would hold the loop up, on another thread.
    <T> Future<T> apart(Callable<T> task);

    /// Takes a task back.
    interface Timer {
        /// Harmless when the task has run.
        void cancel();
    }
}
