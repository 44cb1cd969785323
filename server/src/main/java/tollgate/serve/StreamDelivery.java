package tollgate.serve;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.fault.Fault;
import tollgate.http.Buffers;
import tollgate.http.Reply;
import tollgate.http.Reply.Failure;
import tollgate.http.Stream;
import tollgate.ledger.Entry.Try;
import tollgate.serve.Manner.Naming;
import tollgate.unit.Digest;
import tollgate.unit.Money;
import tollgate.wire.Redactor;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Span;
import tollgate.wire.openai.ChatTap;
import tollgate.wire.openai.Splices;
import tollgate.wire.sse.SseEvent;
import tollgate.wire.sse.SseFramer;
import tollgate.wire.sse.SseSink;

/// A stream as it comes: events go to the caller in the bytes in which the provider wrote them, all
/// of one read in one write, while a tap reads usage beside them.
///
/// *Before the first event* nothing is the caller's: a failure then is a missed attempt. *The first
/// output* waits for its progress mark; output beyond what is held waits for an extension. *The
/// end* (`[DONE]`) waits for the post. Whatever ends the stream earlier, the caller's leaving
/// included, is charged by the output that had come (S7 to S9).
final class StreamDelivery implements Run.Delivering, SseSink {
    /// What may wait for a mark or an extension before the provider is paused.
    private static final int WAITING_BYTES_MAX = 64 * 1024;

    final Run run;
    final Reply reply;
    final TokenMeter meter = new TokenMeter();
    private final ChatTap tap = new ChatTap(meter);
    private final SseFramer framer = new SseFramer();
    private final StreamMoney money;
    private final Redactor redactor;
    private Buffer out = Buffer.buffer();
    private @Nullable Stream stream;
    private long received;
    private boolean begun;
    private boolean outputSeen;
    private boolean over;
    private boolean paused;

    /// The event that is not covered yet, and what came after it.
    private byte @Nullable [] shortEvent;

    private Buffer backlog = Buffer.buffer();

    /// Of a stream that may have to be ended by us: what its chunks look like.
    private byte @Nullable [] firstChunk;

    private long firstTokenNanos;

    StreamDelivery(Run run, Reply reply) {
        this.run = run;
        this.reply = reply;
        this.money = new StreamMoney(this);
        this.redactor = run.attempt().provider().redactor();
    }

    // ---------------------------------------------------------------- from the provider

    @Override
    public void chunk(Buffer bytes) {
        if (over) {
            return;
        }
        received += bytes.length();
        if (!run.stage.fitsStream(received)) {
            broken(Outcome.PROVIDER_BROKE, "the provider sent a stream that is too long");
            return;
        }
        byte[] read = Buffers.bytes(bytes);
        if (out.length() == 0) {
            out = Buffer.buffer(read.length);
        }
        framer.feed(read, 0, read.length, this);
        if (!over) {
            if (outputSeen) {
                money.outputFlowed();
            }
            flush();
        }
    }

    @Override
    public void event(SseEvent event) {
        if (over) {
            return;
        }
        if (shortEvent != null) {
            backlog.appendBytes(event.copy());
            return;
        }
        switch (tap.read(event)) {
            case DONE -> done();
            case ERROR -> providerError();
            case USAGE_ONLY -> {
                if (isUsageShown()) {
                    relay(event);
                }
            }
            case OUTPUT -> output(event);
            case SILENT, GARBLED -> {
                if (!event.isSilent() || begun) {
                    relay(event);
                }
            }
        }
    }

    private boolean isUsageShown() {
        return run.call.question() instanceof Question.Chat chat && chat.peek().usageAsked();
    }

    private void output(SseEvent event) {
        if (!outputSeen) {
            outputSeen = true;
            firstTokenNanos = run.stage.nanoTime();
        }
        if (money.coversNext()) {
            relay(event);
        } else if (money.extend()) {
            shortEvent = shown(event);
            pause();
        } else {
            outOfCredits();
        }
    }

    /// An extension was decided: the event that waited for it goes on, or is too much after all.
    private void afterExtension(byte[] waiting) {
        if (money.covers()) {
            shortEvent = null;
            out.appendBytes(waiting);
            Buffer later = backlog;
            backlog = Buffer.buffer();
            byte[] bytes = later.getBytes();
            new SseFramer().feed(bytes, 0, bytes.length, this);
        } else if (!money.extend()) {
            outOfCredits();
        }
    }

