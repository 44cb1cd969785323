package tollgate.serve;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.fault.Fault;
import tollgate.http.Buffers;
import tollgate.http.Ongoing;
import tollgate.http.Reply;
import tollgate.ledger.Entry.Ending;
import tollgate.ledger.Entry.Try;
import tollgate.ledger.Lane;
import tollgate.ledger.OpenHold;
import tollgate.ledger.Settlement;
import tollgate.limit.Admitted;
import tollgate.limit.Limit;
import tollgate.observe.Observation;
import tollgate.provider.Provider;
import tollgate.provider.Provider.Delivery;
import tollgate.route.Attempt;
import tollgate.unit.Digest;
import tollgate.unit.Money;
import tollgate.wire.openai.OddUsage;

/// One call from its durable hold to its one resolution: attempts in order until one gives output,
/// then the delivery of that one ([WholeDelivery], [StreamDelivery]). After the first byte to the
/// caller there is no other attempt (I-28). Lives on one event loop.
final class Run {
    private static final int ERROR_BYTES_MAX = 64 * 1024;
    private static final byte[] NOTHING = new byte[0];

    final ModelCall call;
    final Plan plan;
    final OpenHold hold;
    final Stage stage;
    final @Nullable Keeping keeping;
    private final Admitted admitted;
    private int number;
    private int index;
    private long attemptNanos;
    private boolean gone;
    private boolean over;
    private @Nullable Ongoing ongoing;
    private @Nullable Delivering delivering;

    /// What delivers a provider's good answer; told when the caller leaves.
    interface Delivering extends Reply.Sink {
        void callerGone();

        /// The caller left a call that runs on: nothing waits for him any more.
        void callerGoneButKept();

        /// Ends what the caller has got so far as not whole.
        void cut();
    }

    /// @param keeping keeps the answer of a call with an idempotency key; null without one
    Run(
            ModelCall call,
            Plan plan,
            OpenHold hold,
            Admitted admitted,
            Stage stage,
            @Nullable Keeping keeping) {
        this.call = call;
        this.plan = plan;
        this.hold = hold;
        this.admitted = admitted;
        this.stage = stage;
        this.keeping = keeping;
    }

    void start() {
        call.exchange().onGone(this::callerGone);
        if (call.exchange().gone()) {
            callerGone();
        }
        if (!over) {
            begin();
        }
    }

    /// A call with an idempotency key runs to its end, so that its answer can be fetched again.
    private void callerGone() {
        gone = true;
        Delivering active = delivering;
        if (over) {
            return;
        }
        if (keeping != null) {
            if (active != null) {
                active.callerGoneButKept();
            }
            return;
        }
        if (active != null) {
            active.callerGone();
        } else {
            cancel();
            release(Outcome.CALLER_GONE, 0, new Try(0, attemptMillis()));
        }
    }

    boolean isCallerGone() {
        return gone;
    }

    // ---------------------------------------------------------------- attempts

    private void begin() {
        Attempt attempt = attempt();
        number++;
        attemptNanos = stage.nanoTime();
        Delivery delivery = call.question().delivery();
        Ongoing begun =
                attempt.provider()
                        .send(
                                new Provider.Call(
                                        call.exchange().loop(),
                                        call.question().operation(),
                                        Buffers.wrap(plan.body(attempt)),
                                        delivery,
                                        firstByte(delivery)));
        ongoing = begun;
        begun.reply()
                .onComplete(head -> {
                    if (!over) {
                        head(head.succeeded() ? head.result() : null, head.cause());
                    }
                });
    }

    /// Where this attempt goes: once every route was tried, the last one again.
    Attempt attempt() {
        return plan.attempts().get(Math.min(index, plan.attempts().size() - 1));
    }

    private Duration firstByte(Delivery delivery) {
        Duration own = call.manner().firstByte();
        return own != null ? own : stage.firstByte(delivery);
    }

    private void head(@Nullable Reply reply, @Nullable Throwable failure) {
        if (reply == null) {
            missed(
                    failure instanceof Reply.CallFailed failed
                            ? Miss.of(failed.failure())
                            : Miss.of(Reply.Failure.BROKEN));
        } else if (reply.status() == 200) {
            deliver(reply);
        } else {
            Collected.of(
                    reply,
                    ERROR_BYTES_MAX,
                    body -> refused(reply, body),
                    _ -> refused(reply, NOTHING));
        }
    }

    private void refused(Reply reply, byte[] body) {
        if (!over) {
            missed(Miss.of(reply, reply.status(), body, attempt().provider()));
        }
    }

    private void deliver(Reply reply) {
        String type = reply.header("content-type");
        boolean events = type != null && type.startsWith("text/event-stream");
        boolean wanted = call.question().delivery() == Delivery.STREAM;
        if (events && !wanted) {
            reply.cancel();
            missed(Miss.empty());
            return;
        }
        Delivering active =
                events ? new StreamDelivery(this, reply) : new WholeDelivery(this, reply);
        delivering = active;
        reply.start(new Guarded(this, active));
    }

