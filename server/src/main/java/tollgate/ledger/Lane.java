package tollgate.ledger;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
/// A lane belongs to its event loop: no other thread may call it. What happens to a hold before its
/// resolution goes through the lane that made it, or its records would lose their order.
public final class Lane {
    /// More records than this that wait for their write or the disk, and new holds are refused
    /// (JOURNAL 7).
    static final int PENDING_MAX = 10_000;

    /// The same in bytes.
    static final long PENDING_BYTES_MAX = 4 * 1024 * 1024;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /// What the caller of a whole answer got when its post could not be written.
    private static final int TOLD_TO_COME_AGAIN = 503;

    private final Ledger ledger;
    private final Executor turn;
    private final Timer timer;
    private List<Entry> entries = new ArrayList<>();
    private List<Op> ops = new ArrayList<>();
    private long bytes;
    private boolean scheduled;
    private int gatedRecords;
    private long gatedBytes;

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
            checkAdmitting();
            hold = ledger.take(request);
        } catch (GatewayException | ArithmeticException refused) {
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
                        ledger.takenBack(hold);
                        promise.fail(unavailable());
                    }
                });
        return promise.future();
    }

    private void checkAdmitting() {
        if (gatedRecords + entries.size() >= PENDING_MAX
                || gatedBytes + bytes >= PENDING_BYTES_MAX) {
            throw new GatewayException(
                    new Fault.Unavailable("too much waits for the ledger's disk", RETRY_AFTER));
        }
        ledger.checkAdmitting();
    }

    /// Records that a further attempt begins; its bytes may flow when the future completes.
    public Future<Void> attempt(OpenHold hold, int number, Route route, Entry.Try before) {
        return plain(
                hold,
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
        return plain(hold, new Entry.Mark(hold.subject().hold(), usage, capped), Step.MARK);
    }

    private Future<Void> plain(OpenHold hold, Entry entry, Step step) {
        if (hold.isResolved()) {
            return resolvedAlready();
        }
        if (!ledger.hasRoomBesidePosts()) {
            return Future.failedFuture(unavailable());
        }
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
        Entry.Extend entry = new Entry.Extend(hold.subject(), amount);
        if (hold.isResolved()) {
            return resolvedAlready();
        }
        try {
            checkAdmitting();
            hold.extend(amount, ledger.now());
        } catch (GatewayException | ArithmeticException refused) {
            return Future.failedFuture(refused);
        }
        Promise<Void> promise = Promise.promise();
        add(
                entry,
                new Op() {
                    @Override
                    public void written() {
                        ledger.step(Step.EXTEND);
                    }

                    @Override
                    public void acknowledge() {
                        promise.complete();
                    }

                    @Override
                    public void failed() {
                        hold.retract(amount, ledger.now());
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
            return resolvedAlready();
        }
        return resolve(hold, charge(hold, settlement));
    }

    /// Gives a hold back whole. A hold that is resolved already stays as it is.
    public Future<Long> release(OpenHold hold, Ending ending) {
        if (!hold.resolve()) {
            return resolvedAlready();
        }
        return resolve(hold, new Entry.Voided(hold.subject(), hold.held(), ending));
    }

    private static <T> Future<T> resolvedAlready() {
        return Future.failedFuture(new IllegalStateException("hold is resolved already"));
    }

    private static Entry.Post charge(OpenHold hold, Settlement settlement) {
        long charged = Math.min(settlement.cost(), hold.held());
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

    private Future<Long> resolve(OpenHold hold, Entry.Resolution entry) {
        long charged = entry instanceof Entry.Post post ? post.amount() : 0;
        Promise<Long> promise = Promise.promise();
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
                        promise.complete(charged);
                    }

                    @Override
                    public void failed() {
                        promise.fail(unavailable());
                        later(hold, entry);
                    }
                });
        return promise.future();
    }

    /// Tries again what could not be written. Built anew: an extension in the same group went back.
    private void later(OpenHold hold, Entry.Resolution entry) {
        timer.after(ledger.retryEvery(), () -> resolve(hold, whenLate(hold, entry)));
    }

    /// What a resolution becomes that could not be written in time: its caller got no whole answer.
    private static Entry.Resolution whenLate(OpenHold hold, Entry.Resolution entry) {
        return switch (entry) {
            case Entry.Voided late -> new Entry.Voided(late.subject(), hold.held(), late.ending());
            case Entry.Post late when hold.shape() == Entry.Shape.STREAM ->
                    charge(
                            hold,
                            new Settlement(
                                    late.amount() + late.overage(),
                                    late.usage(),
                                    late.source(),
                                    late.ending().by(Outcome.POST_FAILED, late.ending().status()),
                                    null));
            case Entry.Post late ->
                    new Entry.Voided(
                            late.subject(),
                            hold.held(),
                            late.ending().by(Outcome.POST_FAILED, TOLD_TO_COME_AGAIN));
        };
    }

    // ---------------------------------------------------------------- one write a turn

    private void add(Entry entry, Op op) {
        entries.add(entry);
        ops.add(op);
        bytes += entry.bytesAbout();
        if (!scheduled) {
            scheduled = true;
            turn.execute(this::flush);
        }
    }

    private void flush() {
        List<Entry> writing = entries;
        List<Op> waiting = ops;
        long waitingBytes = bytes;
        entries = new ArrayList<>();
        ops = new ArrayList<>();
        bytes = 0;
        scheduled = false;
        int written = ledger.append(writing);
        List<Op> done = waiting.subList(0, written);
        tell(done, Op::written);
        acknowledge(done, waitingBytes);
        tell(waiting.subList(written, waiting.size()), Op::failed);
    }

    private void acknowledge(List<Op> written, long writtenBytes) {
        if (written.isEmpty()) {
            return;
        }
        if (ledger.gateIsOpen()) {
            tell(written, Op::acknowledge);
            return;
        }
        gatedRecords += written.size();
        gatedBytes += writtenBytes;
        ledger.whenSynced(() ->
                turn.execute(() -> {
                    gatedRecords -= written.size();
                    gatedBytes -= writtenBytes;
                    tell(written, Op::acknowledge);
                }));
    }

    /// Whoever is told may fail; the others of the same write must hear of theirs all the same.
    private void tell(List<Op> ops, Consumer<Op> news) {
        for (Op op : ops) {
            try {
                news.accept(op);
            } catch (RuntimeException e) {
                ledger.trouble(e);
            }
        }
    }

    private static GatewayException unavailable() {
        return new GatewayException(
                new Fault.Unavailable("the ledger cannot be written now", RETRY_AFTER));
    }
}
