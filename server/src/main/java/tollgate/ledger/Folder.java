package tollgate.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.ledger.FrameCursor.Decoded;

/// Folds the journal into the database behind it: one thread, about once a second, one transaction
/// for all projections and the cursor, and only frames that are on disk: a projection ahead of the
/// disk would see seqs used again after a power cut (JOURNAL 11). It may lag; it never decides.
final class Folder implements Runnable {
    /// Entries of one transaction, so that its memory is bounded.
    static final int BATCH_ENTRIES_MAX = 50_000;

    /// Pause between looks while somebody waits: the sync comes some 5 ms after the write.
    private static final Duration WAITED_FOR = Duration.ofMillis(2);

    private final Disk disk;
    private final Database database;
    private final List<Projection> projections;
    private final Journal journal;
    private final Duration every;
    private final Consumer<Exception> failed;
    private final Folded folded;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private Map<Long, OpenCall> open;
    private @Nullable FrameCursor cursor;
    private LedgerStore.Cursor at;

    /// A batch was begun and has not been committed: what memory holds of it counts for nothing
    /// before the database has said how far it is.
    private boolean dirty;

    private @Nullable Tried tried;
    private final AtomicLong records = new AtomicLong();
    private volatile long foldedFrame;
    private volatile boolean closing;
    private volatile boolean hurry;
    private @Nullable Thread thread;

    private record Waiter(long frame, CompletableFuture<Void> future) {}

    private record Tried(FoldBatch batch, LedgerStore.Cursor reached) {}

    /// @param at where the projections are now
    /// @param open calls open there
    Folder(
            FoldTarget target,
            Journal journal,
            LedgerStore.Cursor at,
            Map<Long, OpenCall> open,
            Consumer<Exception> failed,
            Folded folded) {
        this.disk = journal.disk;
        this.database = target.database();
        this.projections = target.projections();
        this.every = target.every();
        this.journal = journal;
        this.at = at;
        this.open = open;
        this.failed = failed;
        this.folded = folded;
        this.foldedFrame = at.frame();
    }

    /// Told after each transaction: the segment that was reached, and the calls that ended in it.
    @FunctionalInterface
    interface Folded {
        void folded(long segment, List<ClosedCall> closed);
    }

    /// Where and how often to fold.
    record FoldTarget(Database database, List<Projection> projections, Duration every) {}

    void start() {
        thread = Thread.ofPlatform().name("tollgate-fold").start(this);
    }

    @Override
    public void run() {
        while (!closing) {
            if (!hurry) {
                LockSupport.parkNanos(this, every.toNanos());
            }
            hurry = false;
            foldNow();
            if (hasWaiters() && !closing) {
                LockSupport.parkNanos(this, WAITED_FOR.toNanos());
                hurry = true;
            }
        }
    }

    /// Folds all that is on disk now. One caller at a time: the folding thread, or its owner once
    /// that has ended.
    void foldNow() {
        try {
            if (dirty) {
                startOver();
            }
            while (foldOnce()) {
                // A large backlog takes several transactions.
            }
        } catch (IOException | RuntimeException | Error e) {
            report(e instanceof Exception known ? known : new IllegalStateException(e));
        }
    }

    private void report(Exception e) {
        try {
            failed.accept(e);
        } catch (RuntimeException again) {
            e.addSuppressed(again); // whoever is told must not end this thread
        }
    }

    private boolean foldOnce() throws IOException {
        long target = journal.syncedFrame();
        if (at.frame() >= target) {
            return false;
        }
        FoldBatch batch = new FoldBatch(open);
        dirty = true;
        FrameCursor from = cursor();
        from.refresh();
        Progress progress = new Progress(at);
        while (batch.records() < BATCH_ENTRIES_MAX) {
            Decoded frame = from.next(target);
            if (frame == null) {
                break;
            }
            if (frame.frame() > at.frame()) {
                progress.add(frame, from.segment().number(), batch);
            }
        }
        LedgerStore.Cursor reached = progress.cursor();
        if (reached.frame() == at.frame()) {
            throw from.corrupt("frame %d cannot be read back".formatted(at.frame() + 1));
        }
        tried = new Tried(batch, reached);
        write(batch, reached);
        committed(batch, reached);
        return true;
    }