    /// Adds an event to what the caller gets with this read.
    private void relay(SseEvent event) {
        if (!begun) {
            begun = true;
            reply.committed();
        }
        if (firstChunk == null && !event.isSilent() && money.grows()) {
            firstChunk = redactor.clean(event.payload());
        }
        if (isShownAsItIs(event)) {
            out.appendBytes(event.bytes(), event.from(), event.to() - event.from());
        } else {
            out.appendBytes(shown(event));
        }
    }

    private boolean isShownAsItIs(SseEvent event) {
        return run.call.manner().naming() == Naming.PROVIDERS
                && !redactor.isIn(event.bytes(), event.from(), event.to());
    }

    private byte[] renamed(byte[] bytes, SseEvent event) {
        Span model = tap.modelSpan();
        String name = shownModel();
        if (model == null || name == null) {
            return bytes;
        }
        int from = event.place(model.from()) - event.from();
        Span moved = new Span(from, from + model.to() - model.from());
        return Splices.renamed(bytes, new Span(0, bytes.length), moved, name);
    }

    private byte[] shown(SseEvent event) {
        return renamed(redactor.clean(event.copy()), event);
    }

    @Override
    public void tooLarge() {
        broken(Outcome.PROVIDER_BROKE, "the provider sent an event that is too large");
    }

    @Override
    public void end() {
        if (over) {
            return;
        }
        framer.end(this);
        if (over) {
            return;
        }
        if (isWhole()) {
            done();
        } else {
            broken(Outcome.PROVIDER_BROKE, "the provider's stream ended early");
        }
    }

    /// With finish reason and usage an answer is whole, though its `[DONE]` may never come.
    private boolean isWhole() {
        return tap.usage() != null && tap.isFinished();
    }

    @Override
    public void failed(Failure failure) {
        if (over) {
            return;
        }
        if (!begun) {
            over = true;
            run.missed(Miss.of(failure));
            return;
        }
        if (isWhole()) {
            reply.cancel();
            done();
            return;
        }
        Outcome outcome =
                switch (failure) {
                    case STALLED, SILENT, TOO_LONG -> Outcome.PROVIDER_STALLED;
                    case UNREACHABLE, BROKEN -> Outcome.PROVIDER_BROKE;
                };
        broken(outcome, "the provider's stream broke off");
    }

    private void providerError() {
        if (begun) {
            broken(Outcome.PROVIDER_BROKE, "the provider failed inside the stream");
        } else {
            over = true;
            reply.cancel();
            run.missed(Miss.empty());
        }
    }

    @Override
    public void callerGone() {
        if (over) {
            return;
        }
        over = true;
        reply.cancel();
        Usage reported = tap.usage();
        if (reported != null && isWhole()) {
            run.post(reported, UsageSource.PROVIDER, end(Outcome.CALLER_GONE), null);
        } else if (outputSeen) {
            settleCut(Outcome.CALLER_GONE);
        } else {
            run.release(Outcome.CALLER_GONE, 200, new Try(200, run.attemptMillis()));
        }
    }

    @Override
    public void callerGoneButKept() {
        if (shortEvent == null) {
            resume();
        }
    }

    @Override
    public void cut() {
        over = true;
        Stream open = stream;
        if (open != null) {
            open.cut();
        }
    }

    // ---------------------------------------------------------------- to the caller

    /// Hands on what has gathered, unless it must wait for a mark or an extension.
    void flush() {
        if (out.length() == 0 || over) {
            return;
        }
        if (money.isWaiting()) {
            if (out.length() > WAITING_BYTES_MAX) {
                pause();
            }
            return;
        }
        write(take());
    }

    /// The mark is written or the extension decided that output waited for.
    void released() {
        byte[] waiting = shortEvent;
        if (waiting != null && !over) {
            afterExtension(waiting);
        }
        if (!over) {
            flush();
        }
        if (shortEvent == null) {
            resume();
        }
    }

    private Buffer take() {
        Buffer taken = out;
        out = Buffer.buffer();
        return taken;
    }

    private void write(Buffer bytes) {
        Keeping keeping = run.keeping;
        if (keeping != null) {
            keeping.add(bytes);
        }
        if (run.isCallerGone()) {
            return;
        }
        Stream to = stream();
        to.write(bytes);
        if (to.full() && !paused) {
            pause();
            to.onDrain(this::resume);
        }
    }

