package tollgate.serve;

import io.vertx.core.Future;
import tollgate.call.Usage;
import tollgate.catalog.Price.Bound;
import tollgate.ledger.Lane;
import tollgate.wire.InputCount;
import tollgate.wire.TokenMeter;

/// The money of one stream while it flows: progress marks, and the extension of a hold that was
/// taken by slices.
///
/// The first output waits for its mark, so that a crash after it is charged (S11) and one before it
/// is free (S10); later marks, every 256 tokens or second, are waited for by nobody. A stream
/// without limit is extended when two thirds of what is held are used.
final class StreamMoney {
    /// Some 256 tokens of text.
    private static final long MARK_BYTES = 1_024;

    private static final long MARK_NANOS = 1_000_000_000L;

    /// For the first mark's guess at the input, which must not be above what is counted later: a
    /// token of English is some four bytes, but much of a request may be member names.
    private static final long BYTES_PER_TOKEN_GUESS = 32;

    private final StreamDelivery delivery;
    private final Run run;
    private final TokenMeter meter;
    private final boolean grows;
    private long heldTokens;
    private long flowedTokens;
    private boolean marking;
    private boolean extending;
    private boolean spent;
    private boolean marked;
    private long markedBound;
    private long markedNanos;
    private long inputTokens;
    private boolean inputCounted;

    StreamMoney(StreamDelivery delivery) {
        this.delivery = delivery;
        this.run = delivery.run;
        this.meter = delivery.meter;
        this.grows = run.plan.terms().growth() == Terms.Growth.BY_SLICES;
        this.heldTokens = run.plan.terms().bound().outputTokens();
        this.inputTokens =
                Math.min(run.plan.terms().bound().inputTokens(), guess(run.call.question()));
    }

    private static long guess(Question question) {
        return question instanceof Question.Chat chat
                ? Math.max(
                        (long) InputCount.TOKENS_PER_MESSAGE * chat.peek().messages(),
                        chat.peek().inputBytes() / BYTES_PER_TOKEN_GUESS)
                : 0;
    }

    /// Whether the output so far, an event that just came included, is within what is held.
    boolean coversNext() {
        if (!grows || meter.bound() <= heldTokens) {
            return true;
        }
        flowedTokens = meter.exactWithoutLast();
        return covers();
    }

    /// The same once more, after an extension.
    boolean covers() {
        return meter.exact() <= heldTokens;
    }

    /// After [#coversNext()] said no: the output before the event that was too much.
    long flowedTokens() {
        return flowedTokens;
    }

    /// Whether the hold may have to be extended.
    boolean grows() {
        return grows;
    }

    boolean isWaiting() {
        return marking || extending;
    }

    /// Output came with this read: mark and extend as due.
    void outputFlowed() {
        if (!marked) {
            marked = true;
            marking = true;
            mark().onComplete(_ -> {
                marking = false;
                run.guard(delivery::released);
            });
        } else if (meter.bound() - markedBound >= MARK_BYTES
                || run.stage.nanoTime() - markedNanos >= MARK_NANOS) {
            countInput();
            mark();
        }
        if (grows
                && !extending
                && !spent
                && isTwoThirds(meter.bound())
                && isTwoThirds(meter.exact())) {
            spent = !extend();
        }
    }

    private boolean isTwoThirds(long tokens) {
        return tokens * 3 > heldTokens * 2;
    }

    private Future<Void> mark() {
        Usage usage = Usage.of(inputTokens, meter.exact());
        markedBound = meter.bound();
        markedNanos = run.stage.nanoTime();
        return lane().mark(run.hold, usage, run.plan.price().charge(usage));
    }

    /// The first mark guesses the input; a stream that lives long enough for a second one has it
    /// counted, once.
    private void countInput() {
        if (!inputCounted) {
            inputCounted = true;
            run.stage.countInput(run.call, run.plan).onSuccess(tokens -> inputTokens = tokens);
        }
    }

    /// Reserves the next slice, or the rest of what the balance pays for.
    ///
    /// @return false when there is nothing left to reserve
    boolean extend() {
        if (extending) {
            return true;
        }
        long more = sliceTokens();
        if (more <= 0) {
            return false;
        }
        extending = true;
        Bound wider = widened(more);
        long amount = Math.max(0, run.plan.price().worst(wider) - run.hold.held());
        lane().extend(run.hold, amount)
                .onComplete(extended -> {
                    extending = false;
                    if (extended.succeeded()) {
                        heldTokens = wider.outputTokens();
                    }
                    run.guard(delivery::released);
                });
        return true;
    }

    private long sliceTokens() {
        long most = run.plan.longestOutput();
        long slice = Math.min(Terms.SLICE_TOKENS * run.plan.choices(), most - heldTokens);
        long left = run.hold.extendable(run.stage.nowMillis());
        long budget = left > Long.MAX_VALUE - run.hold.held() ? left : run.hold.held() + left;
        long paid = run.plan.price().outputAffordable(budget, run.plan.terms().bound());
        return Math.min(slice, paid - heldTokens);
    }

    private Bound widened(long more) {
        Bound now = run.plan.terms().bound();
        return new Bound(now.inputTokens(), heldTokens + more, now.images(), now.caches());
    }

    private Lane lane() {
        return run.stage.lane(run.call);
    }
}
