package tollgate.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings the journal to the disk: one thread that calls fdatasync when the oldest write is 5 ms
/// old, and changes over to the next segment. It survives every exception: what failed is tried
/// again.
///
/// The next segment is prepared beside it: zero-filling and syncing 64 MiB takes a few hundred
/// milliseconds, in which acknowledgements would wait at the gate and holds be refused.
final class JournalSync implements Runnable {
    /// Rounds without success after which a closing journal leaves the rest to the kernel.
    private static final int LAST_ROUNDS_MAX = 20;

    private record Waiter(long frame, Runnable then) {}

    private final Journal journal;
    private final Consumer<Exception> failed;
    private final Executor preparer;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<Long>> rolls = new ArrayDeque<>();
    private volatile boolean closing;
    private boolean lostPages;
    private CompletableFuture<Void> preparing = CompletableFuture.completedFuture(null);
    private volatile long prepareFailedNanos;
    private volatile boolean prepareFailed;
    private @Nullable Thread thread;

    /// @param preparer runs the preparation of a segment, some hundred milliseconds
    JournalSync(Journal journal, Consumer<Exception> failed, Executor preparer) {
        this.journal = journal;
        this.failed = failed;
        this.preparer = preparer;
    }

    /// A thread for each preparation: there is one in minutes.
    static Executor ownThread() {
        return task -> Thread.ofPlatform().daemon().name("tollgate-prepare").start(task);
    }

    void start() {
        thread = Thread.ofPlatform().name("tollgate-journal").start(this);
    }

    /// Runs `then` once everything up to `frame` is on disk, on the sync thread unless it already
    /// is. Nothing is promised about the order.
    void whenSynced(long frame, Runnable then) {
        synchronized (waiters) {
            if (journal.syncedFrame() < frame) {
                waiters.add(new Waiter(frame, then));
                return;
            }
        }
        then.run();
    }

    /// Blocks until everything up to `frame` is on disk; false when that takes longer than `most`.
    boolean awaitSynced(long frame, Duration most) {
        CompletableFuture<Boolean> durable = new CompletableFuture<>();
        whenSynced(frame, () -> durable.complete(true));
        return durable.completeOnTimeout(false, most.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /// Changes over to a new segment and returns the number of the one that was left, whose frames,
    /// as far as they count, are on disk. Blocks.
    ///
    /// @throws IOException when that takes longer than `most`
    long awaitRoll(Duration most) throws IOException {
        CompletableFuture<Long> rolled = new CompletableFuture<>();
        synchronized (rolls) {
            rolls.add(rolled);
        }
        journal.wantRoll();
        long left = rolled.completeOnTimeout(0L, most.toMillis(), TimeUnit.MILLISECONDS).join();
        if (left == 0) {
            throw new IOException("no new journal segment within %s".formatted(most));
        }
        return left;
    }

    @Override
    public void run() {
        int lastRounds = 0;
        while (!closing || (journal.isBehind() && lastRounds++ < LAST_ROUNDS_MAX)) {
            long pause = step();
            if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            }
        }
    }

    /// One round: sync if that is due, keep the segments in order.
    ///
    /// @return nanoseconds until there may be something to do, if nobody writes before
    long step() {
        try {
            return round();
        } catch (IOException | RuntimeException | Error e) {
            report(e);
            return journal.settings.retryEvery().toNanos();
        }
    }

    private long round() throws IOException {
        if (journal.wantsNext()) {
            prepare();
        }
        long retry = journal.settings.retryEvery().toNanos();
        if (lostPages && !journal.hasNext()) {
            return retry;
        }
        if (lostPages) {
            roll();
        }
        long began = journal.nanoTime.getAsLong();
        Journal.Pending pending = journal.pending(Thread.currentThread());
        if (pending == null) {
            journal.markSynced();
            rollIfDue();
            return journal.wantsNext() ? retry : 10 * retry;
        }
        long young = journal.settings.syncAfter().toNanos() - journal.waitingNanos();
        if (young > 0 && !closing) {
            return young;
        }
        sync(pending, began);
        rollIfDue(); // right after a sync, so that little has to be written again
        return 0;
    }

    /// Brings what is written to disk before the thread is started.
    void syncNow() throws IOException {
        Journal.Pending pending = journal.pending(Thread.currentThread());
        if (pending != null) {
            sync(pending, journal.nanoTime.getAsLong());
        }
    }

    private void sync(Journal.Pending pending, long began) throws IOException {
        try {
            pending.file().sync();
        } catch (IOException | RuntimeException | Error e) {
            // Its pages may be gone: never again on this file (JOURNAL 9).
            lostPages = true;
            journal.wantRoll();
            throw e;
        }
        journal.counts().sync();
        journal.synced(pending.frame(), began);
        release();
    }

    private void rollIfDue() throws IOException {
        if (journal.wantsRoll()) {
            roll();
        }
    }

    private void roll() throws IOException {
        long left = journal.segment();
        journal.roll();
        lostPages = false;
        rolled(left);
    }

    private void rolled(long left) {
        List<CompletableFuture<Long>> due;
        synchronized (rolls) {
            due = new ArrayList<>(rolls);
            rolls.clear();
        }
        due.forEach(future -> future.complete(left));
    }

    /// Has the next segment prepared, at most once each 100 ms when that fails (JOURNAL 8).
    private void prepare() {
        boolean early =
                prepareFailed
                        && journal.nanoTime.getAsLong() - prepareFailedNanos
                                < journal.settings.retryEvery().toNanos();
        if (!preparing.isDone() || early || (closing && !lostPages)) {
            return;
        }
        preparing = CompletableFuture.runAsync(this::prepareNext, preparer);
    }

    private void prepareNext() {
        try {
            journal.prepareNext();
            prepareFailed = false;
        } catch (IOException | RuntimeException | Error e) {
            prepareFailedNanos = journal.nanoTime.getAsLong();
            prepareFailed = true;
            report(e);
        }
        LockSupport.unpark(thread);
    }

    private void release() {
        List<Waiter> due = new ArrayList<>();
        synchronized (waiters) {
            long synced = journal.syncedFrame();
            waiters.removeIf(waiter -> waiter.frame() <= synced && due.add(waiter));
        }
        for (Waiter waiter : due) {
            try {
                waiter.then().run();
            } catch (RuntimeException e) {
                report(e); // the others are still to be told
            }
        }
    }

    private void report(Throwable thrown) {
        Exception e = thrown instanceof Exception known ? known : new IllegalStateException(thrown);
        journal.counts().failed(e);
        try {
            failed.accept(e);
        } catch (RuntimeException again) {
            e.addSuppressed(again); // whoever is told must not end this thread
        }
    }

    /// Syncs what is left and ends the thread.
    void close() throws InterruptedException {
        closing = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            running.join();
        }
        preparing.handle((_, _) -> 0).join();
    }
}
