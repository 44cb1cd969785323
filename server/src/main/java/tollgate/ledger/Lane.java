package tollgate.ledger;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Entry.Ending;

/// One event loop's way into the journal. What a turn of the loop decides is written with one write
/// at its end, and only then do the futures complete: the bytes are in the kernel before any byte
/// goes upstream, or the last byte to the caller (JOURNAL 4).
///
/// Holds and extensions change memory before they are written, resolutions after it, so that no
/// fold of the journal at any seq shows an account below zero (JOURNAL 5). While the disk is more
/// than `journal.gate` behind, acknowledgements wait for it.
///
/// A lane belongs to its event loop: no other thread may call it.
public final class Lane {
    /// More waiting records than this, and new holds are refused (JOURNAL 7).
    static final int PENDING_MAX = 10_000;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Ledger ledger;
    private final Executor turn;
    private final Timer timer;
    private List<Entry> entries = new ArrayList<>();
    private List<Op> ops = new ArrayList<>();
    private boolean scheduled;

    /// Runs something on the lane's event loop later.
    @FunctionalInterface
    public interface Timer {
        void after(Duration delay, Runnable then);
    }

    /// What happens once an entry is written, or could not be.
    private interface Op {
        void written();

        void acknowledge();

        void failed();
    }

    Lane(Ledger ledger, Executor turn, Timer timer) {
        this.ledger = ledger;
        this.turn = turn;
        this.timer = timer;
    }

    /// Reserves the worst case of a call. Fails with OutOfCredits or BudgetReached, or with
    /// Unavailable when the journal cannot take it now; then nothing is reserved.
    public Future<OpenHold> hold(HoldRequest request) {
        OpenHold hold;
        try {
            ledger.checkAdmitting(ops.size());
            hold = ledger.take(request);
        } catch (GatewayException refused) {
            return Future.failedFuture(refused);
        }
        Promise<OpenHold> promise = Promise.promise();
        Entry entry =
                new Entry.Hold(
                        hold.subject(), request.context(), request.amount(), request.binding());
        add(
                entry,
                new Op() {
                    @Override
                    public void written() {
                        ledger.step(Step.HOLD);
                    }

                    @Override
                    public void acknowledge() {
                        promise.complete(hold);
                    }

                    @Override
                    public void failed() {
                        if (hold.resolve()) {
                            hold.giveBack(request.amount(), ledger.now());
                            ledger.closed();
                        }
                        promise.fail(unavailable());
                    }
                });
        return promise.future();
    }

    /// Records that a further attempt begins; its bytes may flow when the future completes.
    public Future<Void> attempt(OpenHold hold, int number, Route route, Entry.Try before) {
        return plain(
                new Entry.Attempt(
                        hold.subject().hold(),
                        number,
                        route.provider(),
                        route.requestModel(),
                        before),
                Step.ATTEMPT);
    }

    /// Where an attempt goes.
    public record Route(String provider, String requestModel) {}

    /// Records what the call would cost if it ended now.
    public Future<Void> mark(OpenHold hold, Usage usage, long amount) {
        long capped = Math.min(amount, hold.held());
        return plain(new Entry.Mark(hold.subject().hold(), usage, capped), Step.MARK);
    }

    private Future<Void> plain(Entry entry, Step step) {
        Promise<Void> promise = Promise.promise();
        add(
                entry,
                new Op() {
                    @Override
                    public void written() {
                        ledger.step(step);
                    }

                    @Override
                    public void acknowledge() {
                        promise.complete();
                    }

                    @Override
                    public void failed() {
                        promise.fail(unavailable());
                    }
                });
        return promise.future();
    }

    /// Reserves more for a stream that flows. Fails like [#hold(HoldRequest)]; the hold stays.
    public Future<Void> extend(OpenHold hold, long amount) {
        try {
            ledger.checkAdmitting(ops.size());
            hold.take(amount, ledger.now());
        } catch (GatewayException refused) {
            return Future.failedFuture(refused);
        }
        Promise<Void> promise = Promise.promise();
        add(
                new Entry.Extend(hold.subject(), amount),
                new Op() {
                    @Override
                    public void written() {
                        hold.extended(amount);
                        ledger.step(Step.EXTEND);
                    }

                    @Override
                    public void acknowledge() {
                        promise.complete();
                    }

                    @Override
                    public void failed() {
                        hold.giveBack(amount, ledger.now());
                        promise.fail(unavailable());
                    }
                });
        return promise.future();
    }

