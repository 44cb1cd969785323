package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;

/// Reads frames in order, over segments, plain or compressed, also while the last one is written,
/// left for the next, or compressed. Used by one thread at a time.
final class FrameCursor implements AutoCloseable {
    private static final int WINDOW_BYTES = 64 * 1024;
    private static final long NONE = -1;

    /// One frame, decoded.
    record Decoded(long frame, long firstSeq, long synced, long timeMillis, List<Entry> entries) {}

    private final Disk disk;
    private SegmentFile file;
    private EntryCodec codec = new EntryCodec(new Names());
    private SegmentHeader header;
    private long offset = SegmentHeader.BYTES;

    /// The frame at `offset`, and the one to hand out next: behind it when this segment begins with
    /// frames that the one before still held.
    private long nextFrame;

    private long due;

    /// The next segment and its first frame, [#NONE] while there is none: what this one may hold
    /// from there on was given up.
    private long nextSegment;

    private long takeover;

    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowAt = SegmentHeader.BYTES;

    /// Opens a segment at its first frame.
    FrameCursor(Disk disk, long segment) throws IOException {
        this.disk = disk;
        this.file = disk.open(segment);
        try {
            this.header = headerOf(file, segment);
            findNext(segment);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        this.nextFrame = header.firstFrame();
        this.due = nextFrame;
    }

    private static SegmentHeader headerOf(SegmentFile file, long segment) throws IOException {
        SegmentHeader found = SegmentHeader.read(file, segment);
        if (found == null) {
            throw new JournalCorrupt(
                    "journal segment %08d, offset 0: no header".formatted(segment));
        }
        return found;
    }

    SegmentHeader segment() {
        return header;
    }

    long offset() {
        return offset;
    }

    /// The frame that [#next(long)] gives next.
    long due() {
        return due;
    }

    SegmentFile file() {
        return file;
    }

    /// The next frame, or null at `lastFrame` or where no valid frame follows (the caller knows
    /// whether one should).
    @Nullable Decoded next(long lastFrame) throws IOException {
        while (due <= lastFrame) {
            Decoded found = takeover != NONE && nextFrame >= takeover ? null : decode();
            if (found == null) {
                findNext(header.number());
                if (takeover == NONE || takeover > nextFrame) {
                    return null;
                }
                advance();
            } else if (found.frame() == due) {
                due++;
                return found;
            }
        }
        return null;
    }

    /// Looks for the next segment in use. One without header has nothing of its own: it is
    /// prepared, or was left, because its disk failed, before anything of it was on disk. If that
    /// is not so, the frame numbers tell.
    private void findNext(long segment) throws IOException {
        takeover = NONE;
        for (long number : disk.segments()) {
            if (number > segment && takeover == NONE) {
                nextSegment = number;
                takeover = firstFrameOf(number);
            }
        }
    }

    private long firstFrameOf(long segment) throws IOException {
        try (SegmentFile next = disk.open(segment)) {
            if (!SegmentHeader.isWhole(next)) {
                return NONE;
            }
            SegmentHeader found = SegmentHeader.read(next, segment);
            return found == null ? NONE : found.firstFrame();
        }
    }

    private void advance() throws IOException {
        long number = nextSegment;
        file.close();
        file = disk.open(number);
        header = headerOf(file, number);
        codec = new EntryCodec(new Names());
        offset = SegmentHeader.BYTES;
        nextFrame = header.firstFrame();
        refresh();
        findNext(number);
    }

    private @Nullable Decoded decode() throws IOException {
        if (!fill(Frame.HEADER_BYTES) || !Frame.plausible(window, at())) {
            return null;
        }
        Frame.Header found = Frame.header(window, at());
        if (!fill(found.frameBytes()) || !Frame.valid(window, at())) {
            return null;
        }
        if (found.segment() != header.number() || found.frame() != nextFrame) {
            throw corrupt(
                    "frame %d of segment %d (expected: frame %d)"
                            .formatted(found.frame(), found.segment(), nextFrame));
        }
        List<Entry> entries = entries(found);
        offset += found.frameBytes();
        nextFrame++;
        return new Decoded(
                found.frame(), found.firstSeq(), found.synced(), found.timeMillis(), entries);
    }

    private List<Entry> entries(Frame.Header found) {
        int from = at() + Frame.HEADER_BYTES;
        ByteBuffer payload = window.duplicate().limit(from + found.payloadBytes()).position(from);
        List<Entry> entries = new ArrayList<>(Math.clamp(found.count(), 0, payload.remaining()));
        try {
            while (payload.hasRemaining()) {
                Entry entry = codec.read(payload);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        } catch (RuntimeException unreadable) {
            throw corrupt("frame %d: %s".formatted(found.frame(), unreadable));
        }
        if (entries.size() != found.count()) {
            throw corrupt(
                    "frame %d: %d records (expected: %d)"
                            .formatted(found.frame(), entries.size(), found.count()));
        }
        return entries;
    }

    /// What is wrong, with the place where this cursor stands.
    JournalCorrupt corrupt(String what) {
        return new JournalCorrupt(
                "journal segment %08d, offset %d: %s".formatted(header.number(), offset, what));
    }

    /// Where the frame at `offset` begins in the window.
    private int at() {
        return (int) (offset - windowAt);
    }

    /// Makes sure that `bytes` bytes from `offset` on are in the window. Reads on from its end: a
    /// compressed segment can't be read backwards.
    private boolean fill(int bytes) throws IOException {
        if (offset + bytes <= windowAt + window.limit()) {
            return true;
        }
        ByteBuffer rest = window.position(at());
        window = bytes > window.capacity() ? ByteBuffer.allocate(bytes).put(rest) : rest.compact();
        windowAt = offset;
        file.read(window, windowAt + window.position());
        window.flip();
        return window.limit() >= bytes;
    }

    /// Forgets what was read ahead: the writer may have gone on.
    void refresh() {
        window.limit(0);
        windowAt = offset;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
