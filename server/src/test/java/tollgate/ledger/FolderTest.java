package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.db.Database;
import tollgate.ledger.SpendLimit.Window;

/// JOURNAL 11: the database follows the journal, and never decides.
class FolderTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    // ---------------------------------------------------------------- an independent fold

    /// What the export adds up to: every place, whatever it is.
    private Map<String, Long> exported() {
        Map<String, Long> places = new TreeMap<>();
        for (Export.Move move : world.moves()) {
            places.merge(move.debit(), -move.amount(), Long::sum);
            places.merge(move.credit(), move.amount(), Long::sum);
        }
        places.values().removeIf(amount -> amount == 0);
        return places;
    }

    /// What the database says of the same places.
    private Map<String, Long> projected() {
        Map<String, Long> places = new TreeMap<>(world.database.read(LedgerStore::operatorPlaces));
        for (Purse purse : world.database.read(LedgerStore::purses)) {
            places.put(purse.book().place(purse.account()), purse.balance().available().nanos());
            places.put(purse.book().heldPlace(purse.account()), purse.balance().held().nanos());
        }
        places.values().removeIf(amount -> amount == 0);
        return places;
    }

    private void databaseIsTheExport() {
        assertThat(projected()).isEqualTo(exported());
        assertThat(projected().values().stream().mapToLong(Long::longValue).sum())
                .as("i01: money is neither made nor lost")
                .isZero();
        LedgerStore.Cursor cursor = world.database.read(LedgerStore::cursor);
        List<Export.Move> moves = world.moves();
        assertThat(cursor.seq()).isEqualTo(moves.isEmpty() ? 0 : moves.getLast().seq());
    }

    /// Random calls of three accounts in two books, with everything that can happen to one.
    private final class Histories {
        private final SplittableRandom random;
        private final List<OpenHold> open = new ArrayList<>();
        private int rows;

        Histories(long seed) {
            random = new SplittableRandom(seed);
            for (long account = 1; account <= 3; account++) {
                for (Book book : Book.values()) {
                    Entry.Credit grant =
                            new Entry.Credit(
                                    Entry.Kind.GRANT,
                                    account,
                                    book,
                                    100_000,
                                    "grant:" + seed + book + account);
                    world.whileSyncing(() -> world.ledger.creditOnce(grant));
                }
            }
        }

        private Purse purse() {
            return world.ledger.purse(
                    1 + random.nextInt(3), random.nextBoolean() ? Book.LIVE : Book.TEST);
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> hold();
                case 3 -> {
                    if (!open.isEmpty()) {
                        OpenHold hold = open.get(random.nextInt(open.size()));
                        Future<Void> _ = world.lane.extend(hold, random.nextInt(50));
                        Future<Void> _ = world.lane.mark(hold, Usage.of(1, 1), random.nextInt(100));
                    }
                }
                case 4 -> {
                    if (!open.isEmpty()) {
                        Future<Void> _ =
                                world.lane.attempt(
                                        open.get(random.nextInt(open.size())),
                                        2,
                                        new Lane.Route("p", "m"),
                                        new Entry.Try(500, 1));
                    }
                }
                default -> end();
            }
            if (random.nextInt(3) == 0) {
                world.endTurn();
            }
            if (random.nextInt(20) == 0) {
                world.fold();
            }
        }

        private void hold() {
            HoldRequest of = world.request(random.nextInt(300));
            OpenHold hold =
                    world.done(
                            world.lane.hold(
                                    new HoldRequest(
                                            purse(),
                                            1 + random.nextInt(4),
                                            of.request(),
                                            of.model(),
                                            1,
                                            random.nextBoolean() ? Records.WHOLE : Records.STREAM,
                                            of.amount(),
                                            null,
                                            null)));
            open.add(hold);
        }

        private void end() {
            if (open.isEmpty()) {
                return;
            }
            OpenHold hold = open.remove(random.nextInt(open.size()));
            rows++;
            if (random.nextInt(3) == 0) {
                Future<Long> _ = world.lane.release(hold, Records.ending(Outcome.PROVIDER_FAILED));
            } else {
                Future<Long> _ = world.lane.post(hold, Records.cost(random.nextInt(400)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void i02TheDatabaseIsTheFoldOfTheExportAfterAnyHistory(long seed) throws IOException {
        Histories histories = new Histories(seed);
        int steps = Records.count(300, 20_000);
        for (int i = 0; i < steps; i++) {
            histories.step();
            if (i % 100 == 99) {
                world.endTurn();
                world.fold();
                databaseIsTheExport();
            }
        }
        assertThat(world.rows).hasSize(histories.rows);
        world.kill();
        world.fold();
        databaseIsTheExport();
        assertThat(world.rows).hasSize(histories.rows + histories.open.size());
        for (long account = 1; account <= 3; account++) {
            assertThat(world.ledger.purse(account, Book.LIVE).balance().held().nanos()).isZero();
        }
    }

    @Test
    void whatKeysSpentIsFoldedByDayMonthAndForEver() {
        world.millis.set(java.time.Instant.parse("2026-11-29T10:00:00Z").toEpochMilli());
        world.grant(100_000);
        Map<Window, Long> expected = new HashMap<>();
        for (int day = 0; day < 4; day++) {
            for (int i = 0; i < 3; i++) {
                world.done(world.lane.post(world.hold(100), Records.cost(10 + day)));
                if (i == day) {
                    world.fold();
                }
            }
            world.fold();
            expected.put(Window.DAY, 3L * (10 + day));
            expected.merge(Window.TOTAL, 3L * (10 + day), Long::sum);
            expected.merge(Window.MONTH, 3L * (10 + day), Long::sum);
            if (day == 2) {
                expected.put(Window.MONTH, 36L); // the first of December
            }
            KeySpend stored =
                    Objects.requireNonNull(
                            world.database.read(LedgerStore::keySpends).get(World.KEY));
            for (Window window : Window.values()) {
                long limit = 100_000;
                assertThat(
                                limit
                                        - stored.left(
                                                new SpendLimit(limit, window),
                                                Period.at(world.millis.get())))
                        .as("%s on day %d", window, day)
                        .isEqualTo(expected.get(window));
            }
            world.pass(Duration.ofDays(1));
        }
    }

    @Test
    void aClockThatIsSetBackFoldsLikeMemory() throws IOException {
        world.grant(100_000);
        for (int step : new int[] {0, 3, -2, 5, -40}) {
            world.millis.addAndGet(Duration.ofDays(step).toMillis());
            world.done(world.lane.post(world.hold(100), Records.cost(10)));
            if (step != 3) {
                world.fold();
            }
        }
        Map<Window, Long> before = left();
        world.restart();
        assertThat(left()).isEqualTo(before);
    }

    private Map<Window, Long> left() {
        Map<Window, Long> left = new HashMap<>();
        for (Window window : Window.values()) {
            left.put(
                    window,
                    world.ledger.spendable(
                            world.purse(), World.KEY, new SpendLimit(1_000, window)));
        }
        return left;
    }

    // ---------------------------------------------------------------- rule 11

    @Test
    void rule11OnlyWhatIsOnDiskIsFolded() {
        world.grant(1_000);
        world.fold();
        long folded = world.database.read(LedgerStore::cursor).frame();
        world.hold(10);
        world.ledger.folder().foldNow();
        assertThat(world.database.read(LedgerStore::cursor).frame()).isEqualTo(folded);
        world.fold();
        assertThat(world.database.read(LedgerStore::cursor).frame()).isGreaterThan(folded);
        assertThat(world.troubles).isEmpty();
    }

    /// What a power cut takes may be decided again, otherwise: the database must not know it.
    @Test
    void rule11APowerCutNeverLeavesTheDatabaseAheadOfTheJournal() throws IOException {
        for (int seed = 0; seed < Records.count(10, 100); seed++) {
            world.close();
            world = new World(folder);
            world.boot = new java.util.UUID(seed, 1);
            Histories histories = new Histories(seed);
            for (int i = 0; i < 60; i++) {
                histories.step();
                if (i % 7 == 0) {
                    world.endTurn();
                    world.ledger.folder().foldNow();
                }
            }
            FaultyDisk cut = world.disk.afterPowerCut(new SplittableRandom(seed));
            world.boot = HandJournal.OTHER_BOOT;
            world.startOn(world.left().with(cut));
            world.fold();
            databaseIsTheExport();
        }
    }

    @Test
    void rule11AllProjectionsAndTheCursorAreOneTransaction() {
        world.grant(1_000);
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        world.failProjectionsOnce();
        world.fold();
        assertThat(world.troubles).hasSize(1);
        assertThat(projected()).isEmpty();
        assertThat(world.database.read(LedgerStore::cursor)).isEqualTo(LedgerStore.Cursor.NONE);
        assertThat(world.rows).isEmpty();

        world.ledger.folder().foldNow();
        databaseIsTheExport();
        assertThat(world.rows).hasSize(1);
    }

    @Test
    void aFailedTransactionStartsOverFromTheDatabase() throws IOException {
        world.grant(1_000);
        OpenHold hold = world.stream(100);
        world.fold();
        world.done(world.lane.extend(hold, 50));
        world.done(world.lane.mark(hold, Usage.of(1, 2), 20));
        world.failProjectionsOnce();
        OpenHold other = world.hold(10);
        world.done(world.lane.post(other, Records.cost(1)));
        world.fold();
        assertThat(world.troubles).hasSize(1);
        world.ledger.folder().foldNow();
        databaseIsTheExport();
        world.kill();

        assertThat(world.held()).isZero();
        assertThat(world.available()).isEqualTo(1_000 - 20 - 1);
        world.fold();
        databaseIsTheExport();
    }

    /// While the database is away nothing can be read either: memory must not be trusted then.
    @Test
    void whatCouldNotBeStartedOverIsNotFoldedTwice() throws IOException {
        world.grant(1_000);
        OpenHold hold = world.stream(100);
        world.fold();
        world.done(world.lane.extend(hold, 50));
        world.done(world.lane.post(world.hold(10), Records.cost(1)));
        world.sync();
        world.outage(() -> {
            for (int i = 0; i < 3; i++) {
                world.ledger.folder().foldNow();
            }
        });
        assertThat(world.troubles).hasSize(3);
        world.ledger.folder().foldNow();
        databaseIsTheExport();
        OpenCall call =
                Objects.requireNonNull(
                        world.database.read(LedgerStore::openCalls).get(hold.subject().hold()));
        assertThat(call.held()).isEqualTo(150);
        world.kill();
        assertThat(world.held()).isZero();
        assertThat(world.available()).isEqualTo(999);
    }

    /// The commit succeeded, and its answer was lost.
    @Test
    void aCommitThatWasNotHeardOfCounts() {
        world.grant(1_000);
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        world.sync();
        world.failProjectionsOnce();
        world.ledger.folder().foldNow();
        assertThat(world.troubles).hasSize(1);
        assertThat(world.ledger.unfolded()).isEqualTo(3);
        Folder other =
                new Folder(
                        new Folder.FoldTarget(world.database, List.of(), Duration.ofHours(1)),
                        world.ledger.journal(),
                        LedgerStore.Cursor.NONE,
                        new HashMap<>(),
                        world.troubles::add,
                        (_, _) -> {});
        other.foldNow();
        databaseIsTheExport();

        world.ledger.folder().foldNow();
        databaseIsTheExport();
        assertThat(world.ledger.unfolded()).isZero();
        assertThat(world.ledger.folded()).isCompleted();
        assertThat(world.troubles).hasSize(1);
    }

    @Test
    void aFrameThatCannotBeReadBackIsReportedAndTriedAgain() throws IOException {
        world.grant(1_000);
        world.sync();
        world.disk.flip(1, 8 * 100);
        world.ledger.folder().foldNow();
        world.ledger.folder().foldNow();
        assertThat(world.troubles)
                .hasSize(2)
                .extracting(Exception::getMessage)
                .allMatch(text -> text.contains("frame 1 cannot be read back"));
        world.disk.flip(1, 8 * 100);
        world.ledger.folder().foldNow();

        databaseIsTheExport();
        assertThat(world.ledger.unfolded()).isZero();
    }

    @Test
    void aBacklogTakesSeveralTransactions() throws IOException {
        world.close();
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(16 << 20));
        world.grant(1_000);
        OpenHold hold = world.stream(100);
        int marks = Folder.BATCH_ENTRIES_MAX + 5_000;
        for (int i = 0; i < marks; i++) {
            Future<Void> _ = world.lane.mark(hold, Usage.of(1, i), 1);
            if (i % 5_000 == 0) {
                world.endTurn();
            }
        }
        world.endTurn();
        world.fold();

        assertThat(world.ledger.unfolded()).isZero();
        assertThat(world.ledger.folder().records()).isEqualTo(marks + 2L);
        databaseIsTheExport();
        world.kill();
        assertThat(world.available()).isEqualTo(999);
    }

    // ---------------------------------------------------------------- who waits for it

    @Test
    void whoWaitsIsToldOnceAllThatWasWrittenIsFolded() {
        assertThat(world.ledger.folded()).isCompleted();
        world.grant(1_000);
        world.fold();
        world.hold(10);
        CompletableFuture<Void> waiting = world.ledger.folded();
        assertThat(waiting).isNotDone();
        world.ledger.folder().foldNow();
        assertThat(waiting).isNotDone();
        world.fold();

        assertThat(waiting).isCompleted();
        assertThat(world.ledger.folded()).isCompleted();
        assertThat(world.ledger.folder().foldedFrame()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void nobodyWaitsForAMark() {
        world.grant(1_000);
        world.fold();
        world.sync();
        world.sync(); // the mark is written, not folded

        assertThat(world.ledger.folded()).isCompleted();
    }

    @Test
    void theEndFoldsWhatIsOnDiskAndTellsThoseWhoStillWait() throws Exception {
        world.grant(1_000);
        world.hold(10);
        CompletableFuture<Void> waiting = world.ledger.folded();
        world.ledger.folder().close();

        assertThatThrownBy(waiting::join).hasRootCauseMessage("the ledger is closed");
        world.sync();
        world.ledger.folder().foldNow();
        databaseIsTheExport();
    }

    @Test
    void theThreadFoldsByItselfAndInHasteWhenSomebodyWaits() throws Exception {
        world.grant(1_000);
        world.hold(10);
        world.ledger.folder().start(); // looks once an hour
        CompletableFuture<Void> waiting = world.ledger.folded();
        world.sync();
        waiting.get(30, java.util.concurrent.TimeUnit.SECONDS);

        world.ledger.folder().close();
        databaseIsTheExport();
    }

    // ---------------------------------------------------------------- rows

    @Test
    void aRowTellsTheWholeCall() {
        world.grant(1_000);
        long at = world.millis.get();
        OpenHold hold = world.stream(100);
        world.fold();
        Entry.Try first = new Entry.Try(500, 12);
        world.done(world.lane.attempt(hold, 2, new Lane.Route("second", "m2"), first));
        world.fold();
        world.done(world.lane.post(hold, Records.cost(30)));
        world.fold();

        assertThat(world.rows).hasSize(1);
        ClosedCall row = world.rows.getFirst();
        assertThat(row.atMillis()).isBetween(at, at + 1_000);
        assertThat(row.hold().subject()).isEqualTo(hold.subject());
        assertThat(row.hold().context()).isEqualTo(Records.STREAM);
        assertThat(row.attempts()).containsExactly(new Entry.Attempt(1, 2, "second", "m2", first));
        assertThat(row.resolution()).isInstanceOf(Entry.Post.class);
        assertThat(world.database.read(LedgerStore::openCalls)).isEmpty();
    }

    @Test
    void aRowOfAnOpenCallComesBackAsItWas() {
        OpenCall call = new OpenCall(Records.hold(5, 7, 100), 1_234);
        call.add(new Entry.Attempt(5, 2, "p", "m", new Entry.Try(500, 1)));
        call.add(new Entry.Attempt(5, 3, "p2", "m", new Entry.Try(0, 9)));
        call.add(new Entry.Extend(Records.subject(5, 7), 50));
        call.add(new Entry.Extend(Records.subject(5, 7), 25));
        call.add(new Entry.Mark(5, Usage.of(1, 1), 10));
        call.add(new Entry.Mark(5, Usage.of(1, 9), 40));
        OpenCall back = OpenCall.fromBytes(call.toBytes(), call.atMillis());

        assertThat(back.hold()).isEqualTo(call.hold());
        assertThat(back.atMillis()).isEqualTo(1_234);
        assertThat(back.held()).isEqualTo(175);
        assertThat(back.attempts()).isEqualTo(call.attempts());
        assertThat(back.orphaned(2_000)).isEqualTo(call.orphaned(2_000));
        assertThat(call.isStored()).isFalse();
        assertThat(back.isStored()).isTrue();
        assertThat(OpenCall.fromBytes(back.toBytes(), 0).orphaned(9))
                .isEqualTo(back.orphaned(9 + 1_234));
    }

    @Test
    void aRowThatIsNoneIsRefused() {
        assertThatThrownBy(() -> OpenCall.fromBytes(new byte[0], 0))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("open_hold: a row without its hold");
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(2_000);
        EntryCodec codec = new EntryCodec(new Names());
        codec.write(bytes, Records.hold(1, 2, 3));
        codec.write(bytes, Records.grant(1, 2, "c"));
        byte[] row = new byte[bytes.position()];
        bytes.flip().get(row);
        assertThatThrownBy(() -> OpenCall.fromBytes(row, 0))
                .hasMessage("open_hold: a row with a foreign record");
    }

    @Test
    void whatNoWriterOfOursWritesIsRefused() {
        FoldBatch batch = new FoldBatch(new HashMap<>());
        Entry.Hold hold = Records.hold(1, 2, 3);
        assertThatThrownBy(() -> batch.add(new Entry.Mark(1, Usage.NONE, 0), 0))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("hold 1 is not open");
        batch.add(hold, 0);
        batch.add(Records.post(hold, 1), 0);
        assertThatThrownBy(() -> batch.add(Records.voided(hold), 0))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("hold 1 is resolved twice");
    }

    // ---------------------------------------------------------------- rule 14

    @Test
    void rule14FoldedSegmentsAreCompressedAndStillReadable() throws IOException {
        world.close();
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(64 * 1024));
        world.grant(1_000_000);
        for (int i = 0; i < 1_500; i++) {
            world.done(world.lane.post(world.hold(10), Records.cost(3)));
            if (i % 20 == 0) {
                world.sync();
            }
        }
        List<Export.Move> before = world.moves();
        for (int i = 0; i < 20; i++) {
            world.hold(1);
            world.fold();
        }
        List<Long> packed =
                world.disk.segments().stream().filter(world.disk::isCompressed).toList();

        assertThat(packed).hasSizeGreaterThan(3).startsWith(1L, 2L, 3L);
        assertThat(packed).doesNotContain(world.ledger.journal().segment());
        assertThat(world.moves()).startsWith(before.toArray(Export.Move[]::new));
        databaseIsTheExport();
        world.restart();
        world.fold();
        databaseIsTheExport();
    }

    @Test
    void aDatabaseThatIsAwayDelaysNothingButItself() {
        world.grant(1_000);
        world.sync();
        Database open = world.database;
        assertThat(open).isNotNull();
        world.outage(() -> {
            world.ledger.folder().foldNow();
            assertThat(world.done(world.lane.post(world.hold(100), Records.cost(30))))
                    .isEqualTo(30);
            world.sync();
            world.ledger.folder().foldNow();
        });
        assertThat(world.troubles).hasSize(2);
        world.ledger.folder().foldNow();
        databaseIsTheExport();
    }
}
