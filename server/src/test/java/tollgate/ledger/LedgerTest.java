package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.fault.GatewayException;
import tollgate.ledger.SpendLimit.Window;

/// Starts, ends and what lies between them.
class LedgerTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
        world.grant(1_000);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    private void has(long available, long held) {
        assertThat(world.available()).isEqualTo(available);
        assertThat(world.held()).isEqualTo(held);
    }

    private String kinds() {
        StringBuilder kinds = new StringBuilder();
        world.moves()
                .forEach(move ->
                        kinds.append(move.kind()).append(' ').append(move.amount()).append(' '));
        return kinds.toString().strip();
    }

    // ---------------------------------------------------------------- orderly

    @Test
    void memoryAfterARestartIsMemoryBeforeIt() throws IOException {
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        world.done(world.lane.release(world.hold(50), Records.ending(Outcome.CALLER_GONE)));
        List<Export.Move> before = world.moves();
        world.restart();

        has(970, 0);
        assertThat(world.moves()).isEqualTo(before);
        world.fold();
        world.restart();
        has(970, 0);
        assertThat(world.moves()).isEqualTo(before);
    }

    @Test
    void holdsGetNewNumbersAfterEachStart() throws IOException {
        long last = world.hold(10).subject().hold();
        world.kill();
        assertThat(world.hold(10).subject().hold()).isEqualTo(last + 1);
        world.fold();
        world.kill();
        assertThat(world.hold(10).subject().hold()).isEqualTo(last + 2);
        world.restart();
        assertThat(world.hold(10).subject().hold()).isEqualTo(last + 3);
    }

    @Test
    void whatKeysSpentIsKnownAfterEachStart() throws IOException {
        SpendLimit limit = new SpendLimit(100, Window.TOTAL);
        OpenHold hold = world.done(world.lane.hold(world.request(60, Records.WHOLE, limit, null)));
        world.done(world.lane.post(hold, Records.cost(40)));
        assertThat(world.ledger.spendable(world.purse(), World.KEY, limit)).isEqualTo(60);
        world.kill();
        assertThat(world.ledger.spendable(world.purse(), World.KEY, limit)).isEqualTo(60);
        world.fold();
        world.restart();
        assertThat(world.ledger.spendable(world.purse(), World.KEY, limit)).isEqualTo(60);
        assertThat(world.ledger.spendable(world.purse(), World.KEY, null)).isEqualTo(960);
        assertThat(world.ledger.spendable(world.purse(), World.KEY + 1, limit)).isEqualTo(100);
    }

    @Test
    void booksDoNotMix() {
        Entry.Credit test =
                new Entry.Credit(Entry.Kind.GRANT, World.ACCOUNT, Book.TEST, 500, "test");
        world.whileSyncing(() -> world.ledger.creditOnce(test));
        Purse purse = world.ledger.purse(World.ACCOUNT, Book.TEST);
        HoldRequest of = world.request(100);
        OpenHold hold =
                world.done(
                        world.lane.hold(
                                new HoldRequest(
                                        purse,
                                        of.key(),
                                        of.request(),
                                        of.model(),
                                        1,
                                        of.context(),
                                        100,
                                        null,
                                        null)));
        world.done(world.lane.post(hold, Records.cost(30)));

        has(1_000, 0);
        assertThat(purse.balance().available().nanos()).isEqualTo(470);
        assertThat(world.moves(2))
                .extracting(Export.Move::toString)
                .containsExactly(
                        "3 hold test:7 -> test-held:7 0.0000001",
                        "4 post test-held:7 -> operator:promo 0.00000003",
                        "5 release test-held:7 -> test:7 0.00000007");
    }

    @Test
    void anAccountThatNeverHadMoneyHasAnEmptyPurse() {
        Purse purse = world.ledger.purse(99, Book.LIVE);

        assertThat(purse.balance().available().nanos()).isZero();
        assertThat(world.ledger.purse(99, Book.LIVE)).isSameAs(purse);
    }

    // ---------------------------------------------------------------- S10, S11, S12

    @Test
    void s10AHoldWithoutMarkIsVoidedAfterAKill() throws IOException {
        world.hold(100);
        world.kill();

        has(1_000, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 void 100");
        world.fold();
        ClosedCall row = world.rows.getLast();
        assertThat(row.resolution().ending().outcome()).isEqualTo(Outcome.GATEWAY_DIED);
        assertThat(row.resolution().ending().attempt()).isEqualTo(1);
        assertThat(world.steps).endsWith(Step.VOID);
    }

    @Test
    void s11TheLastMarkIsChargedAfterAKill() throws IOException {
        OpenHold hold = world.stream(100);
        world.done(world.lane.mark(hold, Usage.of(5, 1), 10));
        world.done(world.lane.attempt(hold, 2, new Lane.Route("p", "m"), new Entry.Try(500, 7)));
        world.done(world.lane.mark(hold, Usage.of(5, 9), 45));
        world.pass(Duration.ofSeconds(3));
        world.kill();

        has(955, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 45 release 55");
        Entry.Post post = (Entry.Post) last();
        assertThat(post.usage()).isEqualTo(Usage.of(5, 9));
        assertThat(post.source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(post.ending().outcome()).isEqualTo(Outcome.GATEWAY_DIED);
        assertThat(post.ending().attempt()).isEqualTo(2);
        assertThat(post.ending().latencyMillis()).isBetween(3_000L, 3_100L);
        assertThat(post.ending().firstTokenMillis()).isEqualTo(-1);
        assertThat(post.overage()).isZero();
        assertThat(world.steps).endsWith(Step.POST);
    }

    private Entry last() throws IOException {
        return HandJournal.recover(world.disk.killed(), world.boot).entries().getLast();
    }

    @Test
    void s11WhatWasExtendedComesBackToo() throws IOException {
        OpenHold hold = world.stream(100);
        world.done(world.lane.extend(hold, 200));
        world.done(world.lane.mark(hold, Usage.of(5, 9), 250));
        world.kill();

        has(750, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 extend 200 post 250 release 50");
    }

    @Test
    void s11AFreeModelIsPostedAtNothing() throws IOException {
        OpenHold hold = world.stream(0);
        world.done(world.lane.mark(hold, Usage.of(5, 9), 0));
        world.kill();

        has(1_000, 0);
        assertThat(last()).isInstanceOf(Entry.Post.class);
        assertThat(world.steps).endsWith(Step.POST);
    }

    @Test
    void s12AfterThePostThereIsNothingToDo() throws IOException {
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        List<Export.Move> before = world.moves();
        world.kill();

        has(970, 0);
        assertThat(world.moves()).isEqualTo(before);
    }

    @Test
    void aClockThatWasSetBackMakesNoNegativeLatency() throws IOException {
        world.hold(100);
        world.millis.addAndGet(-10_000);
        world.kill();

        assertThat(((Entry.Voided) last()).ending().latencyMillis()).isZero();
    }

    @Test
    void whatAKeySpentInAnOrphanCountsForItsBudget() throws IOException {
        SpendLimit limit = new SpendLimit(100, Window.TOTAL);
        OpenHold hold = world.done(world.lane.hold(world.request(60, Records.STREAM, limit, null)));
        world.done(world.lane.mark(hold, Usage.of(5, 9), 45));
        world.kill();

        assertThat(world.ledger.spendable(world.purse(), World.KEY, limit)).isEqualTo(55);
        world.fold();
        world.restart();
        assertThat(world.ledger.spendable(world.purse(), World.KEY, limit)).isEqualTo(55);
    }

    @Test
    void orphansAreTheSameWhetherFoldedOrNot() throws IOException {
        for (int folds = 0; folds < 3; folds++) {
            OpenHold marked = world.stream(100);
            world.done(
                    world.lane.attempt(marked, 2, new Lane.Route("p", "m"), new Entry.Try(1, 1)));
            if (folds > 0) {
                world.fold();
            }
            world.done(world.lane.extend(marked, 20));
            if (folds > 1) {
                world.fold();
            }
            world.done(world.lane.mark(marked, Usage.of(5, 9), 110));
            world.hold(70);
            long before = world.available() + world.held();
            world.kill();
            has(before - 110, 0);
            assertThat(world.ledger.openHolds()).isZero();
        }
    }

    /// The reconciler dies too, after each of its records in turn (I-36).
    @Test
    void i36AKillInsideTheReconcilerIsHarmless() throws IOException {
        for (int i = 0; i < 5; i++) {
            OpenHold hold = world.stream(100);
            if (i % 2 == 0) {
                world.done(world.lane.mark(hold, Usage.of(5, i), 10 + i));
            }
        }
        World.Left left = world.left();
        world.startOn(left.again());
        List<Export.Move> expected = world.moves();
        has(964, 0);
        int records = world.disk.writes().size();
        for (int writes = 1; writes < records; writes++) {
            FaultyDisk again = left.disk().killed();
            int[] until = {writes};
            again.failWrites((_, _, _) -> until[0]-- > 0 ? FaultyDisk.WHOLE : 10);
            try {
                world.startOn(left.with(again));
            } catch (IOException stopped) {
                world.startOn(world.left());
            }
            has(964, 0);
            assertThat(world.moves())
                    .extracting(Export.Move::amount)
                    .containsExactlyInAnyOrderElementsOf(
                            expected.stream().map(Export.Move::amount).toList());
            world.disk.heal();
            world.restart();
            has(964, 0);
        }
    }

    @Test
    void aStartThatCannotWriteFailsAndTheNextOneGoesOn() throws IOException {
        world.hold(100);
        World.Left left = world.left();
        left.disk().failWrites((_, position, _) -> position == 0 ? FaultyDisk.WHOLE : 5);
        assertThatThrownBy(() -> world.startOn(left))
                .isInstanceOf(IOException.class)
                .hasMessage("the journal refuses to be written at a start");
        world.startOn(world.left());

        has(1_000, 0);
    }

    // ---------------------------------------------------------------- power cuts

    @Test
    void i33WhatWasSyncedSurvivesAPowerCut() throws IOException {
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        world.sync();
        world.done(world.lane.post(world.hold(100), Records.cost(50)));
        FaultyDisk cut = world.disk.afterPowerCut(new SplittableRandom(4));
        world.boot = HandJournal.OTHER_BOOT;
        world.startOn(world.left().with(cut));

        assertThat(world.available()).isIn(920L, 970L);
        assertThat(world.held()).isZero();
        assertThat(world.moves()).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void i33AKillAtAnyTimeOfRandomCallsLosesNothing() throws IOException {
        SplittableRandom random = new SplittableRandom(21);
        long spent = 0;
        for (int round = 0; round < Records.count(12, 200); round++) {
            List<Long> marks = new ArrayList<>();
            int calls = random.nextInt(30);
            for (int i = 0; i < calls; i++) {
                OpenHold hold = world.stream(10);
                long mark = random.nextInt(11);
                if (random.nextBoolean()) {
                    world.done(world.lane.mark(hold, Usage.of(1, 1), mark));
                } else {
                    mark = 0;
                }
                if (random.nextInt(4) > 0) {
                    long cost = random.nextInt(3);
                    world.done(world.lane.post(hold, Records.cost(cost)));
                    spent += cost;
                } else {
                    marks.add(mark); // left open
                }
                if (random.nextInt(10) == 0) {
                    world.fold();
                }
            }
            spent += marks.stream().mapToLong(Long::longValue).sum();
            world.kill();
            has(1_000 - spent, 0);
            if (world.available() < 400) {
                world.grant(1_000);
                spent -= 1_000;
            }
        }
    }

    // ---------------------------------------------------------------- limits of the database

    @Test
    void i38HoldsAreRefusedOnceTheFoldIsTooFarBehind() throws IOException {
        world.close();
        world =
                new World(
                        folder,
                        JournalSettings.DEFAULT.withSegmentBytes(1 << 20).withUnfoldedMax(20));
        world.grant(1_000);
        OpenHold hold = world.stream(10);
        while (world.ledger.unfolded() < 20) {
            world.done(world.lane.mark(hold, Usage.NONE, 1));
        }
        world.hold(1);
        assertThat(world.ledger.unfolded()).isEqualTo(21);
        assertThat(world.failure(world.lane.hold(world.request(1))))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault().toString())
                                        .contains("the database cannot keep up"));
        assertThat(world.failure(world.lane.extend(hold, 1))).isNotNull();
        assertThat(world.ledger.isHealthy()).isFalse();
        assertThat(world.done(world.lane.post(hold, Records.cost(3)))).isEqualTo(3);

        world.fold();
        assertThat(world.ledger.unfolded()).isZero();
        assertThat(world.ledger.isHealthy()).isTrue();
        assertThat(world.hold(1).held()).isEqualTo(1);
        assertThat(JournalSettings.DEFAULT.unfoldedMax()).isEqualTo(1_000_000);
    }

    // ---------------------------------------------------------------- threads

    @Test
    void theRealThreadsDoTheSame() throws Exception {
        try (Ledger real = Ledger.open(partsWithRealClock(), world.disk.killed())) {
            Lane lane = real.lane(Runnable::run, (_, _) -> {});
            HoldRequest of = world.request(100);
            Future<OpenHold> hold =
                    lane.hold(
                            new HoldRequest(
                                    real.purse(World.ACCOUNT, Book.LIVE),
                                    of.key(),
                                    of.request(),
                                    of.model(),
                                    1,
                                    of.context(),
                                    100,
                                    null,
                                    null));
            assertThat(lane.post(hold.result(), Records.cost(30)).result()).isEqualTo(30);
            real.creditOnce(Records.grant(World.ACCOUNT, 30, "again"));
            real.folded().get(30, java.util.concurrent.TimeUnit.SECONDS);

            assertThat(real.foldedHold()).isEqualTo(1);
            assertThat(world.database.read(LedgerStore::purses))
                    .extracting(Purse::balance)
                    .containsExactly(real.purse(World.ACCOUNT, Book.LIVE).balance());
            assertThat(real.unfolded()).isZero();
            assertThat(real.isHealthy()).isTrue();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("tollgate-journal", "tollgate-fold", "tollgate-check");
    }

    private Ledger.Parts partsWithRealClock() {
        Ledger.Parts of = world.parts();
        return new Ledger.Parts(
                of.folder(),
                of.settings(),
                of.database(),
                of.projections(),
                of.clock(),
                System::nanoTime,
                of.boot(),
                of.steps(),
                of.trouble(),
                Duration.ofMillis(50));
    }

    @Test
    void aBrokenCompressedSegmentMakesTheLedgerUnhealthyAndIsReported() throws Exception {
        for (int i = 0; i < 3; i++) {
            world.grant(1);
            world.ledger.journal().wantRoll();
            world.sync();
            world.sync();
        }
        world.fold();
        FaultyDisk damaged = world.disk.killed();
        damaged.compress(1);
        damaged.flip(1, 8 * 140);
        try (Ledger real = Ledger.open(partsWithRealClock(), damaged)) {
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (real.isHealthy() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(real.isHealthy()).isFalse();
        }
        assertThat(world.troubles)
                .extracting(Exception::getMessage)
                .anyMatch(text -> text.startsWith("journal segment 00000001, offset "));
    }
}
