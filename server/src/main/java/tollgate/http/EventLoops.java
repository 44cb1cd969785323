package tollgate.http;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The threads that carry calls. Server and client of one call share one loop, so that nothing on
/// the way needs a lock or a hop; loops are named by their index, from 0.
public final class EventLoops {
    private final Vertx vertx;
    private final List<Context> contexts;
    private final LongSupplier nanoTime;
    private final Consumer<Throwable> uncaught;
    private final AtomicInteger freePorts = new AtomicInteger();

    private EventLoops(
            Vertx vertx,
            List<Context> contexts,
            LongSupplier nanoTime,
            Consumer<Throwable> uncaught) {
        this.vertx = vertx;
        this.contexts = contexts;
        this.nanoTime = nanoTime;
        this.uncaught = uncaught;
    }

    /// Starts that many loops, on epoll where there is one.
    ///
    /// @param nanoTime the clock of deadlines
    /// @param uncaught told of whatever a task or a [Front] throws
    public static Future<EventLoops> start(
            int count, LongSupplier nanoTime, Consumer<Throwable> uncaught) {
        VertxOptions options =
                new VertxOptions()
                        .setPreferNativeTransport(true)
                        .setEventLoopPoolSize(count)
                        .setDisableTCCL(true)
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false));
        Vertx vertx = Vertx.vertx(options);
        List<Context> contexts = new CopyOnWriteArrayList<>();
        // One deployment of `count` instances: Vert.x gives each the next loop.
        return vertx.deployVerticle(
                        () ->
                                context -> {
                                    contexts.add(context);
                                    return Future.succeededFuture();
                                },
                        new DeploymentOptions().setInstances(count))
                .map(_ -> new EventLoops(vertx, List.copyOf(contexts), nanoTime, uncaught));
    }

    public int count() {
        return contexts.size();
    }

    /// Runs a task on a loop, after what runs there now; callable from any thread.
    public void run(int loop, Runnable task) {
        netty(loop).execute(guarded(task));
    }

    /// Runs a task on a loop after a delay.
    @SuppressWarnings("FutureReturnValueIgnored") // what the task throws is reported
    public void runAfter(int loop, Duration delay, Runnable task) {
        netty(loop).schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Whether the calling thread is that loop.
    public boolean inside(int loop) {
        return netty(loop).inEventLoop();
    }

    /// Stops the loops, and every server and client on them.
    public Future<Void> close() {
        return vertx.close();
    }

    Vertx vertx() {
        return vertx;
    }

    Context context(int loop) {
        return contexts.get(loop);
    }

    EventLoop netty(int loop) {
        return Sockets.eventLoop(contexts.get(loop));
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    void report(Throwable problem) {
        uncaught.accept(problem);
    }

    /// A name under which the loops of one server share a free port: Vert.x wants a negative
    /// number, the same for all that share.
    int sharedFreePort() {
        return -1 - freePorts.getAndIncrement();
    }

    Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error problem) {
                report(problem);
            }
        };
    }
}
