package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;

/// The append side of the journal: groups of entries become frames at the end of the current
/// segment, in one write each, numbered and ordered by one lock.
///
/// *Order.* Seqs and frame numbers are given under the lock, in the order of the file. A write that
/// fails gives both back: nothing of it will be read, because its extent is zeroed or its segment
/// left for the next (a segment is valid only up to the next one's first frame).
///
/// *Durability.* When [#append(List)] returns, the bytes are in the kernel: a kill of this process
/// loses nothing. [JournalSync] brings them to the disk some 5 ms later. What is not there yet is
/// kept as entries in memory. Changing over to the next segment writes those frames again, into the
/// new one, and its header last: so no event loop ever waits for a sync, a failed fdatasync (after
/// which the file's pages may be gone) is answered in the same way as a full segment, and a failure
/// or kill in the middle leaves the old segment in force.
///
/// *Reading* goes through [FrameCursor], on the files themselves.
///
/// Thread-safe: any thread may append; event loops hold the lock for some microseconds. Only the
/// sync thread replaces segments.
final class Journal {
    /// A group as written, kept until it is on disk.
    private record Group(
            List<? extends Entry> entries, long frame, long firstSeq, long timeMillis) {}

    /// Room kept in a segment for each open hold: the longest post with all its names, as a frame
    /// of its own.
    static final long POST_BYTES_MAX = 1_536;

    final JournalSettings settings;
    final Disk disk;
    final LongSupplier nanoTime;
    private final InstantSource clock;
    private final UUID boot;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(
                    Frame.HEADER_BYTES + Frame.PAYLOAD_BYTES_MAX + Frame.TRAILER_BYTES);
    private final ArrayDeque<Group> unsynced = new ArrayDeque<>();
    private final JournalCounts counts = new JournalCounts();

    // Guarded by the lock; the volatile ones may be read without it.
    private volatile SegmentWriter current;
    private volatile @Nullable SegmentFile prepared;
    private volatile long lastFrame;
    private volatile long lastEntryFrame;
    private long nextSeq;
    private volatile long syncedFrame;
    private volatile long oldestUnsyncedNanos;
    private int waiting;
    private volatile boolean clean = true;
    private long markedFrame;
    private volatile boolean crowded;
    private volatile boolean rollWanted;
    private volatile @Nullable Thread syncThread;

    /// Begins a new segment after the last frame and seq given.
    Journal(
            JournalSettings settings,
            Disk disk,
            UUID boot,
            InstantSource clock,
            LongSupplier nanoTime,
            Start start)
            throws IOException {
        this.settings = settings;
        this.disk = disk;
        this.boot = boot;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.lastFrame = start.lastFrame();
        this.lastEntryFrame = start.lastFrame();
        this.syncedFrame = start.lastFrame();
        this.markedFrame = start.lastFrame();
        this.nextSeq = start.lastSeq() + 1;
        this.current = first(start.segment());
    }

    /// Where a journal goes on: the number of its next segment, and what came before.
    record Start(long segment, long lastFrame, long lastSeq) {}

    private SegmentWriter first(long number) throws IOException {
        long size = settings.firstSegmentBytes();
        SegmentWriter first = new SegmentWriter(disk.prepare(number, size), number, size);
        try {
            first.begin(lastFrame + 1, nextSeq, boot);
            first.file().sync();
            return first;
        } catch (IOException | RuntimeException e) {
            discard(first, e);
            throw e;
        }
    }

    // ---------------------------------------------------------------- appending

    /// Writes entries in order and returns how many of them are in the kernel: all, or when a write
    /// fails those before it. Nothing of the others will ever be read. The list must not change
    /// afterwards.
    int append(List<? extends Entry> entries) {
        lock.lock();
        try {
            int written = 0;
            while (written < entries.size()) {
                int count = appendFrame(entries, written);
                if (count == 0) {
                    break;
                }
                written += count;
            }
            return written;
        } finally {
            lock.unlock();
        }
    }