    private Stream stream() {
        Stream open = stream;
        if (open == null) {
            open = run.call.exchange().begin(200, run.stage.streamHeaders(run, reply));
            stream = open;
        }
        return open;
    }

    private void pause() {
        if (!paused) {
            paused = true;
            reply.pause();
        }
    }

    private void resume() {
        if (paused && !over) {
            paused = false;
            reply.resume();
        }
    }

    // ---------------------------------------------------------------- the end

    /// The answer is whole: charge it, then let the end go.
    private void done() {
        over = true;
        if (!begun) {
            run.missed(Miss.empty());
            return;
        }
        Usage reported = tap.usage();
        if (reported != null) {
            run.unknownUsage(tap.oddUsage());
            complete(reported, UsageSource.PROVIDER, Outcome.COMPLETED);
        } else {
            counted().onSuccess(usage -> complete(usage, UsageSource.COUNTED, Outcome.COMPLETED));
        }
    }

    /// The balance cannot extend the hold: a proper end, and the provider is sent away.
    private void outOfCredits() {
        over = true;
        reply.cancel();
        out.appendBytes(LengthEnd.bytes(firstChunk, shownModel()));
        run.stage
                .countInput(run.call, run.plan)
                .onSuccess(input ->
                        complete(
                                Usage.of(input, money.flowedTokens()),
                                UsageSource.COUNTED,
                                Outcome.OUT_OF_CREDITS));
    }

    /// The caller's name of the model where the door shows that one; null: the provider's stays.
    private @Nullable String shownModel() {
        return run.call.manner().naming() == Naming.CALLERS ? run.call.question().model() : null;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private void complete(Usage usage, UsageSource source, Outcome outcome) {
        Money cost = new Money(Math.min(run.plan.price().charge(usage), run.hold.held()));
        Buffer rest = take();
        Buffer ending = run.stage.streamEnd(cost);
        Keeping keeping = run.keeping;
        Future<@Nullable Digest> kept = Future.succeededFuture();
        if (keeping != null) {
            keeping.add(rest);
            keeping.add(ending);
            kept =
                    keeping.keepStream(
                            run.hold.subject().hold(), run.stage.streamHeaders(run, reply));
        }
        kept.onComplete(digest ->
                run.post(usage, source, end(outcome), digest.result())
                        .onComplete(posted -> finish(posted, rest, ending)));
    }

    private void finish(AsyncResult<Long> posted, Buffer rest, Buffer ending) {
        if (run.isCallerGone()) {
            return;
        }
        if (posted.succeeded()) {
            stream().end(rest.appendBuffer(ending));
        } else {
            stream()
                    .end(
                            rest.appendBuffer(
                                    run.call
                                            .visitor()
                                            .event(run.stage.fault(run.call, posted.cause()))));
        }
    }

    /// The provider broke off after the stream had begun: what came is charged, the caller is told.
    private void broken(Outcome outcome, String why) {
        if (over) {
            return;
        }
        over = true;
        reply.cancel();
        if (!begun) {
            run.missed(Miss.empty());
            return;
        }
        Future<Long> settled =
                outputSeen
                        ? settleCut(outcome)
                        : run.release(outcome, 200, new Try(200, run.attemptMillis()));
        Buffer rest = take();
        settled.onComplete(_ -> {
            if (!run.isCallerGone()) {
                Buffer event = run.call.visitor().event(new Fault.StreamBroken(why));
                stream().write(rest.appendBuffer(event));
                if (outcome == Outcome.PROVIDER_STALLED) {
                    stream().cut();
                } else {
                    stream().end();
                }
            }
        });
    }

    /// Charges the output that came, and the input by the provider's own count if that came.
    private Future<Long> settleCut(Outcome outcome) {
        return counted().compose(usage -> run.post(usage, UsageSource.COUNTED, end(outcome), null));
    }

    private Future<Usage> counted() {
        Usage reported = tap.usage();
        Future<Long> input =
                reported != null && reported.inputTokens() > 0
                        ? Future.succeededFuture(reported.inputTokens())
                        : run.stage.countInput(run.call, run.plan);
        return input.map(tokens -> Usage.of(tokens, meter.exact()));
    }

    private Run.End end(Outcome outcome) {
        return new Run.End(
                outcome,
                200,
                orEmpty(tap.finishReason()),
                orEmpty(tap.responseModel()),
                firstTokenNanos);
    }
}
