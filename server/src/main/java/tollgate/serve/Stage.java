package tollgate.serve;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.EventLoops;
import tollgate.http.Headers;
import tollgate.http.Reply;
import tollgate.ledger.Lane;
import tollgate.observe.Observation;
import tollgate.observe.Observer;
import tollgate.provider.Provider.Delivery;
import tollgate.unit.Money;
import tollgate.wire.InputCount;

/// What every running call uses: its loop's lane, clocks, chance, and the head of answers. Shared
/// by all event loops.
public final class Stage {
    /// Larger bodies are counted on a worker thread: it takes some 200 µs a kilobyte.
    private static final int COUNT_BYTES_MAX = 16 * 1024;

    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final String JSON = "application/json";
    private static final String DONE = "data: [DONE]\n\n";

    private final Parts parts;

    /// What it is made of.
    ///
    /// @param lanes one for each event loop
    /// @param workers for what takes longer than an event loop may
    /// @param shownCost whether answers say what they cost
    public record Parts(
            EventLoops loops,
            List<Lane> lanes,
            Executor workers,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Observer observer,
            FirstByte firstByte,
            AnswerBytes answerBytes,
            ShownCost shownCost) {
        public Parts {
            lanes = List.copyOf(lanes);
        }
    }

    /// Deadlines for the first byte.
    public record FirstByte(Duration stream, Duration whole) {}

    /// What a provider may send at most; `stream` 0: no limit.
    public record AnswerBytes(long whole, long stream) {}

    /// Whether answers carry `x-tollgate-cost`.
    public enum ShownCost {
        SHOWN,
        HIDDEN
    }

    public Stage(Parts parts) {
        this.parts = parts;
    }

    Lane lane(ModelCall call) {
        return parts.lanes().get(call.exchange().loop());
    }

    long nanoTime() {
        return parts.nanoTime().getAsLong();
    }

    long nowMillis() {
        return parts.clock().millis();
    }

    /// Until the next day begins in UTC.
    Duration untilTomorrow() {
        Instant now = parts.clock().instant();
        return Duration.between(now, now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS));
    }

    RandomGenerator random() {
        return parts.random();
    }

    Executor workers() {
        return parts.workers();
    }

    void report(Observation observation) {
        parts.observer().report(observation);
    }

    /// What went wrong as a fault: a refusal as it is, a mistake of ours by reference.
    Fault fault(ModelCall call, @Nullable Throwable thrown) {
        if (thrown instanceof GatewayException refused) {
            return refused.fault();
        }
        String reference = call.exchange().id().toString();
        report(
                new Observation.OwnError(
                        reference,
                        thrown == null ? new IllegalStateException("no cause") : thrown));
        return new Fault.Internal(reference);
    }

    Duration firstByte(Delivery delivery) {
        return switch (delivery) {
            case STREAM -> parts.firstByte().stream();
            case WHOLE -> parts.firstByte().whole();
        };
    }

    boolean fitsWhole(long bytes) {
        return bytes <= parts.answerBytes().whole();
    }

    boolean fitsStream(long bytes) {
        long most = parts.answerBytes().stream();
        return most == 0 || bytes <= most;
    }

    void after(int loop, Duration delay, Runnable task) {
        parts.loops().runAfter(loop, delay, task);
    }

    static long millis(long nanos) {
        return Math.max(0, nanos / NANOS_PER_MILLI);
    }

    /// Tokens of a request's input by our own count, at most what was bound.
    Future<Long> countInput(ModelCall call, Plan plan) {
        byte[] body = call.question().body();
        long most = plan.terms().bound().inputTokens();
        if (body.length <= COUNT_BYTES_MAX) {
            return Future.succeededFuture(Math.min(most, InputCount.of(body)));
        }
        Promise<Long> counted = Promise.promise();
        parts.workers()
                .execute(() -> {
                    long tokens = Math.min(most, InputCount.of(body));
                    call.exchange().run(() -> counted.complete(tokens));
                });
        return counted.future();
    }

    // ---------------------------------------------------------------- heads of answers

    Headers answerHeaders(Run run, Reply reply, Money cost) {
        Headers headers = routed(run, reply).with("content-type", jsonType(reply));
        return parts.shownCost() == ShownCost.SHOWN
                ? headers.with("x-tollgate-cost", cost.toString())
                : headers;
    }

    /// The provider's own spelling of it; an answer that was read as JSON is never anything else, a
    /// page least of all (I-87).
    private static String jsonType(Reply reply) {
        String given = reply.header("content-type");
        return given != null && given.startsWith(JSON) ? given : JSON;
    }

    Headers streamHeaders(Run run, Reply reply) {
        return routed(run, reply)
                .with("content-type", "text/event-stream; charset=utf-8")
                .with("cache-control", "no-cache");
    }

    private static Headers routed(Run run, Reply reply) {
        Headers headers =
                run.call
                        .visitor()
                        .base()
                        .with(
                                "x-tollgate-route",
                                run.attempt().provider().name()
                                        + "/"
                                        + run.attempt().requestModel());
        String id = reply.header("x-request-id");
        if (id != null) {
            headers = headers.with("x-upstream-request-id", id);
        }
        if (reply.header("x-tollgate-sandbox") != null) {
            headers = headers.with("x-tollgate-sandbox", "true");
        }
        return run.plan.dropped().isEmpty()
                ? headers
                : headers.with("x-tollgate-dropped", String.join(", ", run.plan.dropped()));
    }

    /// What ends a stream: the cost as a comment, then `[DONE]`.
    Buffer streamEnd(Money cost) {
        String end =
                parts.shownCost() == ShownCost.SHOWN
                        ? ": x-tollgate-cost " + cost + "\n\n" + DONE
                        : DONE;
        return Buffer.buffer(end.getBytes(StandardCharsets.US_ASCII));
    }
}
