package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;
import tollgate.ledger.FrameCursor.Decoded;

/// Reads the journal at a start, from where the projections are to its end, and judges the end
/// (JOURNAL 10): a clean one, a torn one (cut off), or damage (the start is refused).
///
/// Within one boot of the machine a kill leaves every written byte in the page cache, so a frame or
/// a trailer after the first bad frame proves that something was damaged. After a power cut later
/// writes may have reached the disk before earlier ones: then only what a mark says was on disk
/// proves damage.
final class Recovery {
    private final Disk disk;
    private final UUID boot;
    private final List<Long> used = new ArrayList<>();
    private long lastSeq;
    private long lastFrame;
    private long syncedClaim;

    Recovery(Disk disk, UUID boot) {
        this.disk = disk;
        this.boot = boot;
    }

    /// Takes the frames after the projections' cursor, in order.
    @FunctionalInterface
    interface Sink {
        void frame(Decoded frame, long segment) throws IOException;
    }

    /// Reads everything after `cursor` into `sink` and says where the journal goes on.
    ///
    /// @throws JournalCorrupt naming segment and offset
    Journal.Start run(LedgerStore.Cursor cursor, Sink sink) throws IOException {
        List<Long> all = disk.segments();
        for (long segment : all) {
            if (isUsed(segment)) {
                used.add(segment);
            } else {
                disk.delete(segment);
            }
        }
        if (used.isEmpty()) {
            if (cursor.frame() > 0) {
                throw new JournalCorrupt(
                        "the journal is empty, but the database has folded %d frames of it"
                                .formatted(cursor.frame()));
            }
            return new Journal.Start(1, 0, 0);
        }
        long first = cursor.frame() == 0 ? used.getFirst() : cursor.segment();
        if (!used.contains(first)) {
            throw new JournalCorrupt("segment %08d is missing".formatted(first));
        }
        verifyPlainBefore(first);
        read(first, cursor, sink);
        if (lastFrame < cursor.frame()) {
            throw new JournalCorrupt(
                    "the journal ends at frame %d, but the database has folded frame %d (an older copy?)"
                            .formatted(lastFrame, cursor.frame()));
        }
        return new Journal.Start(used.getLast() + 1, lastFrame, lastSeq);
    }

    private boolean isUsed(long segment) throws IOException {
        try (SegmentFile file = disk.open(segment)) {
            return SegmentHeader.read(file, segment) != null;
        }
    }

    private void verifyPlainBefore(long first) throws IOException {
        for (long segment : used) {
            if (segment < first && !disk.isCompressed(segment)) {
                verify(disk, segment);
            }
        }
    }

    /// Walks one finished segment: every frame whole and in order, up to where the next takes on.
    ///
    /// @throws JournalCorrupt naming segment and offset
    static void verify(Disk disk, long segment) throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, segment)) {
            Decoded frame = cursor.next(Long.MAX_VALUE);
            while (frame != null && cursor.segment().number() == segment) {
                frame = cursor.next(Long.MAX_VALUE);
            }
            if (frame == null && disk.segments().getLast() > cursor.segment().number()) {
                throw broken(cursor, "no valid frame, though later segments hold data");
            }
        }
    }

    private void read(long first, LedgerStore.Cursor from, Sink sink) throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, first)) {
            lastFrame = cursor.segment().firstFrame() - 1;
            lastSeq = cursor.segment().firstSeq() - 1;
            for (Decoded frame = cursor.next(Long.MAX_VALUE);
                    frame != null;
                    frame = cursor.next(Long.MAX_VALUE)) {
                check(cursor, frame);
                if (frame.frame() > from.frame()) {
                    sink.frame(frame, cursor.segment().number());
                }
            }
            judgeEnd(cursor);
        }
    }

    private void check(FrameCursor cursor, Decoded frame) {
        if (frame.firstSeq() != lastSeq + 1) {
            throw broken(
                    cursor,
                    "frame %d begins with seq %d (expected: %d)"
                            .formatted(frame.frame(), frame.firstSeq(), lastSeq + 1));
        }
        for (Entry entry : frame.entries()) {
            lastSeq += entry.moves();
        }
        lastFrame = frame.frame();
        syncedClaim = Math.max(syncedClaim, frame.synced());
    }

    private void judgeEnd(FrameCursor cursor) throws IOException {
        if (cursor.segment().number() < used.getLast()) {
            throw broken(cursor, "no valid frame, though later segments hold data");
        }
        SegmentFile file = cursor.file();
        long from = cursor.offset();
        ByteBuffer rest = ByteBuffer.allocate((int) Math.max(0, file.size() - from));
        file.read(rest, from);
        rest.flip();
        if (isZero(rest)) {
            return;
        }
        if (syncedClaim > lastFrame) {
            throw broken(cursor, "frame %d was on disk and is damaged".formatted(lastFrame + 1));
        }
        boolean sameBoot = cursor.segment().boot().equals(boot);
        String proof = proofOfDamage(rest, sameBoot);
        if (proof != null) {
            throw broken(cursor, proof);
        }
        file.write(ByteBuffer.allocate(rest.limit()), from);
        file.sync();
    }

    /// What shows that the bytes after the last good frame were whole once, or null when a torn
    /// write explains them.
    private @Nullable String proofOfDamage(ByteBuffer rest, boolean sameBoot) {
        for (int at = 0; at + 4 <= rest.limit(); at++) {
            int word = rest.getInt(at);
            if (word == Frame.INVERTED && sameBoot) {
                return "frame %d is damaged: its trailer is there".formatted(lastFrame + 1);
            }
            if (word == Frame.MAGIC && isFrame(rest, at)) {
                Frame.Header header = Frame.header(rest, at);
                if (sameBoot || header.synced() > lastFrame) {
                    return "frame %d is damaged: frame %d follows it"
                            .formatted(lastFrame + 1, header.frame());
                }
            }
        }
        return null;
    }

    private static boolean isFrame(ByteBuffer bytes, int at) {
        return at + Frame.HEADER_BYTES <= bytes.limit()
                && Frame.plausible(bytes, at)
                && at + Frame.header(bytes, at).frameBytes() <= bytes.limit()
                && Frame.valid(bytes, at);
    }

    private static boolean isZero(ByteBuffer bytes) {
        int at = bytes.position();
        // Eight at a time: a young JVM takes seconds for 64 MiB of single bytes.
        for (; at + Long.BYTES <= bytes.limit(); at += Long.BYTES) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static JournalCorrupt broken(FrameCursor cursor, String what) {
        return new JournalCorrupt(
                "journal segment %08d, offset %d: %s"
                        .formatted(cursor.segment().number(), cursor.offset(), what));
    }
}
