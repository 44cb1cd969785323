package tollgate.bench.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests at a constant rate, whatever the answers do. Latency counts from the moment a request
/// was meant to be sent: one that had to wait for a connection, or for a stalled sender, counts its
/// waiting. The first second is sent and checked but not timed.
final class OpenLoop implements Caller.Listener {
    static final int CONNECTIONS = 64;

    private static final long UNTIMED_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Dialer dialer;
    private final Shot shot;
    private final long perSecond;
    private final long requests;
    private final CompletableFuture<Tally> result = new CompletableFuture<>();
    private final ArrayDeque<Caller> idle = new ArrayDeque<>();

    /// Intended moments of requests that found no idle connection; never more than [#requests].
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();

    private Scorer scorer = new Scorer();
    private long due;
    private long over;
    private int undialled = CONNECTIONS;

    private OpenLoop(Dialer dialer, Shot shot, int perSecond, Duration duration) {
        this.dialer = dialer;
        this.shot = shot;
        this.perSecond = perSecond;
        this.requests = duration.toNanos() * perSecond / NANOS_PER_SECOND;
    }

    static CompletableFuture<Tally> run(Dialer dialer, Shot shot, int perSecond, Duration time) {
        var run = new OpenLoop(dialer, shot, perSecond, time);
        dialer.loop().execute(run::start);
        return run.result;
    }

    private void start() {
        for (int i = 0; i < CONNECTIONS; i++) {
            dialer.dial(this, this::first, result::completeExceptionally);
        }
    }

    private void first(Caller caller) {
        idle.push(caller);
        undialled--;
        if (undialled == 0) {
            scorer = new Scorer();
            tick();
        }
    }

    private long intended(long number) {
        return scorer.startedNanos() + number * NANOS_PER_SECOND / perSecond;
    }

    private void tick() {
        long now = System.nanoTime();
        while (due < requests && intended(due) <= now) {
            send(intended(due));
            due++;
        }
        if (due < requests && !scorer.hopeless()) {
            var _ = dialer.loop().schedule(this::tick, intended(due) - now, TimeUnit.NANOSECONDS);
        }
    }

    private void send(long intendedNanos) {
        Caller caller = idle.poll();
        if (caller == null) {
            waiting.add(intendedNanos);
        } else {
            caller.send(shot, intendedNanos);
        }
    }

    @Override
    public void answered(Caller caller, @Nullable String fault) {
        over++;
        if (fault != null) {
            scorer.wrong(fault);
        } else {
            scorer.right();
            if (caller.sentNanos() - scorer.startedNanos() >= UNTIMED_NANOS) {
                scorer.took(System.nanoTime() - caller.sentNanos());
            }
        }
        if (over == requests || scorer.hopeless()) {
            finish(caller);
        } else if (caller.reusable()) {
            next(caller);
        } else {
            caller.close();
            dialer.dial(this, this::next, result::completeExceptionally);
        }
    }

    private void next(Caller caller) {
        Long intendedNanos = waiting.poll();
        if (intendedNanos == null) {
            idle.push(caller);
        } else {
            caller.send(shot, intendedNanos);
        }
    }

    private void finish(Caller last) {
        last.close();
        idle.forEach(Caller::close);
        result.complete(scorer.tally());
    }
}
