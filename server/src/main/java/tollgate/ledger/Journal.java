package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
/// kept as entries in memory, so that a failed fdatasync, after which the file's pages may be gone,
/// is answered by writing the same frames into the next segment.
///
/// *Reading* goes through [FrameCursor], on the files themselves.
///
/// Thread-safe: any thread may append; event loops hold the lock for some microseconds. Only the
/// sync thread replaces segments.
final class Journal {
    /// A group as written, kept until it is on disk.
    record Group(List<Entry> entries, long frame, long firstSeq, long timeMillis) {}

    /// Room kept in a segment for each open hold: the longest post with all its names.
    static final long POST_BYTES_MAX = 1_536;

    final JournalSettings settings;
    final Disk disk;
    final LongSupplier nanoTime;
    private final InstantSource clock;
    private final UUID boot;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(
                    Frame.HEADER_BYTES
                            + Frame.PAYLOAD_BYTES_MAX
                            + EntryCodec.ENTRY_BYTES_MAX
                            + Frame.TRAILER_BYTES);
    private final ArrayDeque<Group> unsynced = new ArrayDeque<>();

    // Guarded by the lock; the volatile ones may be read without it.
    private SegmentFile file;
    private Names names = new Names();
    private EntryCodec codec = new EntryCodec(names);
    private long segment;
    private volatile long capacity;
    private volatile long position;
    private volatile boolean spoiled;
    private volatile long lastFrame;
    private volatile long lastEntryFrame;
    private long nextSeq;
    private volatile long syncedFrame;
    private volatile long oldestUnsyncedNanos;
    private int waiting;
    private volatile boolean clean = true;
    private long markedFrame;
    private volatile @Nullable SegmentFile prepared;
    private volatile @Nullable Thread syncThread;
    private final JournalCounts counts = new JournalCounts();

