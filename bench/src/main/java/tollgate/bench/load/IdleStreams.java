package tollgate.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Streams that began and then say nothing. Closing them is leaving mid-stream.
public final class IdleStreams implements Caller.Listener, AutoCloseable {
    /// Connections being opened at once; more would overflow the other side's accept queue.
    private static final int DIALLED_AT_ONCE = 50;

    private final Dialer dialer;
    private final Shot shot;
    private final int count;
    private final CompletableFuture<Integer> open = new CompletableFuture<>();
    private final AtomicInteger begun = new AtomicInteger();

    // Confined to the event loop.
    private final List<Caller> callers = new ArrayList<>();
    private final Set<Caller> speaking = new HashSet<>();
    private int dialled;

    private IdleStreams(Dialer dialer, Shot shot, int count) {
        this.dialer = dialer;
        this.shot = shot;
        this.count = count;
    }

    /// Opens the streams and waits until each has had its first event.
    static IdleStreams open(Dialer dialer, Shot shot, int count, Duration limit) {
        var streams = new IdleStreams(dialer, shot, count);
        dialer.loop().execute(streams::start);
        try {
            var _ = streams.open.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return streams;
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            streams.close();
            throw new LoadFailed(
                    "idle streams: %d begun within %s (expected: %d)"
                            .formatted(streams.begun.get(), limit, count),
                    failure);
        }
    }

    private void start() {
        for (int i = 0; i < Math.min(DIALLED_AT_ONCE, count); i++) {
            dialNext();
        }
    }

    private void dialNext() {
        if (dialled < count) {
            dialled++;
            dialer.dial(this, this::connected, open::completeExceptionally);
        }
    }

    private void connected(Caller caller) {
        callers.add(caller);
        caller.send(shot, System.nanoTime());
    }

    @Override
    public void progressed(Caller caller) {
        if (caller.answer().eventLines() == 0 || !speaking.add(caller)) {
            return;
        }
        if (begun.incrementAndGet() == count) {
            open.complete(count);
        } else {
            dialNext();
        }
    }

    @Override
    public void answered(Caller caller, @Nullable String fault) {
        open.completeExceptionally(new LoadFailed("an idle stream ended: " + fault, null));
    }

    @Override
    public void close() {
        try {
            dialer.loop().submit(() -> callers.forEach(Caller::close)).get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new LoadFailed("idle streams: not closed within 5 s", failure);
        }
    }
}
