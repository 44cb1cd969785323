package tollgate.provider.sandbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollgate.http.Reply;

/// Plays [Step]s as if they came over a connection: each chunk in a turn of the loop of its own,
/// silence ended by the deadlines that a connection has. Lives on one event loop.
final class PlayedReply implements Reply {
    private final int status;
    private final Map<String, String> headers;
    private final Deque<Step> steps;
    private final Loop loop;
    private final Deadlines deadlines;
    private @Nullable Sink sink;
    private Loop.@Nullable Timer timer;
    private boolean paused;
    private boolean committed;
    private boolean turnDue;
    private boolean silent;
    private boolean over;

    /// How long silence lasts before the call fails.
    record Deadlines(Duration firstByte, Duration idle) {}

    /// @param headers names in lower case
    PlayedReply(
            int status,
            Map<String, String> headers,
            List<Step> steps,
            Loop loop,
            Deadlines deadlines) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.steps = new ArrayDeque<>(steps);
        this.loop = loop;
        this.deadlines = deadlines;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public void start(Sink sink) {
        if (this.sink != null) {
            throw new IllegalStateException("sink: a second one (expected: one start a reply)");
        }
        this.sink = sink;
        turnSoon();
    }

    @Override
    public void pause() {
        paused = true;
        if (silent) {
            stopTimer();
        }
    }

    @Override
    public void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        if (silent) {
            watchSilence();
        } else {
            turnSoon();
        }
    }

    @Override
    public void committed() {
        committed = true;
        if (silent && !paused) {
            stopTimer();
            watchSilence();
        }
    }

    @Override
    public void cancel() {
        over = true;
        steps.clear();
        stopTimer();
    }

    private void turnSoon() {
        if (sink != null && !turnDue && timer == null) {
            turnDue = true;
            loop.soon(this::turn);
        }
    }

    /// Takes steps until something is delivered, time must pass, or nothing may be delivered.
    private void turn() {
        turnDue = false;
        if (over || paused || sink == null) {
            return;
        }
        switch (steps.poll()) {
            case null -> {
                over = true;
                sink.end();
            }
            case Step.Bytes(var bytes) -> {
                sink.chunk(bytes);
                if (!over) {
                    turnSoon();
                }
            }
            case Step.Wait(var time) -> timer = loop.after(time, this::waited);
            case Step.Silence _ -> {
                silent = true;
                watchSilence();
            }
            case Step.Break _ -> fail(Failure.BROKEN);
        }
    }

    private void waited() {
        timer = null;
        turn();
    }

    private void watchSilence() {
        if (over) {
            return;
        }
        boolean idle = committed;
        timer =
                loop.after(
                        idle ? deadlines.idle() : deadlines.firstByte(),
                        () -> fail(idle ? Failure.STALLED : Failure.SILENT));
    }

    private void fail(Failure failure) {
        if (!over && sink != null) {
            over = true;
            sink.failed(failure);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