    private int appendFrame(List<? extends Entry> entries, int from) {
        SegmentWriter to = current;
        long now = clock.millis();
        int count;
        try {
            count = to.encode(buffer, entries, from, settings.framePayloadMax());
            to.write(buffer, header(to, count, new Numbers(lastFrame + 1, nextSeq, now)));
        } catch (IOException | RuntimeException e) {
            to.forgetNames();
            counts.failed(e);
            wake();
            return 0;
        }
        boolean whole = count == entries.size();
        written(
                new Group(
                        whole ? entries : List.copyOf(entries.subList(from, from + count)),
                        lastFrame + 1,
                        nextSeq,
                        now));
        return count;
    }

    /// What is counted through all segments, and the time.
    private record Numbers(long frame, long firstSeq, long timeMillis) {}

    private Frame.Header header(SegmentWriter to, int count, Numbers numbers) {
        return new Frame.Header(
                buffer.position() - Frame.HEADER_BYTES,
                count,
                to.number(),
                numbers.frame(),
                numbers.firstSeq(),
                syncedFrame,
                numbers.timeMillis());
    }

    private void written(Group group) {
        if (waiting == 0) {
            oldestUnsyncedNanos = nanoTime.getAsLong();
        }
        unsynced.add(group);
        waiting++;
        clean = false;
        lastFrame = group.frame();
        lastEntryFrame = group.frame();
        for (Entry entry : group.entries()) {
            nextSeq += entry.moves();
        }
        counts.group(group.entries().size());
        wake();
    }

    // ---------------------------------------------------------------- asked by holds

    /// Whether a new hold still has room for itself and, with `openHolds` others, for its post. The
    /// next segment counts only once it is the current one: while the disk stands still, nothing
    /// can change over.
    boolean hasRoom(long openHolds) {
        SegmentWriter to = current;
        long needed = settings.reserve() + (openHolds + 1) * POST_BYTES_MAX;
        long left = to.left();
        if (left < 2 * needed && !crowded && isWorthLeaving(to)) {
            crowded = true;
            wake();
        }
        return left > needed;
    }

    /// Else many open holds would make segments be left one after the other, hardly used.
    private boolean isWorthLeaving(SegmentWriter from) {
        return from.position() >= settings.prepareAt() || isShort(from);
    }

    private boolean isShort(SegmentWriter segment) {
        return segment.size() < settings.segmentBytes();
    }

    /// Whether a record that can be done without leaves each open hold the room for its post.
    boolean hasRoomBesidePosts(long openHolds) {
        return current.left() > openHolds * POST_BYTES_MAX;
    }

    /// How long the oldest write has waited for the disk, in nanoseconds; 0 when all is synced.
    long waitingNanos() {
        return clean ? 0 : Math.max(0, nanoTime.getAsLong() - oldestUnsyncedNanos);
    }

    boolean isBehind() {
        return !clean;
    }

    /// The last frame that holds entries: one that only tells how far the disk is waits for none.
    long lastEntryFrame() {
        return lastEntryFrame;
    }

    long syncedFrame() {
        return syncedFrame;
    }

    JournalCounts counts() {
        return counts;
    }

    // ---------------------------------------------------------------- the sync thread's side

    /// What the sync thread has to bring to disk.
    record Pending(SegmentFile file, long frame) {}

    /// The work at hand, or null when everything is on disk; then the thread is woken by the next
    /// write.
    @Nullable Pending pending(Thread waiter) {
        lock.lock();
        try {
            if (waiting == 0) {
                syncThread = waiter;
                return null;
            }
            return new Pending(current.file(), lastFrame);
        } finally {
            lock.unlock();
        }
    }

    /// Wakes the sync thread if it waits for something to do.
    private void wake() {
        Thread sync = syncThread;
        if (sync != null) {
            syncThread = null;
            LockSupport.unpark(sync);
        }
    }

