package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import tollgate.ledger.Disk.SegmentFile;

/// The end of the journal: one segment, its names, and the place of the next frame. Used under the
/// journal's lock; what is volatile may be read without it.
final class SegmentWriter {
    private final SegmentFile file;
    private final long number;
    private final long size;
    private final Names names = new Names();
    private final EntryCodec codec = new EntryCodec(names);
    private int namesBefore;
    private volatile long position = SegmentHeader.BYTES;
    private volatile boolean spoiled;

    /// @param file a prepared one; it counts as unused until [#begin(long, long, UUID)]
    SegmentWriter(SegmentFile file, long number, long size) {
        this.file = file;
        this.number = number;
        this.size = size;
    }

    SegmentFile file() {
        return file;
    }

    long number() {
        return number;
    }

    long position() {
        return position;
    }

    long size() {
        return size;
    }

    /// Bytes that can still be written; none after a failure that left its traces.
    long left() {
        return spoiled ? 0 : size - position;
    }

    boolean isSpoiled() {
        return spoiled;
    }

    /// Nothing more goes here.
    void spoil() {
        spoiled = true;
    }

    /// Encodes entries from `from` on as a payload, until all are or it has `payloadMax` bytes;
    /// returns how many.
    int encode(ByteBuffer buffer, List<? extends Entry> entries, int from, int payloadMax) {
        namesBefore = names.size();
        buffer.clear().position(Frame.HEADER_BYTES);
        int end = Frame.HEADER_BYTES + payloadMax;
        int next = from;
        while (next < entries.size() && buffer.position() < end) {
            codec.write(buffer, entries.get(next));
            next++;
        }
        return next - from;
    }

    /// Writes the frame whose payload was encoded last, in one write. When it fails, nothing of it
    /// will be read: its extent is zeroed, or this segment takes no more.
    void write(ByteBuffer buffer, Frame.Header header) throws IOException {
        int length = header.frameBytes();
        if (length > left()) {
            throw new IOException(
                    "journal segment %08d: %d bytes left (expected: %d)"
                            .formatted(number, left(), length));
        }
        Frame.seal(buffer, header);
        long at = position;
        try {
            file.write(buffer, at);
        } catch (IOException | RuntimeException e) {
            zero(at, length, e);
            throw e;
        }
        position = at + length;
    }

    private void zero(long at, int length, Exception because) {
        try {
            file.write(ByteBuffer.allocate(length), at);
        } catch (IOException | RuntimeException again) {
            because.addSuppressed(again);
            spoiled = true;
        }
    }

    /// The names that came with the last group, which was not written, have no number after all.
    void forgetNames() {
        names.cutTo(namesBefore);
    }

    /// From here on the segment counts: what was written before may be read, and the one before it
    /// ends where this one begins.
    void begin(long firstFrame, long firstSeq, UUID boot) throws IOException {
        new SegmentHeader(number, firstFrame, firstSeq, boot).write(file);
    }
}
