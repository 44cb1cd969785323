package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tollgate.db.ReadOnlyDatabase;
import tollgate.unit.Money;

/// What a look over the whole ledger found: the journal read from its first frame to its last, and
/// the balances that its moves add up to beside those of the database (I-02).
///
/// @param newest when the last move was written; null when there is none
/// @param problems empty when all is well
public record Inspection(
        int segments, long moves, @Nullable Instant newest, List<String> problems) {
    private static final int PROBLEMS_MAX = 10;

    public Inspection {
        problems = List.copyOf(problems);
    }

    /// Looks over a journal that is being written.
    static Inspection running(Journal journal, ReadOnlyDatabase rows) throws IOException {
        Look look = new Look(journal.disk, Balances.read(rows));
        look.read(journal.lastEntryFrame());
        return look.found();
    }

    /// Looks over a journal that no process has open, and changes nothing: its end is judged as the
    /// next start will judge it.
    ///
    /// @param boot of the machine, as a start would name it
    public static Inspection atRest(Path folder, ReadOnlyDatabase rows, UUID boot)
            throws IOException {
        Disk disk = new Untouched(new FolderDisk(folder));
        Balances balances = Balances.read(rows);
        Look look = new Look(disk, balances);
        try {
            Journal.Start end = new Recovery(disk, boot).run(balances.cursor, (_, _) -> {});
            look.read(end.lastFrame());
        } catch (IOException | JournalCorrupt damaged) {
            look.problem(damaged.getMessage());
        }
        return look.found();
    }

    /// Every place's balance as the database has it, at its cursor.
    private record Balances(LedgerStore.Cursor cursor, Map<String, Long> places) {
        static Balances read(ReadOnlyDatabase rows) {
            return rows.read(tx -> {
                Map<String, Long> places = new HashMap<>(LedgerStore.operatorPlaces(tx));
                for (Purse purse : LedgerStore.purses(tx)) {
                    Purse.Balance balance = purse.balance();
                    Book book = purse.book();
                    places.put(book.place(purse.account()), balance.available().nanos());
                    places.put(book.heldPlace(purse.account()), balance.held().nanos());
                }
                return new Balances(LedgerStore.cursor(tx), places);
            });
        }
    }

    /// One reading of the journal.
    private static final class Look {
        private final Disk disk;
        private final Balances rows;
        private final Map<String, Long> folded = new HashMap<>();
        private final List<String> problems = new ArrayList<>();
        private long lastSeq;
        private @Nullable Instant newest;

        Look(Disk disk, Balances rows) {
            this.disk = disk;
            this.rows = rows;
        }

        void problem(@Nullable String text) {
            if (problems.size() < PROBLEMS_MAX) {
                problems.add(String.valueOf(text));
            }
        }

        void read(long lastFrame) {
            try (Export export = new Export(disk, 0, lastFrame)) {
                while (export.next(this::add)) {
                    // Each frame's moves are added as they come.
                }
                compare();
            } catch (IOException | JournalCorrupt damaged) {
                problem(damaged.getMessage());
            }
        }

        private void add(Export.Move move) {
            if (move.seq() != lastSeq + 1) {
                problem("seq %d (expected: %d)".formatted(move.seq(), lastSeq + 1));
            }
            lastSeq = move.seq();
            newest = move.at();
            if (move.seq() <= rows.cursor.seq()) {
                folded.merge(move.debit(), -move.amount(), Math::addExact);
                folded.merge(move.credit(), move.amount(), Math::addExact);
            }
        }

        private void compare() {
            if (lastSeq < rows.cursor.seq()) {
                problem(
                        "the database has folded seq %d (expected: at most %d, the journal's last)"
                                .formatted(rows.cursor.seq(), lastSeq));
            }
            TreeSet<String> places = new TreeSet<>(rows.places.keySet());
            places.addAll(folded.keySet());
            for (String place : places) {
                long found = rows.places.getOrDefault(place, 0L);
                long expected = folded.getOrDefault(place, 0L);
                if (found != expected) {
                    problem(
                            "%s holds %s in the database (expected: %s, the fold of the journal)"
                                    .formatted(place, new Money(found), new Money(expected)));
                }
            }
        }

        Inspection found() throws IOException {
            return new Inspection(disk.segments().size(), lastSeq, newest, problems);
        }
    }

    /// A disk that a reader cannot change: what [Recovery] would mend stays as it is.
    private record Untouched(Disk disk) implements Disk {
        @Override
        public List<Long> segments() throws IOException {
            return disk.segments();
        }

        @Override
        public SegmentFile prepare(long number, long size) throws IOException {
            throw new IOException("segment %d: nothing is written here".formatted(number));
        }

        @Override
        public SegmentFile open(long number) throws IOException {
            return new UntouchedFile(disk.open(number));
        }

        @Override
        public void compress(long number) {}

        @Override
        public boolean isCompressed(long number) {
            return disk.isCompressed(number);
        }

        @Override
        public void delete(long number) {}

        @Override
        public void copy(long number, Path into) throws IOException {
            disk.copy(number, into);
        }
    }

    private record UntouchedFile(Disk.SegmentFile file) implements Disk.SegmentFile {
        @Override
        public void write(ByteBuffer bytes, long position) {}

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void sync() {}

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