    private void write(FoldBatch batch, LedgerStore.Cursor reached) {
        database.write(tx -> {
            batch.write(tx, projections);
            LedgerStore.putCursor(tx, reached);
            return reached;
        });
    }

    private void committed(FoldBatch batch, LedgerStore.Cursor reached) {
        batch.committed();
        dirty = false;
        tried = null;
        at = reached;
        records.addAndGet(batch.records());
        foldedFrame = reached.frame();
        release();
        folded.folded(reached.segment(), batch.closed());
    }

    /// Sums up how far a batch reaches.
    static final class Progress {
        private LedgerStore.Cursor cursor;

        Progress(LedgerStore.Cursor from) {
            cursor = from;
        }

        LedgerStore.Cursor cursor() {
            return cursor;
        }

        void add(Decoded frame, long segment, FoldBatch batch) {
            long seq = frame.firstSeq() - 1;
            long lastHold = cursor.lastHold();
            for (Entry entry : frame.entries()) {
                batch.add(entry, frame.timeMillis());
                seq += entry.moves();
                if (entry instanceof Entry.Hold hold) {
                    lastHold = Math.max(lastHold, hold.subject().hold());
                }
            }
            cursor = new LedgerStore.Cursor(segment, frame.frame(), seq, lastHold);
        }
    }

    private FrameCursor cursor() throws IOException {
        FrameCursor reading = cursor;
        if (reading == null) {
            long segment = at.frame() == 0 ? disk.segments().getFirst() : at.segment();
            reading = new FrameCursor(disk, segment);
            cursor = reading;
        }
        return reading;
    }

    /// After a failure: what memory holds of it is thrown away and read again. A transaction whose
    /// commit was not heard of may have succeeded all the same.
    private void startOver() throws IOException {
        closeCursor();
        LedgerStore.Cursor now = database.read(LedgerStore::cursor);
        open = database.read(LedgerStore::openCalls);
        at = now;
        dirty = false;
        Tried last = tried;
        tried = null;
        if (last != null && last.reached().frame() == now.frame()) {
            committed(last.batch(), now);
        }
    }

    private void closeCursor() throws IOException {
        FrameCursor reading = cursor;
        cursor = null;
        if (reading != null) {
            reading.close();
        }
    }

    // ---------------------------------------------------------------- waiting for it

    /// Completes when everything written so far can be read in the database; makes haste.
    CompletableFuture<Void> caughtUp() {
        long frame = journal.lastEntryFrame();
        CompletableFuture<Void> future = new CompletableFuture<>();
        synchronized (waiters) {
            if (foldedFrame >= frame) {
                future.complete(null);
                return future;
            }
            waiters.add(new Waiter(frame, future));
        }
        hurry();
        return future;
    }

    private void hurry() {
        hurry = true;
        Thread folding = thread;
        if (folding != null) {
            LockSupport.unpark(folding);
        }
    }

    private boolean hasWaiters() {
        synchronized (waiters) {
            return !waiters.isEmpty();
        }
    }

    private void release() {
        List<Waiter> due = new ArrayList<>();
        synchronized (waiters) {
            waiters.removeIf(waiter -> waiter.frame() <= foldedFrame && due.add(waiter));
        }
        due.forEach(waiter -> waiter.future().complete(null));
    }

    /// Records folded since the start.
    long records() {
        return records.get();
    }

    long foldedFrame() {
        return foldedFrame;
    }

    void close() throws InterruptedException, IOException {
        closing = true;
        hurry();
        Thread folding = thread;
        if (folding != null) {
            folding.join();
        }
        foldNow();
        closeCursor();
        synchronized (waiters) {
            waiters.forEach(waiter ->
                    waiter.future()
                            .completeExceptionally(
                                    new IllegalStateException("the ledger is closed")));
            waiters.clear();
        }
    }
}
