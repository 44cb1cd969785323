package tollgate.ledger;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.FrameCursor.Decoded;

/// Reads finished segments again to see that they are whole. Plain ones are read at the start;
/// compressed ones, of which there may be hundreds, behind the calls, by a thread of its own.
final class SegmentCheck implements Runnable {
    private final Disk disk;
    private final List<Long> segments;
    private final Consumer<Exception> trouble;
    private volatile boolean closing;
    private volatile boolean broken;
    private @Nullable Thread thread;

    /// @param segments finished ones, each with a next one in use
    /// @param trouble told of each that is broken
    SegmentCheck(Disk disk, List<Long> segments, Consumer<Exception> trouble) {
        this.disk = disk;
        this.segments = segments;
        this.trouble = trouble;
    }

    void start() {
        if (!segments.isEmpty()) {
            thread = Thread.ofPlatform().daemon().name("tollgate-check").start(this);
        }
    }

    @Override
    public void run() {
        for (long segment : segments) {
            try {
                read(segment);
            } catch (IOException | RuntimeException e) {
                broken = true;
                trouble.accept(e);
            }
        }
    }

    /// Whether a segment was found broken.
    boolean isBroken() {
        return broken;
    }

    /// Walks one segment: every frame whole and in order, up to where the next takes on.
    ///
    /// @throws JournalCorrupt naming segment and offset
    static void check(Disk disk, long segment) throws IOException {
        new SegmentCheck(disk, List.of(), _ -> {}).read(segment);
    }

    private void read(long segment) throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, segment)) {
            long seq = cursor.segment().firstSeq();
            while (!closing && cursor.segment().number() == segment) {
                Decoded frame = cursor.next(Long.MAX_VALUE);
                if (frame == null) {
                    break;
                }
                seq = nextSeq(cursor, frame, seq);
            }
            if (!closing && cursor.segment().number() == segment) {
                throw cursor.corrupt("no valid frame, though later segments hold data");
            }
        }
    }

    /// The seq after a frame that must begin with `due`.
    static long nextSeq(FrameCursor cursor, Decoded frame, long due) {
        if (frame.firstSeq() != due) {
            throw cursor.corrupt(
                    "frame %d begins with seq %d (expected: %d)"
                            .formatted(frame.frame(), frame.firstSeq(), due));
        }
        long next = due;
        for (Entry entry : frame.entries()) {
            next += entry.moves();
        }
        return next;
    }

    void close() throws InterruptedException {
        closing = true;
        Thread running = thread;
        if (running != null) {
            running.join();
        }
    }
}