    /// Charges a call: at most what is held, the rest is overage. Completes with what was charged
    /// once that is durable; fails with Unavailable when the journal cannot take it now. Then a
    /// whole answer is voided and a stream is charged as if cut, as soon as the journal can (S14).
    /// A hold that is resolved already stays as it is, and the future fails.
    public Future<Long> post(OpenHold hold, Settlement settlement) {
        if (!hold.resolve()) {
            return Future.failedFuture(new IllegalStateException("hold is resolved already"));
        }
        Promise<Long> promise = Promise.promise();
        long charged = Math.min(settlement.cost(), hold.held());
        resolve(hold, post(hold, settlement, charged), charged, promise);
        return promise.future();
    }

    /// Gives a hold back whole. A hold that is resolved already stays as it is.
    public Future<Long> release(OpenHold hold, Ending ending) {
        if (!hold.resolve()) {
            return Future.failedFuture(new IllegalStateException("hold is resolved already"));
        }
        Promise<Long> promise = Promise.promise();
        resolve(hold, new Entry.Voided(hold.subject(), hold.held(), ending), 0, promise);
        return promise.future();
    }

    private static Entry.Post post(OpenHold hold, Settlement settlement, long charged) {
        return new Entry.Post(
                hold.subject(),
                hold.held(),
                charged,
                settlement.cost() - charged,
                settlement.usage(),
                settlement.source(),
                settlement.ending(),
                settlement.answer());
    }

    private void resolve(
            OpenHold hold, Entry.Resolution entry, long charged, Promise<Long> promise) {
        add(
                entry,
                new Op() {
                    @Override
                    public void written() {
                        hold.settle(charged, ledger.now());
                        ledger.resolved(entry);
                    }

                    @Override
                    public void acknowledge() {
                        promise.tryComplete(charged);
                    }

                    @Override
                    public void failed() {
                        promise.tryFail(unavailable());
                        Entry.Resolution later = whenLate(hold, entry);
                        long chargedLater = later instanceof Entry.Post post ? post.amount() : 0;
                        timer.after(
                                ledger.retryEvery(),
                                () -> resolve(hold, later, chargedLater, promise));
                    }
                });
    }

    /// What a resolution becomes that could not be written in time: its caller got no whole answer.
    private static Entry.Resolution whenLate(OpenHold hold, Entry.Resolution entry) {
        return switch (entry) {
            case Entry.Voided late -> late;
            case Entry.Post late ->
                    hold.shape() == Entry.Shape.STREAM
                            ? late.endedBy(Outcome.POST_FAILED)
                            : new Entry.Voided(
                                    late.subject(),
                                    late.held(),
                                    late.endedBy(Outcome.POST_FAILED).ending());
        };
    }

    // ---------------------------------------------------------------- one write a turn

    private void add(Entry entry, Op op) {
        entries.add(entry);
        ops.add(op);
        if (!scheduled) {
            scheduled = true;
            turn.execute(this::flush);
        }
    }

    private void flush() {
        List<Entry> writing = entries;
        List<Op> waiting = ops;
        entries = new ArrayList<>();
        ops = new ArrayList<>();
        scheduled = false;
        int written = ledger.append(writing);
        for (int i = 0; i < written; i++) {
            waiting.get(i).written();
        }
        acknowledge(waiting.subList(0, written));
        for (Op op : waiting.subList(written, waiting.size())) {
            op.failed();
        }
    }

    private void acknowledge(List<Op> written) {
        if (written.isEmpty()) {
            return;
        }
        if (ledger.gateIsOpen()) {
            written.forEach(Op::acknowledge);
        } else {
            ledger.whenSynced(() -> turn.execute(() -> written.forEach(Op::acknowledge)));
        }
    }

    private static GatewayException unavailable() {
        return new GatewayException(
                new Fault.Unavailable("the ledger cannot be written now", RETRY_AFTER));
    }
}
