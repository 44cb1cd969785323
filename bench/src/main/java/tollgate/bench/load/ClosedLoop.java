package tollgate.bench.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A fixed number of callers, each sending its next request as soon as it has its answer. Requests
/// under way at the end are waited for, so every request sent is counted.
final class ClosedLoop implements Caller.Listener {
    private final Dialer dialer;
    private final Shot shot;
    private final CompletableFuture<Tally> result = new CompletableFuture<>();
    private final Scorer scorer = new Scorer();
    private final long endNanos;
    private int callers;

    private ClosedLoop(Dialer dialer, Shot shot, Duration duration) {
        this.dialer = dialer;
        this.shot = shot;
        this.endNanos = System.nanoTime() + duration.toNanos();
    }

    static CompletableFuture<Tally> run(Dialer dialer, Shot shot, int callers, Duration duration) {
        var run = new ClosedLoop(dialer, shot, duration);
        dialer.loop().execute(() -> run.start(callers));
        return run.result;
    }

    private void start(int count) {
        callers = count;
        for (int i = 0; i < count; i++) {
            dial();
        }
    }

    private void dial() {
        dialer.dial(this, caller -> caller.send(shot, System.nanoTime()), this::undialled);
    }

    private void undialled(Throwable cause) {
        scorer.wrong(cause.toString());
        leave();
    }

    @Override
    public void answered(Caller caller, @Nullable String fault) {
        long now = System.nanoTime();
        if (fault == null) {
            scorer.right();
            scorer.took(now - caller.sentNanos());
        } else {
            scorer.wrong(fault);
        }
        if (now >= endNanos || scorer.hopeless()) {
            caller.close();
            leave();
        } else if (caller.reusable()) {
            caller.send(shot, now);
        } else {
            caller.close();
            dial();
        }
    }

    private void leave() {
        callers--;
        if (callers == 0) {
            result.complete(scorer.tally());
        }
    }
}
