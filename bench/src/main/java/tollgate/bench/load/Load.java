package tollgate.bench.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The load generator: one event loop of this process, whose CPU is nobody's account.
public final class Load implements AutoCloseable {
    /// How long the answers still under way at the end of a run are waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /// So many callers, each sending again as soon as it is answered.
    public Tally closedLoop(int port, Shot shot, int callers, Duration duration) {
        return await(ClosedLoop.run(dialer(port), shot, callers, duration), duration);
    }

    /// So many requests a second, whatever the answers do; the first second is not timed.
    public Tally constantRate(int port, Shot shot, int perSecond, Duration duration) {
        return await(OpenLoop.run(dialer(port), shot, perSecond, duration), duration);
    }

    /// Streams that began and then stay silent until closed.
    public IdleStreams idleStreams(int port, Shot shot, int count) {
        return IdleStreams.open(dialer(port), shot, count, PATIENCE);
    }

    private Dialer dialer(int port) {
        return new Dialer(group.next(), port);
    }

    private static Tally await(CompletableFuture<Tally> run, Duration duration) {
        Duration limit = duration.plus(PATIENCE);
        try {
            return run.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new LoadFailed("answers were missing %s after the start".formatted(limit), late);
        } catch (InterruptedException | ExecutionException failure) {
            throw new LoadFailed("load: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    }
}
