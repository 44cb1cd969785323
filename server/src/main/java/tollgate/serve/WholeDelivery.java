package tollgate.serve;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.http.Buffers;
import tollgate.http.Headers;
import tollgate.http.Reply;
import tollgate.http.Reply.Failure;
import tollgate.ledger.Entry.Try;
import tollgate.serve.Manner.Naming;
import tollgate.unit.Digest;
import tollgate.unit.Money;

/// A whole answer: read to its end, charged, then given to the caller. Nothing of it is the
/// caller's before its post is durable, so whatever goes wrong until then costs nothing (S6, S10).
final class WholeDelivery implements Run.Delivering {
    private final Run run;
    private final Reply reply;
    private final Buffer body = Buffer.buffer();
    private boolean over;

    WholeDelivery(Run run, Reply reply) {
        this.run = run;
        this.reply = reply;
    }

    @Override
    public void callerGone() {
        if (!over) {
            over = true;
            reply.cancel();
            run.release(Outcome.CALLER_GONE, 0, new Try(200, run.attemptMillis()));
        }
    }

    @Override
    public void callerGoneButKept() {
        // The answer is read and kept all the same.
    }

    @Override
    public void cut() {
        // Nothing of a whole answer is the caller's before all of it is.
    }

    @Override
    public void chunk(Buffer bytes) {
        if (over) {
            return;
        }
        if (!run.stage.fitsWhole((long) body.length() + bytes.length())) {
            over = true;
            reply.cancel();
            run.missed(Miss.of(Failure.BROKEN));
            return;
        }
        if (body.length() == 0) {
            reply.committed();
        }
        body.appendBuffer(bytes);
    }

    @Override
    public void failed(Failure failure) {
        if (!over) {
            over = true;
            run.missed(Miss.of(failure));
        }
    }

    @Override
    public void end() {
        if (over) {
            return;
        }
        over = true;
        byte[] bytes = body.getBytes();
        Answer answer = Answer.read(run.call.question(), bytes);
        if (answer.isWhole()) {
            usage(answer).onComplete(counted -> charge(bytes, answer, counted.result()));
        } else {
            run.missed(Miss.empty());
        }
    }

    private Future<Counted> usage(Answer answer) {
        Usage reported = answer.usage();
        if (reported != null) {
            run.unknownUsage(answer.oddUsage());
            return Future.succeededFuture(new Counted(reported, UsageSource.PROVIDER));
        }
        return run.stage
                .countInput(run.call, run.plan)
                .map(input ->
                        new Counted(Usage.of(input, answer.countOutput()), UsageSource.COUNTED));
    }

    private record Counted(Usage usage, UsageSource source) {}

    private void charge(byte[] bytes, Answer answer, Counted counted) {
        byte[] shown = shown(bytes, answer);
        Headers headers = headers(counted.usage());
        Keeping keeping = run.keeping;
        Future<@Nullable Digest> kept =
                keeping == null
                        ? Future.succeededFuture()
                        : keeping.keep(run.hold.subject().hold(), headers, shown);
        kept.onComplete(digest -> post(shown, headers, answer, counted, digest.result()));
    }

    private void post(
            byte[] shown, Headers headers, Answer answer, Counted counted, @Nullable Digest kept) {
        if (run.isCallerGone() && run.keeping == null) {
            run.release(Outcome.CALLER_GONE, 0, new Try(200, run.attemptMillis()));
            return;
        }
        Run.End end =
                new Run.End(
                        Outcome.COMPLETED,
                        200,
                        answer.finishReason(),
                        answer.responseModel(),
                        run.stage.nanoTime());
        run.post(counted.usage(), counted.source(), end, kept)
                .onComplete(posted -> {
                    if (posted.succeeded()) {
                        answer(headers, shown);
                    } else {
                        run.refuse(run.stage.fault(run.call, posted.cause()));
                    }
                });
    }

    private void answer(Headers headers, byte[] shown) {
        if (!run.isCallerGone()) {
            run.call.exchange().answer(200, headers, Buffers.wrap(shown));
        }
    }

    /// The provider's bytes; at a door that shows the caller's name of the model, with that name.
    private byte[] shown(byte[] bytes, Answer answer) {
        byte[] safe = run.attempt().provider().redactor().clean(bytes);
        return run.call.manner().naming() == Naming.CALLERS
                ? answer.renamed(safe, run.call.question().model())
                : safe;
    }

    private Headers headers(Usage usage) {
        Money cost = new Money(Math.min(run.plan.price().charge(usage), run.hold.held()));
        return run.stage.answerHeaders(run, reply, cost);
    }
}