    /// Everything up to `frame` is on disk, by a sync that began at `beganNanos`.
    void synced(long frame, long beganNanos) {
        lock.lock();
        try {
            syncedFrame = frame;
            while (!unsynced.isEmpty() && unsynced.getFirst().frame() <= frame) {
                waiting -= unsynced.removeFirst().entries().isEmpty() ? 0 : 1;
            }
            // Those left came after the sync began.
            oldestUnsyncedNanos = beganNanos;
            clean = waiting == 0;
        } finally {
            lock.unlock();
        }
    }

    /// After a busy time: an empty frame that tells a reader how far the disk had come. Nobody
    /// waits for it, but it keeps its place among the frames.
    void markSynced() {
        lock.lock();
        try {
            if (waiting == 0 && markedFrame != syncedFrame && !current.isSpoiled()) {
                long now = clock.millis();
                Group mark = new Group(List.of(), lastFrame + 1, nextSeq, now);
                current.encode(buffer, mark.entries(), 0, 0);
                current.write(buffer, header(current, 0, new Numbers(mark.frame(), nextSeq, now)));
                unsynced.add(mark);
                lastFrame = mark.frame();
                markedFrame = syncedFrame;
            }
        } catch (IOException | RuntimeException e) {
            counts.failed(e);
        } finally {
            lock.unlock();
        }
    }

    boolean hasNext() {
        return prepared != null;
    }

    boolean wantsNext() {
        return prepared == null && (isWorthLeaving(current) || isToBeLeft());
    }

    boolean wantsRoll() {
        SegmentWriter from = current;
        return prepared != null
                && (from.position() >= settings.rollAt(from.size()) || isToBeLeft());
    }

    private boolean isToBeLeft() {
        return crowded || rollWanted || current.isSpoiled();
    }

    /// Asks for the next segment although this one has room.
    void wantRoll() {
        rollWanted = true;
        wake();
    }

    long segment() {
        return current.number();
    }

    /// A fresh segment lies ready.
    void prepareNext() throws IOException {
        long next = current.number() + 1;
        if (disk.segments().contains(next)) {
            disk.delete(next); // what a failed change-over left behind
        }
        prepared = disk.prepare(next, settings.segmentBytes());
    }

    /// Changes over to the prepared segment: frames that are not on disk yet are written again,
    /// there, and only its header, the last of its writes, takes the old segment out of force. When
    /// any of them fails, the new segment is thrown away and nothing has changed.
    void roll() throws IOException {
        lock.lock();
        try {
            SegmentFile next = prepared;
            if (next == null) {
                throw new IOException("no journal segment lies ready");
            }
            SegmentWriter begun =
                    new SegmentWriter(next, current.number() + 1, settings.segmentBytes());
            prepared = null;
            try {
                writeAgain(begun);
            } catch (IOException | RuntimeException e) {
                discard(begun, e);
                throw e;
            }
            SegmentWriter left = current;
            current = begun;
            crowded = false;
            rollWanted = false;
            close(left);
        } finally {
            lock.unlock();
        }
    }

    private void writeAgain(SegmentWriter begun) throws IOException {
        for (Group group : unsynced) {
            int count = begun.encode(buffer, group.entries(), 0, Frame.PAYLOAD_BYTES_MAX);
            begun.write(
                    buffer,
                    header(
                            begun,
                            count,
                            new Numbers(group.frame(), group.firstSeq(), group.timeMillis())));
        }
        Group first = unsynced.peekFirst();
        begun.begin(
                first == null ? lastFrame + 1 : first.frame(),
                first == null ? nextSeq : first.firstSeq(),
                boot);
    }

    private void discard(SegmentWriter begun, Exception because) {
        try {
            begun.file().close();
            disk.delete(begun.number());
        } catch (IOException | RuntimeException again) {
            because.addSuppressed(again);
        }
    }

    private void close(SegmentWriter left) {
        try {
            left.file().close();
        } catch (IOException e) {
            counts.failed(e);
        }
    }

    void close() throws IOException {
        lock.lock();
        try {
            current.spoil();
            current.file().close();
            SegmentFile next = prepared;
            if (next != null) {
                next.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
