package tollgate.ledger;

import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Entry.Attempt;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Extend;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Mark;
import tollgate.ledger.Entry.Post;
import tollgate.ledger.Entry.Subject;
import tollgate.ledger.Entry.Voided;
import tollgate.ledger.FrameCursor.Decoded;
import tollgate.unit.Money;

/// The double-entry ledger as moves of money in `seq` order, read page by page from the segments
/// (DESIGN 4, *Export*), as far as they are on disk: what was exported once never changes, not even
/// by a power cut (I-03). Used by one thread.
public final class Export implements AutoCloseable {
    private final Disk disk;
    private final long after;
    private final long lastFrame;
    private @Nullable FrameCursor cursor;

    /// One move: `amount` (positive nano-dollars) from `debit` to `credit`.
    public record Move(
            long seq,
            Instant at,
            String kind,
            String debit,
            String credit,
            long amount,
            @Nullable Subject subject,
            @Nullable Post post) {
        @Override
        public String toString() {
            return "%d %s %s -> %s %s".formatted(seq, kind, debit, credit, new Money(amount));
        }
    }

    /// Takes moves in order.
    @FunctionalInterface
    public interface Sink {
        void move(Move move);
    }

    Export(Disk disk, long after, long lastFrame) throws IOException {
        this.disk = disk;
        this.after = after;
        this.lastFrame = lastFrame;
        long segment = firstSegment();
        this.cursor = segment == 0 ? null : new FrameCursor(disk, segment);
    }

    /// The segment in which the move after `after` lies.
    private long firstSegment() throws IOException {
        long found = 0;
        for (long segment : disk.segments()) {
            try (Disk.SegmentFile file = disk.open(segment)) {
                SegmentHeader header =
                        SegmentHeader.isWhole(file) ? SegmentHeader.read(file, segment) : null;
                if (header != null && (found == 0 || header.firstSeq() - 1 <= after)) {
                    found = segment;
                }
            }
        }
        return found;
    }

    /// Gives the moves of the next frame to `sink`; false when there is none left.
    ///
    /// @throws JournalCorrupt when one is missing: what was given is not the whole ledger
    public boolean next(Sink sink) throws IOException {
        FrameCursor reading = cursor;
        if (reading == null) {
            return false;
        }
        Decoded frame = reading.next(lastFrame);
        if (frame == null) {
            if (reading.due() <= lastFrame) {
                throw reading.corrupt("frame %d cannot be read".formatted(reading.due()));
            }
            return false;
        }
        Moves moves = new Moves(frame, sink);
        for (Entry entry : frame.entries()) {
            moves.add(entry);
        }
        return true;
    }

    /// Numbers the moves of one frame.
    private final class Moves {
        private final Instant at;
        private final Sink sink;
        private long seq;

        Moves(Decoded frame, Sink sink) {
            this.at = Instant.ofEpochMilli(frame.timeMillis());
            this.seq = frame.firstSeq();
            this.sink = sink;
        }

        void add(Entry entry) {
            switch (entry) {
                case Hold e -> hold("hold", e.subject(), e.amount());
                case Extend e -> hold("extend", e.subject(), e.amount());
                case Voided e -> back("void", e.subject(), e.held(), null);
                case Post e -> post(e);
                case Credit e -> credit(e);
                case Attempt _, Mark _ -> {}
            }
        }

        private void hold(String kind, Subject subject, long amount) {
            Book book = subject.book();
            String from = book.place(subject.account());
            give(kind, from, book.heldPlace(subject.account()), amount, subject, null);
        }

        private void back(String kind, Subject subject, long amount, @Nullable Post post) {
            Book book = subject.book();
            String to = book.place(subject.account());
            give(kind, book.heldPlace(subject.account()), to, amount, subject, post);
        }

        private void post(Post e) {
            Book book = e.subject().book();
            String held = book.heldPlace(e.subject().account());
            give("post", held, book.income(), e.amount(), e.subject(), e);
            back("release", e.subject(), e.released(), e);
            give("overage", Places.OVERAGE, Places.REVENUE, e.overage(), e.subject(), e);
        }

        private void credit(Credit e) {
            String kind = e.kind().name().toLowerCase(Locale.ROOT);
            String account = e.book().place(e.account());
            String other = e.kind().otherPlace();
            if (e.amount() > 0) {
                give(kind, other, account, e.amount(), null, null);
            } else {
                give(kind, account, other, Math.negateExact(e.amount()), null, null);
            }
        }

        private void give(
                String kind,
                String debit,
                String credit,
                long amount,
                @Nullable Subject subject,
                @Nullable Post post) {
            if (amount > 0) {
                if (seq > after) {
                    sink.move(new Move(seq, at, kind, debit, credit, amount, subject, post));
                }
                seq++;
            }
        }
    }

    @Override
    public void close() throws IOException {
        FrameCursor reading = cursor;
        cursor = null;
        if (reading != null) {
            reading.close();
        }
    }
}
