package tollgate.ledger;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Journal.Unsynced;

/// Brings the journal to the disk: one thread that calls fdatasync when the oldest write is 5 ms
/// old, prepares the next segment and changes over to it. It survives every exception: what failed
/// is tried again.
final class JournalSync implements Runnable {
    private record Waiter(long frame, Runnable then) {}

    private final Journal journal;
    private final Consumer<IOException> failed;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private volatile boolean closing;
    private volatile boolean lostPages;
    private @Nullable Thread thread;

    JournalSync(Journal journal, Consumer<IOException> failed) {
        this.journal = journal;
        this.failed = failed;
    }

    void start() {
        thread = Thread.ofPlatform().name("tollgate-journal").start(this);
    }

    /// Runs `then` once everything up to `frame` is on disk, on the sync thread unless it already
    /// is. Frames must come in ascending order per caller; nothing is promised between callers.
    void whenSynced(long frame, Runnable then) {
        synchronized (waiters) {
            if (journal.syncedFrame() < frame) {
                waiters.add(new Waiter(frame, then));
                return;
            }
        }
        then.run();
    }

    @Override
    public void run() {
        while (!closing || journal.waitingNanos() > 0) {
            try {
                step();
            } catch (IOException e) {
                journal.counts().failed(e);
                failed.accept(e);
                LockSupport.parkNanos(journal.settings.retryEvery().toNanos());
            }
        }
    }

    /// One round: wait until a sync is due, sync, keep the segments in order.
    void step() throws IOException {
        if (lostPages) {
            leaveSegment();
        }
        if (journal.pending(Thread.currentThread()) == null) {
            journal.markSynced();
            segments();
            LockSupport.parkNanos(this, idleNanos());
            return;
        }
        long young = journal.settings.syncAfter().toNanos() - journal.waitingNanos();
        if (young > 0 && !closing) {
            LockSupport.parkNanos(young);
        }
        sync();
        segments();
    }

    private long idleNanos() {
        return closing ? 1 : journal.settings.retryEvery().toNanos() * 10;
    }

    private void sync() throws IOException {
        Journal.Pending pending = journal.pending(Thread.currentThread());
        if (pending == null) {
            return;
        }
        long began = journal.nanoTime.getAsLong();
        try {
            pending.file().sync();
        } catch (IOException e) {
            // Its pages may be gone: never again on this file (JOURNAL 9).
            lostPages = true;
            throw e;
        }
        journal.counts().sync();
        journal.synced(pending.frame(), began);
        release();
    }

    private void leaveSegment() throws IOException {
        if (!journal.hasNext()) {
            journal.prepareNext();
        }
        journal.roll(Unsynced.WRITE_AGAIN);
        lostPages = false;
    }

    private void segments() throws IOException {
        if (journal.wantsNext()) {
            journal.prepareNext();
        }
        if (journal.wantsRoll()) {
            journal.roll(Unsynced.SYNC_HERE);
            journal.counts().sync();
            release();
        }
    }

    private void release() {
        List<Waiter> due = new ArrayList<>();
        synchronized (waiters) {
            long synced = journal.syncedFrame();
            waiters.removeIf(waiter -> waiter.frame() <= synced && due.add(waiter));
        }
        for (Waiter waiter : due) {
            waiter.then().run();
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
    }
}
