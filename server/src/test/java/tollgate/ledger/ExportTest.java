package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Kind;
import tollgate.unit.RequestId;

class ExportTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(64 * 1024));
        world.grant(1_000_000);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    private void calls(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            OpenHold hold = world.hold(random.nextInt(30));
            if (random.nextInt(3) == 0) {
                Future<Void> _ = world.lane.extend(hold, random.nextInt(9));
            }
            Future<Long> _ =
                    random.nextInt(4) == 0
                            ? world.lane.release(hold, Records.ending(Outcome.CALLER_GONE))
                            : world.lane.post(hold, Records.cost(random.nextInt(40)));
            world.endTurn();
            if (i % 10 == 0) {
                world.sync();
            }
        }
    }

    // ---------------------------------------------------------------- what a line says

    @Test
    void i09EachLineExplainsItself() {
        long at = world.millis.get();
        OpenHold hold = world.stream(100);
        Future<Void> _ = world.lane.extend(hold, 20);
        Future<Long> _ = world.lane.post(hold, Records.cost(150));
        List<Export.Move> moves = world.moves(1);

        assertThat(moves)
                .extracting(Export.Move::toString)
                .containsExactly(
                        "2 hold account:7 -> held:7 0.0000001",
                        "3 extend account:7 -> held:7 0.00000002",
                        "4 post held:7 -> operator:revenue 0.00000012",
                        "5 overage operator:overage -> operator:revenue 0.00000003");
        for (Export.Move move : moves) {
            assertThat(move.subject()).isEqualTo(hold.subject());
            assertThat(move.at().toEpochMilli()).isBetween(at, at + 1_000);
        }
        assertThat(moves.get(0).post()).isNull();
        assertThat(moves.get(1).post()).isNull();
        Entry.Post post = Objects.requireNonNull(moves.get(2).post());
        assertThat(post.usage()).isEqualTo(Usage.of(3, 4));
        assertThat(moves.get(3).post()).isEqualTo(post);
        assertThat(hold.subject().request()).isEqualTo(new RequestId(9, 1));
    }

    @Test
    void aReleaseKnowsItsPostAndAVoidHasNone() {
        Future<Long> _ = world.lane.post(world.hold(100), Records.cost(30));
        world.endTurn();
        Future<Long> _ =
                world.lane.release(world.hold(50), Records.ending(Outcome.PROVIDER_FAILED));
        List<Export.Move> moves = world.moves(1);

        assertThat(moves)
                .extracting(Export.Move::kind)
                .containsExactly("hold", "post", "release", "hold", "void");
        assertThat(moves.get(2).post()).isNotNull();
        assertThat(moves.get(2).debit()).isEqualTo("held:7");
        assertThat(moves.get(2).credit()).isEqualTo("account:7");
        assertThat(moves.get(4).post()).isNull();
        assertThat(moves.get(4).debit()).isEqualTo("held:7");
    }

    @Test
    void eachKindOfCreditHasItsPlaces() {
        for (Kind kind : Kind.values()) {
            for (long amount : new long[] {5, -5}) {
                Credit credit = new Credit(kind, 9, Book.TEST, amount, kind + ":" + amount);
                assertThat(world.ledger.append(List.of(credit))).isEqualTo(1);
            }
        }

        assertThat(world.moves(1))
                .extracting(Export.Move::toString)
                .containsExactly(
                        "2 grant operator:promo -> test:9 0.000000005",
                        "3 grant test:9 -> operator:promo 0.000000005",
                        "4 payment processor:stripe -> test:9 0.000000005",
                        "5 payment test:9 -> processor:stripe 0.000000005",
                        "6 refund processor:stripe -> test:9 0.000000005",
                        "7 refund test:9 -> processor:stripe 0.000000005",
                        "8 adjustment operator:promo -> test:9 0.000000005",
                        "9 adjustment test:9 -> operator:promo 0.000000005");
    }

    @Test
    void whatMovesNothingIsNotExported() {
        OpenHold free = world.stream(0);
        Future<Void> _ = world.lane.mark(free, Usage.of(1, 1), 0);
        Future<Long> _ = world.lane.post(free, Records.cost(0));
        world.endTurn();

        assertThat(world.moves(1)).isEmpty();
        world.hold(5);
        assertThat(world.moves(1)).extracting(Export.Move::seq).containsExactly(2L);
    }

    // ---------------------------------------------------------------- pages, order, for ever

    /// In the order in which money moved, wherever the clock is set meanwhile.
    @Test
    void i04SeqsHaveNoGapAndNoDoubleWhileTheClockIsStepped() {
        SplittableRandom random = new SplittableRandom(4);
        List<Export.Move> before = world.moves();
        for (int i = 0; i < 20; i++) {
            world.millis.addAndGet(random.nextLong(-900_000_000, 900_000_000));
            calls(20, i);
            List<Export.Move> now = world.moves();
            assertThat(now.subList(0, before.size())).isEqualTo(before);
            before = now;
        }
        List<Export.Move> moves = before;
        assertThat(moves)
                .extracting(Export.Move::at)
                .isNotEqualTo(moves.stream().map(Export.Move::at).sorted().toList());

        assertThat(world.disk.segments()).hasSizeGreaterThan(2);
        for (int i = 0; i < moves.size(); i++) {
            assertThat(moves.get(i).seq()).isEqualTo(i + 1L);
        }
    }

    @Test
    void pagesAreTheWhole() {
        calls(400, 2);
        List<Export.Move> whole = world.moves();
        for (int after = 0; after <= whole.size() + 1; after += 1 + after / 20) {
            assertThat(world.moves(after))
                    .isEqualTo(whole.subList(Math.min(after, whole.size()), whole.size()));
        }
        assertThat(world.moves(-1)).isEqualTo(whole);
        assertThat(world.moves(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void i03WhatWasExportedOnceNeverChanges() throws IOException {
        List<Export.Move> before = List.of();
        for (int round = 0; round < Records.count(12, 60); round++) {
            calls(30, round);
            if (round % 3 == 0) {
                world.fold();
            }
            if (round % 4 == 1) {
                world.disk.failSyncs(1);
            }
            if (round % 5 == 2) {
                world.kill();
            }
            if (round % 5 == 3) {
                world.restart();
            }
            List<Export.Move> now = world.moves();
            assertThat(now.size()).isGreaterThan(before.size());
            assertThat(now.subList(0, before.size())).isEqualTo(before);
            before = now;
        }
    }

    /// What a power cut could take back, and others could be decided in its place.
    @Test
    void i03OnlyWhatIsOnDiskIsExported() throws Exception {
        List<Export.Move> before = world.moves();
        world.hold(10);
        List<Export.Move> unsynced = new ArrayList<>();
        try (Export export = new Export(world.disk, 0, world.ledger.journal().syncedFrame())) {
            while (export.next(unsynced::add)) {}
        }
        assertThat(unsynced).isEqualTo(before);

        List<Export.Move> moves = new ArrayList<>();
        Thread reader = Thread.ofPlatform().start(() -> read(moves));
        awaitWaiting(reader);
        world.sync();
        reader.join();
        assertThat(moves).as("it waited for the disk").hasSize(before.size() + 1);
    }

    private void read(List<Export.Move> moves) {
        try (Export export = world.ledger.export(0)) {
            while (export.next(moves::add)) {}
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Until the thread waits for something; that it ends instead is a failure.
    private static void awaitWaiting(Thread thread) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (thread.getState() != Thread.State.TIMED_WAITING
                && thread.getState() != Thread.State.WAITING) {
            assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void anExportEndsWhereItBegan() throws IOException {
        calls(20, 4);
        List<Export.Move> before = world.moves();
        List<Export.Move> found = new ArrayList<>();
        try (Export export = world.ledger.export(0)) {
            while (export.next(found::add)) {
                if (found.size() == 4) {
                    calls(10, 5);
                    world.sync();
                }
            }
            assertThat(export.next(found::add)).isFalse();
        }

        assertThat(found).isEqualTo(before);
    }

    @Test
    void anExportThatIsClosedGivesNothingMore() throws IOException {
        List<Export.Move> found = new ArrayList<>();
        world.sync();
        Export export = world.ledger.export(0);
        export.close();

        assertThat(export.next(found::add)).isFalse();
        assertThat(found).isEmpty();
    }

    @Test
    void anEmptyLedgerHasAnEmptyExport() throws IOException {
        try (Export export = new Export(new FaultyDisk(), 0, 0)) {
            assertThat(export.next(_ -> {})).isFalse();
        }
    }

    /// Half an export must not look like a whole one.
    @Test
    void aDamagedJournalBreaksTheExportOff() throws IOException {
        calls(100, 6);
        world.sync();
        world.disk.flip(1, 8 * 5_000);
        List<Export.Move> found = new ArrayList<>();
        try (Export export = world.ledger.export(0)) {
            assertThatThrownBy(
                            () -> {
                                while (export.next(found::add)) {}
                            })
                    .isInstanceOf(JournalCorrupt.class)
                    .hasMessageContaining("journal segment 00000001, offset ");
        }
        assertThat(found).isNotEmpty();
    }

    @Test
    void rule12TheExportReadsCompressedSegments() throws IOException {
        calls(800, 7);
        List<Export.Move> before = world.moves();
        world.disk.compress(1);
        world.disk.compress(2);

        assertThat(world.moves()).isEqualTo(before);
        assertThat(world.moves(900)).isEqualTo(before.subList(900, before.size()));
    }
}