    /// Begins a new segment in `file`, a prepared one, after the last frame and seq given.
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
        this.segment = start.segment();
        this.lastFrame = start.lastFrame();
        this.lastEntryFrame = start.lastFrame();
        this.syncedFrame = start.lastFrame();
        this.nextSeq = start.lastSeq() + 1;
        this.file = disk.prepare(segment, settings.firstSegmentBytes());
        begin();
        file.sync();
    }

    /// Where a journal goes on: the number of its next segment, and what came before.
    record Start(long segment, long lastFrame, long lastSeq) {}

    private void begin() throws IOException {
        new SegmentHeader(segment, lastFrame + 1, nextSeq, boot).write(file);
        names = new Names();
        codec = new EntryCodec(names);
        capacity = file.size();
        position = SegmentHeader.BYTES;
        spoiled = false;
    }

    // ---------------------------------------------------------------- appending

    /// Writes entries in order and returns how many of them are in the kernel: all, or when a write
    /// fails those before it. Nothing of the others will ever be read.
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
        int namesBefore = names.size();
        buffer.clear().position(Frame.HEADER_BYTES);
        int count = 0;
        int moves = 0;
        while (from + count < entries.size() && payloadBytes() < Frame.PAYLOAD_BYTES_MAX) {
            Entry entry = entries.get(from + count);
            codec.write(buffer, entry);
            moves += entry.moves();
            count++;
        }
        long now = clock.millis();
        if (!write(header(count, now))) {
            names.cutTo(namesBefore);
            return 0;
        }
        Group group =
                new Group(
                        new ArrayList<>(entries.subList(from, from + count)),
                        lastFrame,
                        nextSeq,
                        now);
        nextSeq += moves;
        written(group);
        return count;
    }

    private int payloadBytes() {
        return buffer.position() - Frame.HEADER_BYTES;
    }

    private Frame.Header header(int count, long timeMillis) {
        return new Frame.Header(
                payloadBytes(), count, segment, lastFrame + 1, nextSeq, syncedFrame, timeMillis);
    }

    private void written(Group group) {
        if (waiting == 0) {
            oldestUnsyncedNanos = nanoTime.getAsLong();
        }
        unsynced.add(group);
        waiting++;
        clean = false;
        lastEntryFrame = group.frame();
        counts.group(group.entries().size());
        Thread sync = syncThread;
        if (sync != null) {
            syncThread = null;
            LockSupport.unpark(sync);
        }
    }

    /// One positional write of the buffer's frame; on success it is the last frame.
    private boolean write(Frame.Header header) {
        Frame.seal(buffer, header);
        long at = position;
        int length = header.frameBytes();
        if (spoiled || at + length > capacity) {
            return false;
        }
        try {
            file.write(buffer, at);
        } catch (IOException e) {
            counts.failed(e);
            zero(at, length);
            return false;
        }
        position = at + length;
        lastFrame = header.frame();
        return true;
    }

    /// Part of the failed frame may be in the file: a reader must not find it.
    private void zero(long at, int length) {
        try {
            file.write(ByteBuffer.allocate(length), at);
        } catch (IOException e) {
            counts.failed(e);
            spoiled = true;
        }
    }

    // ---------------------------------------------------------------- asked by holds

    /// Whether a new hold still has room for itself and, with `openHolds` others, for its post.
    boolean hasRoom(long openHolds) {
        if (spoiled) {
            return false;
        }
        long room = capacity - position;
        if (prepared != null) {
            room += settings.segmentBytes();
        }
        return room > settings.reserve() + (openHolds + 1) * POST_BYTES_MAX;
    }

    /// How long the oldest write has waited for the disk, in nanoseconds; 0 when all is synced.
    long waitingNanos() {
        return clean ? 0 : Math.max(0, nanoTime.getAsLong() - oldestUnsyncedNanos);
    }

    long lastFrame() {
        return lastFrame;
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
            return new Pending(file, lastFrame);
        } finally {
            lock.unlock();
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
            clean = waiting == 0;
            // Those left came after the sync began.
            oldestUnsyncedNanos = beganNanos;
        } finally {
            lock.unlock();
        }
    }

    /// After a busy time: an empty frame that tells a reader how far the disk had come. Nobody
    /// waits for it, but it keeps its place among the frames.
    void markSynced() {
        lock.lock();
        try {
            if (waiting == 0 && markedFrame != syncedFrame) {
                buffer.clear().position(Frame.HEADER_BYTES);
                long now = clock.millis();
                if (write(header(0, now))) {
                    unsynced.add(new Group(List.of(), lastFrame, nextSeq, now));
                    markedFrame = syncedFrame;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasNext() {
        return prepared != null;
    }

    boolean wantsNext() {
        boolean small = capacity < settings.segmentBytes();
        return prepared == null && (small || position >= settings.prepareAt() || spoiled);
    }

    boolean wantsRoll() {
        return prepared != null && (position >= settings.rollAt(capacity) || spoiled);
    }

    /// A fresh segment lies ready.
    void prepareNext() throws IOException {
        prepared = disk.prepare(segment + 1, settings.segmentBytes());
    }

    /// Changes over to the prepared segment. Frames that are not on disk yet are synced in the old
    /// one first or, after a failed fdatasync, written again into the new one.
    ///
    /// @return the number of the segment left behind
    long roll(Unsynced frames) throws IOException {
        lock.lock();
        try {
            SegmentFile next = prepared;
            if (next == null) {
                throw new IOException("no segment prepared");
            }
            SegmentFile left = file;
            if (frames == Unsynced.SYNC_HERE) {
                left.sync();
                synced(lastFrame, nanoTime.getAsLong());
            }
            long leftNumber = segment;
            file = next;
            prepared = null;
            segment++;
            spoiled = true; // until the new one holds all that the old one may have lost
            rewrite();
            left.close();
            return leftNumber;
        } finally {
            lock.unlock();
        }
    }

    /// What [#roll(Unsynced)] does with frames that are not on disk yet.
    enum Unsynced {
        SYNC_HERE,
        WRITE_AGAIN
    }

    private void rewrite() throws IOException {
        Group first = unsynced.peekFirst();
        if (first != null) {
            lastFrame = first.frame() - 1;
            nextSeq = first.firstSeq();
        }
        begin();
        for (Group group : unsynced) {
            buffer.clear().position(Frame.HEADER_BYTES);
            for (Entry entry : group.entries()) {
                codec.write(buffer, entry);
            }
            if (!write(header(group.entries().size(), group.timeMillis()))) {
                spoiled = true;
                throw new IOException("segment %d refuses writes too".formatted(segment));
            }
            nextSeq += group.entries().stream().mapToInt(Entry::moves).sum();
        }
    }

    void close() throws IOException {
        lock.lock();
        try {
            spoiled = true;
            file.close();
            SegmentFile next = prepared;
            if (next != null) {
                next.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