    /// This attempt gave nothing: the next one, or the end.
    void missed(Miss miss) {
        delivering = null;
        Try tried = new Try(miss.status(), attemptMillis());
        Attempt failed = attempt();
        stage.report(
                new Observation.ProviderFailed(
                        call.exchange().id(),
                        failed.provider().name(),
                        failed.requestModel(),
                        miss.status(),
                        miss.fault().getClass().getSimpleName()));
        Duration pause = plan.pauseBeforeNext(miss, index, stage.random());
        if (pause == null || (gone && keeping == null)) {
            release(Outcome.PROVIDER_FAILED, 0, tried).onComplete(_ -> refuse(miss.fault()));
            return;
        }
        index++;
        if (pause.isZero()) {
            next(tried);
        } else {
            stage.after(call.exchange().loop(), pause, () -> next(tried));
        }
    }

    /// A further attempt is in the journal before its bytes flow.
    private void next(Try before) {
        if (over) {
            return;
        }
        Attempt attempt = attempt();
        stage.lane(call)
                .attempt(
                        hold,
                        number + 1,
                        new Lane.Route(attempt.provider().name(), attempt.requestModel()),
                        before)
                .onComplete(written -> {
                    if (over) {
                        return;
                    }
                    if (written.succeeded()) {
                        begin();
                    } else {
                        release(Outcome.PROVIDER_FAILED, 0, before)
                                .onComplete(_ -> refuse(stage.fault(call, written.cause())));
                    }
                });
    }

    void cancel() {
        Ongoing running = ongoing;
        if (running != null) {
            running.cancel();
        }
    }

    // ---------------------------------------------------------------- settling

    /// What a delivery knows at its end.
    ///
    /// @param finishReason empty when none came
    /// @param responseModel empty when none came
    record End(
            Outcome outcome,
            int status,
            String finishReason,
            String responseModel,
            long firstTokenNanos) {}

    /// Charges the call. Completes with the nano-dollars charged once that is durable.
    Future<Long> post(Usage usage, UsageSource source, End end, @Nullable Digest answer) {
        over = true;
        long cost = plan.price().charge(usage);
        if (cost > hold.held()) {
            stage.report(
                    new Observation.OverageBooked(
                            call.exchange().id(),
                            attempt().provider().name(),
                            attempt().requestModel(),
                            new Money(cost - hold.held())));
        }
        admitted.correctTokens(
                Math.min(usage.inputTokens() + usage.outputTokens(), Limit.MOST_MAX));
        admitted.release();
        return stage.lane(call)
                .post(hold, new Settlement(cost, usage, source, ending(end), answer));
    }

    /// Gives the hold back whole: the call costs nothing and counts nowhere.
    Future<Long> release(Outcome outcome, int status, Try last) {
        over = true;
        admitted.giveBack();
        return stage.lane(call)
                .release(
                        hold,
                        new Ending(outcome, status, number, last, "", "", latencyMillis(), -1));
    }

    private Ending ending(End end) {
        return new Ending(
                end.outcome(),
                end.status(),
                number,
                new Try(200, attemptMillis()),
                end.finishReason(),
                end.responseModel(),
                latencyMillis(),
                end.firstTokenNanos() == 0
                        ? -1
                        : Stage.millis(end.firstTokenNanos() - call.exchange().receivedNanos()));
    }

    /// Something in the provider's report that no price covers: the operator should know (I-31).
    void unknownUsage(List<OddUsage> odd) {
        if (!odd.isEmpty()) {
            stage.report(
                    new Observation.UsageUnknown(
                            call.exchange().id(),
                            attempt().provider().name(),
                            attempt().requestModel(),
                            odd.stream().map(OddUsage::name).toList()));
        }
    }

    void refuse(Fault fault) {
        if (!gone) {
            call.visitor().refuse(fault);
        }
    }

    /// A mistake of ours while an answer was delivered: nothing is charged, nobody waits for ever.
    private void mistake(RuntimeException mistake) {
        Fault fault = stage.fault(call, mistake);
        cancel();
        if (!over) {
            release(Outcome.PROVIDER_FAILED, 500, new Try(0, attemptMillis()));
        }
        Delivering active = delivering;
        if (!call.exchange().answered()) {
            refuse(fault);
        } else if (active != null) {
            active.cut();
        }
    }

    /// Keeps a mistake in a delivery from leaving its hold open.
    private record Guarded(Run run, Delivering inner) implements Reply.Sink {
        @Override
        public void chunk(Buffer bytes) {
            run.guard(() -> inner.chunk(bytes));
        }

        @Override
        public void end() {
            run.guard(inner::end);
        }

        @Override
        public void failed(Reply.Failure failure) {
            run.guard(() -> inner.failed(failure));
        }
    }

    /// Runs a step of a delivery that something else than the provider called for.
    void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException mistake) {
            mistake(mistake);
        }
    }

    long attemptMillis() {
        return Stage.millis(stage.nanoTime() - attemptNanos);
    }

    private long latencyMillis() {
        return Stage.millis(stage.nanoTime() - call.exchange().receivedNanos());
    }
}
