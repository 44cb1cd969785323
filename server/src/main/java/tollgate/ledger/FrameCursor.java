package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;

/// Reads frames in order, over segments, plain or compressed, also while the last one is written.
/// Used by one thread at a time.
final class FrameCursor implements AutoCloseable {
    private static final int WINDOW_BYTES = 256 * 1024;

    /// One frame, decoded.
    record Decoded(long frame, long firstSeq, long synced, long timeMillis, List<Entry> entries) {}

    private final Disk disk;
    private SegmentFile file;
    private EntryCodec codec = new EntryCodec(new Names());
    private SegmentHeader header;
    private long offset = SegmentHeader.BYTES;
    private long nextFrame;

    /// The first frame of the next segment, -1 while there is none.
    private long takeover;

    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowAt;

    /// Opens a segment at its first frame.
    FrameCursor(Disk disk, long segment) throws IOException {
        this.disk = disk;
        this.file = disk.open(segment);
        SegmentHeader found = SegmentHeader.read(file, segment);
        if (found == null) {
            throw new JournalCorrupt("segment %08d: unused".formatted(segment));
        }
        this.header = found;
        this.nextFrame = found.firstFrame();
        this.takeover = firstFrameOf(segment + 1);
    }

    SegmentHeader segment() {
        return header;
    }

    long offset() {
        return offset;
    }

    long nextFrame() {
        return nextFrame;
    }

    SegmentFile file() {
        return file;
    }

    /// The next frame, or null at `lastFrame` or where no valid frame follows (the caller knows
    /// whether one should). Goes over to the next segment where that one takes on: what this one
    /// may hold from there on was given up when its disk failed.
    @Nullable Decoded next(long lastFrame) throws IOException {
        while (nextFrame <= lastFrame) {
            Decoded decoded = takeover == nextFrame ? null : decode();
            if (decoded != null) {
                return decoded;
            }
            takeover = firstFrameOf(header.number() + 1);
            if (takeover != nextFrame) {
                return null;
            }
            advance();
        }
        return null;
    }

    /// The first frame of a segment, -1 when it does not exist or is not in use.
    private long firstFrameOf(long segment) throws IOException {
        if (!disk.segments().contains(segment)) {
            return -1;
        }
        try (SegmentFile next = disk.open(segment)) {
            SegmentHeader found = SegmentHeader.read(next, segment);
            return found == null ? -1 : found.firstFrame();
        }
    }

    private void advance() throws IOException {
        long number = header.number() + 1;
        file.close();
        file = disk.open(number);
        header = Objects.requireNonNull(SegmentHeader.read(file, number));
        codec = new EntryCodec(new Names());
        offset = SegmentHeader.BYTES;
        window.limit(0);
        takeover = firstFrameOf(number + 1);
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
            throw new JournalCorrupt(
                    "segment %08d, offset %d: frame %d of segment %d (expected: frame %d)"
                            .formatted(
                                    header.number(),
                                    offset,
                                    found.frame(),
                                    found.segment(),
                                    nextFrame));
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
        List<Entry> entries = new ArrayList<>(found.count());
        while (payload.hasRemaining()) {
            Entry entry = codec.read(payload);
            if (entry != null) {
                entries.add(entry);
            }
        }
        if (entries.size() != found.count()) {
            throw new JournalCorrupt(
                    "segment %08d, offset %d: %d records (expected: %d)"
                            .formatted(header.number(), offset, entries.size(), found.count()));
        }
        return entries;
    }

    /// Where the due frame begins in the window.
    private int at() {
        return (int) (offset - windowAt);
    }

    /// Makes sure that `bytes` bytes from the due frame on are in the window.
    private boolean fill(int bytes) throws IOException {
        if (offset >= windowAt && offset + bytes <= windowAt + window.limit()) {
            return true;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(bytes);
        }
        window.clear();
        windowAt = offset;
        int read = file.read(window, offset);
        window.flip();
        return read >= bytes;
    }

    /// Forgets what was read ahead: the writer may have gone on.
    void refresh() {
        window.limit(0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
