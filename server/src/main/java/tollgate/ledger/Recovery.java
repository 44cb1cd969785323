package tollgate.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tollgate.ledger.Disk.SegmentFile;
import tollgate.ledger.FrameCursor.Decoded;

/// Reads the journal at a start, from where the projections are to its end, and judges the end
/// (JOURNAL 10): a clean one, a torn one (cut off), or damage (the start is refused). Nothing is
/// changed before all was read.
final class Recovery {
    private final Disk disk;
    private final UUID boot;
    private final List<Long> used = new ArrayList<>();

    /// Segments without a whole header: prepared, or a change-over that failed, or left, because
    /// their disk failed, before anything of them was on disk.
    private final List<Long> unbegun = new ArrayList<>();

    private long nextSeq = 1;
    private long lastFrame;

    /// The last frame of which something says that it was on disk.
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
        survey();
        if (used.isEmpty()) {
            if (cursor.frame() > 0) {
                throw new JournalCorrupt(
                        "the journal is empty, but the database has folded %d frames of it"
                                .formatted(cursor.frame()));
            }
            judgeUnbegun(true);
            return new Journal.Start(1, 0, 0);
        }
        long first = cursor.frame() == 0 ? used.getFirst() : cursor.segment();
        if (!used.contains(first)) {
            throw missing(first);
        }
        for (long segment : used) {
            if (segment < first && !disk.isCompressed(segment)) {
                SegmentCheck.check(disk, segment);
            }
        }
        read(first, cursor, sink);
        return new Journal.Start(used.getLast() + 1, lastFrame, nextSeq - 1);
    }

    /// Segments are numbered from 1 without gap.
    private void survey() throws IOException {
        long expected = 1;
        for (long segment : disk.segments()) {
            if (segment != expected) {
                throw missing(expected);
            }
            expected++;
            (isBegun(segment) ? used : unbegun).add(segment);
        }
    }

    private boolean isBegun(long segment) throws IOException {
        try (SegmentFile file = disk.open(segment)) {
            return SegmentHeader.isWhole(file) && SegmentHeader.read(file, segment) != null;
        } catch (IOException unreadable) {
            if (disk.isCompressed(segment)) {
                return true; // the check behind the calls will say so
            }
            throw unreadable;
        }
    }

    private static JournalCorrupt missing(long segment) {
        return new JournalCorrupt("journal segment %08d is missing".formatted(segment));
    }

    private void read(long first, LedgerStore.Cursor from, Sink sink) throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, first)) {
            lastFrame = cursor.segment().firstFrame() - 1;
            nextSeq = cursor.segment().firstSeq();
            if (lastFrame > from.frame()) {
                throw cursor.corrupt(
                        "begins with frame %d (expected: at most frame %d, the next to be folded)"
                                .formatted(lastFrame + 1, from.frame() + 1));
            }
            syncedClaim = from.frame(); // only what is on disk is folded
            checkSeq(cursor, from);
            for (Decoded frame = cursor.next(Long.MAX_VALUE);
                    frame != null;
                    frame = cursor.next(Long.MAX_VALUE)) {
                nextSeq = SegmentCheck.nextSeq(cursor, frame, nextSeq);
                lastFrame = frame.frame();
                syncedClaim = Math.max(syncedClaim, frame.synced());
                checkSeq(cursor, from);
                if (frame.frame() > from.frame()) {
                    sink.frame(frame, cursor.segment().number());
                }
            }
            judgeEnd(cursor, from);
        }
    }

    /// The journal that was folded is this one.
    private void checkSeq(FrameCursor cursor, LedgerStore.Cursor folded) {
        if (lastFrame == folded.frame() && nextSeq != folded.seq() + 1) {
            throw cursor.corrupt(
                    "frame %d ends with seq %d, but the database has folded it up to seq %d (another journal?)"
                            .formatted(lastFrame, nextSeq - 1, folded.seq()));
        }
    }

    private void judgeEnd(FrameCursor cursor, LedgerStore.Cursor folded) throws IOException {
        if (cursor.segment().number() < used.getLast()) {
            throw SegmentCheck.broken(disk, cursor);
        }
        Tail tail = Tail.read(cursor.file(), cursor.offset());
        boolean sameBoot = cursor.segment().boot().equals(boot);
        if (!tail.isEmpty()) {
            if (syncedClaim > lastFrame) {
                throw cursor.corrupt(
                        "frame %d was on disk and is damaged".formatted(lastFrame + 1));
            }
            String proof = tail.proofOfDamage(lastFrame, sameBoot);
            if (proof != null) {
                throw cursor.corrupt(proof);
            }
        }
        if (lastFrame < folded.frame()) {
            throw cursor.corrupt(
                    "the journal ends with frame %d, but the database has folded frame %d (an older copy?)"
                            .formatted(lastFrame, folded.frame()));
        }
        judgeUnbegun(sameBoot);
        if (!tail.isEmpty()) {
            tail.zero(cursor.file());
        }
    }

    /// Segments without header at the end hold nothing, or what those before them hold too. Frames
    /// of their own mean that a header was damaged, or, after a power cut, came too late.
    private void judgeUnbegun(boolean sameBoot) throws IOException {
        List<Long> last =
                unbegun.stream().filter(n -> used.isEmpty() || n > used.getLast()).toList();
        for (long segment : last) {
            judgeUnbegun(segment, sameBoot);
        }
        for (long segment : last.reversed()) {
            disk.delete(segment);
        }
    }

    private void judgeUnbegun(long segment, boolean sameBoot) throws IOException {
        try (SegmentFile file = disk.open(segment)) {
            for (Frame.Header frame : Tail.read(file, 0).frames()) {
                if (frame.synced() > lastFrame || (sameBoot && frame.frame() > lastFrame)) {
                    throw new JournalCorrupt(
                            "journal segment %08d, offset 0: no header, but frame %d"
                                    .formatted(segment, frame.frame()));
                }
            }
        }
    }
}
