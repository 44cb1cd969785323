package tollgate.serve;

import io.vertx.core.Future;
import java.time.Duration;
import tollgate.call.Usage;
import tollgate.catalog.Price.Bound;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
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
    private static final long MARK_TOKENS = 256;

    /// So many tokens of usual text; of denser text it is fewer ([#markBytes]).
    private static final long MARK_BYTES_MAX = 4 * MARK_TOKENS;

    private static final long MARK_NANOS = 1_000_000_000L;

    /// Before an extension is tried again that the journal could not take.
    private static final Duration EXTEND_RETRY = Duration.ofMillis(100);

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
    private long markedTokens;
    private long markedNanos;
    private long markBytes = MARK_BYTES_MAX;
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
        } else if (meter.bound() - markedTokens >= markBytes
                || run.stage.nanoTime() - markedNanos >= MARK_NANOS) {
            markAgain();
        }
        if (grows && !extending && !spent && isTwoThirds(meter.bound())) {
            long tokens = meter.exact();
            if (isTwoThirds(tokens)) {
                spent = !extend();
            }
            if (tokens - markedTokens >= MARK_TOKENS) {
                markAgain();
            }
        }
    }

    private void markAgain() {
        countInput();
        mark();
    }

    private boolean isTwoThirds(long tokens) {
        return tokens * 3 > heldTokens * 2;
    }

    private Future<Void> mark() {
        long bytes = meter.bound() - markedTokens;
        long tokens = meter.exact();
        long came = Math.max(1, tokens - markedTokens);
        markBytes = Math.clamp(MARK_TOKENS * bytes / came, MARK_TOKENS, MARK_BYTES_MAX);
        markedTokens = tokens;
        markedNanos = run.stage.nanoTime();
        Usage usage = Usage.of(inputTokens, tokens);
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
                .onSuccess(_ -> {
                    heldTokens = wider.outputTokens();
                    extended();
                })
                .onFailure(this::notExtended);
        return true;
    }

    private void extended() {
        extending = false;
        run.guard(delivery::released);
    }

    /// Somebody else was faster with the money: what is left is tried at once. A journal that takes
    /// nothing now is given a moment, while the provider is paused.
    private void notExtended(Throwable why) {
        boolean isRefused =
                why instanceof GatewayException refused
                        && !(refused.fault() instanceof Fault.Unavailable);
        if (isRefused) {
            extended();
        } else {
            run.stage.after(run.call.exchange().loop(), EXTEND_RETRY, this::extended);
        }
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
