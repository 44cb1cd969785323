package tollgate.provider.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import tollgate.http.EventLoops;

/// One of the server's event loops.
///
/// @param workers where what would hold the loop up is computed
public record HttpLoop(EventLoops loops, int index, Executor workers) implements Loop {
    @Override
    public void soon(Runnable task) {
        loops.run(index, task);
    }

    @Override
    public Timer after(Duration time, Runnable task) {
        var wanted = new AtomicBoolean(true);
        loops.runAfter(
                index,
                time,
                () -> {
                    if (wanted.get()) {
                        task.run();
                    }
                });
        return () -> wanted.set(false);
    }

    @Override
    public <T> Future<T> apart(Callable<T> task) {
        Promise<T> promise = Promise.promise();
        workers.execute(() -> {
            try {
                T made = task.call();
                loops.run(index, () -> promise.complete(made));
            } catch (Exception failed) {
                loops.run(index, () -> promise.fail(failed));
            }
        });
        return promise.future();
    }
}
