package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.SpendLimit.Window;
import tollgate.unit.Money;

class LaneTest {
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

    private List<Entry> written() {
        try {
            return HandJournal.recover(world.disk.killed(), world.boot).entries();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void isUnavailable(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.Unavailable.class));
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

    // ---------------------------------------------------------------- rule 4: one write a turn

    @Test
    void rule04WhatATurnDecidesIsOneWriteAtItsEnd() {
        int writes = world.disk.writes().size();
        List<Future<OpenHold>> holds = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            holds.add(world.lane.hold(world.request(10)));
        }
        assertThat(holds).noneMatch(Future::isComplete);
        assertThat(world.disk.writes()).hasSize(writes);
        world.endTurn();

        assertThat(world.disk.writes()).hasSize(writes + 1);
        assertThat(holds).allMatch(Future::succeeded);
        has(900, 100);
        assertThat(world.ledger.openHolds()).isEqualTo(10);
    }

    /// No byte of a request may leave before its hold is in the kernel.
    @Test
    void i10TheFutureCompletesOnlyWhenItsRecordIsWritten() {
        List<Integer> seen = new ArrayList<>();
        world.lane.hold(world.request(10)).onComplete(_ -> seen.add(written().size()));
        world.endTurn();

        assertThat(seen).containsExactly(2);
    }

    @Test
    void holdsHaveNumbersOfTheirOwn() {
        assertThat(world.hold(1).subject().hold()).isEqualTo(1);
        assertThat(world.hold(1).subject().hold()).isEqualTo(2);
        Entry.Subject subject = world.hold(5).subject();
        assertThat(subject.account()).isEqualTo(World.ACCOUNT);
        assertThat(subject.key()).isEqualTo(World.KEY);
        assertThat(subject.book()).isEqualTo(Book.LIVE);
    }

    // ---------------------------------------------------------------- the life of a hold

    @Test
    void aCallIsChargedAndTheRestReleased() {
        OpenHold hold = world.hold(100);
        assertThat(world.done(world.lane.post(hold, Records.cost(30)))).isEqualTo(30);

        has(970, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 30 release 70");
        assertThat(world.ledger.openHolds()).isZero();
        assertThat(world.steps).endsWith(Step.HOLD, Step.POST);
    }

    @Test
    void i13WhatExceedsTheHoldIsTheOperatorsOverage() {
        OpenHold hold = world.hold(100);
        assertThat(world.done(world.lane.post(hold, Records.cost(130)))).isEqualTo(100);

        has(900, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 100 overage 30");
    }

    @Test
    void aVoidedCallCostsNothing() {
        OpenHold hold = world.hold(100);
        assertThat(world.done(world.lane.release(hold, Records.ending(Outcome.CALLER_GONE))))
                .isZero();

        has(1_000, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 void 100");
        assertThat(world.ledger.openHolds()).isZero();
        assertThat(world.steps).endsWith(Step.HOLD, Step.VOID);
    }

    @Test
    void i14AHoldIsResolvedOnce() {
        OpenHold hold = world.hold(100);
        Future<Long> first = world.lane.post(hold, Records.cost(30));
        Future<Long> second = world.lane.post(hold, Records.cost(40));
        Future<Long> third = world.lane.release(hold, Records.ending(Outcome.CALLER_GONE));

        assertThat(world.failure(second)).hasMessage("hold is resolved already");
        assertThat(world.failure(third)).hasMessage("hold is resolved already");
        assertThat(world.done(first)).isEqualTo(30);
        has(970, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 30 release 70");
    }

    @Test
    void nothingFollowsAResolution() {
        OpenHold hold = world.hold(100);
        assertThat(world.done(world.lane.post(hold, Records.cost(30)))).isEqualTo(30);
        List<Entry> before = written();

        assertThat(world.failure(world.lane.extend(hold, 10)))
                .hasMessage("hold is resolved already");
        assertThat(world.failure(world.lane.mark(hold, Usage.NONE, 1)))
                .hasMessage("hold is resolved already");
        Lane.Route route = new Lane.Route("p", "m");
        assertThat(world.failure(world.lane.attempt(hold, 2, route, new Entry.Try(500, 1))))
                .hasMessage("hold is resolved already");
        assertThat(written()).isEqualTo(before);
        has(970, 0);
    }

    @Test
    void attemptsAndMarksAreRecordedAndMoveNothing() {
        OpenHold hold = world.hold(100);
        Lane.Route route = new Lane.Route("other", "model-2");
        assertThat(world.done(world.lane.attempt(hold, 2, route, new Entry.Try(500, 12)))).isNull();
        assertThat(world.done(world.lane.mark(hold, Usage.of(1, 2), 40))).isNull();
        assertThat(world.done(world.lane.mark(hold, Usage.of(1, 9), 400))).isNull();

        assertThat(written().subList(2, 5))
                .containsExactly(
                        new Entry.Attempt(1, 2, "other", "model-2", new Entry.Try(500, 12)),
                        new Entry.Mark(1, Usage.of(1, 2), 40),
                        new Entry.Mark(1, Usage.of(1, 9), 100));
        assertThat(kinds()).isEqualTo("grant 1000 hold 100");
        assertThat(world.steps).endsWith(Step.HOLD, Step.ATTEMPT, Step.MARK, Step.MARK);
    }

    @Test
    void anExtensionTakesMoreOrNothing() {
        OpenHold hold = world.stream(100);
        assertThat(hold.extendable(world.millis.get())).isEqualTo(900);
        assertThat(world.done(world.lane.extend(hold, 50))).isNull();
        has(850, 150);
        assertThat(hold.held()).isEqualTo(150);

        assertThat(world.failure(world.lane.extend(hold, 851)))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.OutOfCredits.class));
        has(850, 150);
        assertThat(hold.held()).isEqualTo(150);
        assertThat(world.done(world.lane.post(hold, Records.cost(120)))).isEqualTo(120);
        has(880, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 extend 50 post 120 release 30");
        assertThat(world.steps).contains(Step.EXTEND);
    }

    @Test
    void anExtensionIsAskedForInWholeAmounts() {
        OpenHold hold = world.stream(100);

        assertThatThrownBy(() -> world.lane.extend(hold, -1)).hasMessageContaining("amount: -1");
        has(900, 100);
    }

    @Test
    void anExtensionKeepsToTheKeysBudget() {
        SpendLimit limit = new SpendLimit(120, Window.DAY);
        OpenHold hold =
                world.done(world.lane.hold(world.request(100, Records.STREAM, limit, null)));
        assertThat(hold.extendable(world.millis.get())).isEqualTo(20);
        assertThat(world.failure(world.lane.extend(hold, 21)))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.BudgetReached.class));
        assertThat(world.done(world.lane.extend(hold, 20))).isNull();
        has(880, 120);
    }

    /// The caller leaves while the extension is being written: the post must know of it.
    @Test
    void aPostInTheSameTurnAsAnExtensionCoversBoth() throws IOException {
        OpenHold hold = world.stream(100);
        Future<Void> extended = world.lane.extend(hold, 50);
        Future<Long> posted = world.lane.post(hold, Records.cost(120));
        world.endTurn();

        assertThat(extended.succeeded()).isTrue();
        assertThat(posted.result()).isEqualTo(120);
        has(880, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 extend 50 post 120 release 30");
        world.fold();
        world.restart();
        has(880, 0);
    }

    @Test
    void aVoidInTheSameTurnAsAnExtensionGivesBothBack() throws IOException {
        OpenHold hold = world.stream(100);
        Future<Void> _ = world.lane.extend(hold, 50);
        Future<Long> _ = world.lane.release(hold, Records.ending(Outcome.CALLER_GONE));
        world.endTurn();

        has(1_000, 0);
        world.restart();
        has(1_000, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 extend 50 void 150");
    }

    @Test
    void refusalsLeaveNothing() {
        assertThat(world.failure(world.lane.hold(world.request(1_001))))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.OutOfCredits(
                                                        new Money(1_001), new Money(1_000))));
        SpendLimit limit = new SpendLimit(10, Window.TOTAL);
        assertThat(world.failure(world.lane.hold(world.request(11, Records.WHOLE, limit, null))))
                .isInstanceOf(GatewayException.class);

        has(1_000, 0);
        assertThat(written()).hasSize(1);
        assertThat(world.ledger.openHolds()).isZero();
        assertThatThrownBy(() -> world.request(-1)).hasMessage("amount: -1 (expected: >= 0)");
    }

    @Test
    void aSumThatWouldOverflowIsRefusedLikeAnyOther() {
        world.ledger.postpaid(World.ACCOUNT);
        world.hold(Long.MAX_VALUE / 2);
        world.hold(Long.MAX_VALUE / 2);

        assertThat(world.failure(world.lane.hold(world.request(Long.MAX_VALUE / 2))))
                .isInstanceOf(ArithmeticException.class);
    }

    // ---------------------------------------------------------------- rule 5, 9: failed writes

    @Test
    void rule09AHoldThatCannotBeWrittenIsTakenBackAndToldToComeAgain() {
        world.disk.failNextWrites(1, 20);
        Future<OpenHold> first = world.lane.hold(world.request(100));
        Future<OpenHold> second = world.lane.hold(world.request(200));
        isUnavailable(world.failure(first));
        isUnavailable(world.failure(second));

        has(1_000, 0);
        assertThat(world.ledger.openHolds()).isZero();
        assertThat(world.troubles).as("reported once").hasSize(1);
        assertThat(world.hold(1_000).held()).isEqualTo(1_000);
        assertThat(kinds()).isEqualTo("grant 1000 hold 1000");
    }

    @Test
    void eachRowOfFailuresIsReportedOnce() {
        for (int i = 0; i < 2; i++) {
            world.disk.failNextWrites(1, 0);
            isUnavailable(world.failure(world.lane.hold(world.request(1))));
        }
        world.hold(1);
        assertThat(world.troubles).hasSize(1);
        world.disk.failNextWrites(1, 0);
        isUnavailable(world.failure(world.lane.hold(world.request(1))));
        assertThat(world.troubles).hasSize(2);
    }

    @Test
    void anExtensionThatCannotBeWrittenIsTakenBack() {
        OpenHold hold = world.stream(100);
        world.disk.failNextWrites(1, 20);
        isUnavailable(world.failure(world.lane.extend(hold, 50)));

        has(900, 100);
        assertThat(hold.held()).isEqualTo(100);
    }

    @Test
    void attemptsAndMarksThatCannotBeWrittenFail() {
        OpenHold hold = world.stream(100);
        world.disk.failNextWrites(1, 20);
        Future<Void> mark = world.lane.mark(hold, Usage.NONE, 5);
        Future<Void> attempt =
                world.lane.attempt(hold, 2, new Lane.Route("p", "m"), new Entry.Try(500, 1));

        isUnavailable(world.failure(mark));
        isUnavailable(world.failure(attempt));
        has(900, 100);
    }

    @Test
    void aGroupThatIsWrittenInPartSucceedsInPart() throws IOException {
        world.close();
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(64 * 1024));
        world.grant(1_000);
        List<Future<OpenHold>> holds = new ArrayList<>();
        Entry.Context wordy =
                new Entry.Context("d", "p", "m", Entry.Shape.WHOLE, "x".repeat(250), "", "");
        for (int i = 0; i < 30; i++) {
            holds.add(world.lane.hold(world.request(10, wordy, null, null)));
        }
        int[] writes = {0};
        world.disk.failWrites((_, _, _) -> ++writes[0] == 2 ? 99 : FaultyDisk.WHOLE);
        world.endTurn();

        long succeeded = holds.stream().filter(Future::succeeded).count();
        assertThat(succeeded).isBetween(5L, 29L);
        assertThat(holds.stream().filter(Future::failed)).hasSize((int) (30 - succeeded));
        has(1_000 - 10 * succeeded, 10 * succeeded);
        assertThat(world.ledger.openHolds()).isEqualTo((int) succeeded);
    }

    // ---------------------------------------------------------------- S14

    private void failWrites() {
        world.disk.failWrites((_, _, _) -> 10);
    }

    private void journalIsBackAfter(int tries) {
        for (int i = 0; i < tries; i++) {
            assertThat(world.timers).hasSize(1);
            world.pass(Duration.ofMillis(99));
            world.tick();
            assertThat(world.timers).as("tried each 100 ms").hasSize(1);
            world.pass(Duration.ofMillis(1));
            world.tick();
        }
        world.disk.heal();
        world.pass(Duration.ofMillis(100));
        world.sync();
        world.tick();
    }

    @Test
    void s14AStreamKeepsItsChargeOnceTheJournalIsBack() {
        OpenHold hold = world.stream(100);
        failWrites();
        Future<Long> post = world.lane.post(hold, Records.cost(30, Records.digest("answer")));
        isUnavailable(world.failure(post));
        has(900, 100);
        assertThat(world.ledger.openHolds()).isEqualTo(1);
        assertThat(world.failure(world.lane.post(hold, Records.cost(1))))
                .hasMessage("hold is resolved already");
        journalIsBackAfter(3);

        has(970, 0);
        assertThat(world.timers).isEmpty();
        assertThat(world.ledger.openHolds()).isZero();
        Entry.Post found = (Entry.Post) written().getLast();
        assertThat(found.ending()).isEqualTo(Records.ending(Outcome.POST_FAILED));
        assertThat(found.amount()).isEqualTo(30);
        assertThat(found.answer()).as("what was sent was not whole").isNull();
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 30 release 70");
    }

    @Test
    void s14AnOverageOfAStreamStaysOne() {
        OpenHold hold = world.stream(100);
        failWrites();
        isUnavailable(world.failure(world.lane.post(hold, Records.cost(130))));
        journalIsBackAfter(1);

        has(900, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 100 overage 30");
    }

    @Test
    void s14AWholeAnswerIsVoided() {
        OpenHold hold = world.hold(100);
        failWrites();
        isUnavailable(world.failure(world.lane.post(hold, Records.cost(30))));
        journalIsBackAfter(2);

        has(1_000, 0);
        Entry.Voided found = (Entry.Voided) written().getLast();
        assertThat(found.ending())
                .isEqualTo(Records.ending(Outcome.COMPLETED).by(Outcome.POST_FAILED, 503));
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 void 100");
    }

    @Test
    void s14AVoidIsTriedAgainAsItWas() {
        OpenHold hold = world.hold(100);
        failWrites();
        isUnavailable(world.failure(world.lane.release(hold, Records.ending(Outcome.CALLER_GONE))));
        journalIsBackAfter(1);

        has(1_000, 0);
        Entry.Voided found = (Entry.Voided) written().getLast();
        assertThat(found.ending().outcome()).isEqualTo(Outcome.CALLER_GONE);
    }

    /// The extension goes back, so the post that follows must not release it a second time.
    @Test
    void s14AnExtensionThatFailedWithItsPostIsNotInIt() throws IOException {
        OpenHold hold = world.stream(100);
        failWrites();
        Future<Void> extended = world.lane.extend(hold, 50);
        Future<Long> posted = world.lane.post(hold, Records.cost(120));
        isUnavailable(world.failure(extended));
        isUnavailable(world.failure(posted));
        has(900, 100);
        journalIsBackAfter(1);

        has(900, 0);
        assertThat(kinds()).isEqualTo("grant 1000 hold 100 post 100 overage 20");
        world.restart();
        has(900, 0);
    }

    @Test
    void s14AVoidAfterAnExtensionThatFailedWithItGivesBackOnlyWhatIsHeld() throws IOException {
        OpenHold hold = world.stream(100);
        failWrites();
        Future<Void> _ = world.lane.extend(hold, 50);
        Future<Long> _ = world.lane.release(hold, Records.ending(Outcome.CALLER_GONE));
        world.endTurn();
        journalIsBackAfter(1);

        has(1_000, 0);
        world.restart();
        has(1_000, 0);
    }

    @Test
    void s14AKillBeforeTheJournalIsBackLeavesItToTheReconciler() throws IOException {
        OpenHold marked = world.stream(100);
        assertThat(world.done(world.lane.mark(marked, Usage.of(1, 2), 20))).isNull();
        OpenHold whole = world.hold(100);
        failWrites();
        Future<Long> _ = world.lane.post(marked, Records.cost(30));
        Future<Long> _ = world.lane.post(whole, Records.cost(30));
        world.endTurn();
        world.kill();

        has(980, 0);
        assertThat(world.moves().stream().map(Export.Move::kind).sorted())
                .containsExactly("grant", "hold", "hold", "post", "release", "void");
    }

    // ---------------------------------------------------------------- whoever is told may fail

    @Test
    void aListenerThatThrowsTakesNobodyWithIt() {
        Future<OpenHold> first = world.lane.hold(world.request(10));
        Future<OpenHold> second = world.lane.hold(world.request(10));
        List<String> told = new ArrayList<>();
        first.onComplete(_ -> {
            throw new IllegalStateException("listener");
        });
        second.onComplete(_ -> told.add("second"));
        world.endTurn();

        assertThat(told).containsExactly("second");
    }

    @Test
    void whoeverIsToldOfAStepMayFail() {
        world.failAt(Step.HOLD);
        Future<OpenHold> first = world.lane.hold(world.request(10));
        Future<OpenHold> second = world.lane.hold(world.request(10));
        world.endTurn();

        assertThat(first.succeeded()).isTrue();
        assertThat(second.succeeded()).isTrue();
        assertThat(world.troubles).extracting(Exception::getMessage).containsExactly("step HOLD");
    }

    @Test
    void whatAListenerDecidesIsWrittenInTheNextTurn() {
        List<Future<Long>> posts = new ArrayList<>();
        world.lane
                .hold(world.request(10))
                .onSuccess(hold -> posts.add(world.lane.post(hold, Records.cost(4))));
        world.endTurn();

        assertThat(posts.getFirst().result()).isEqualTo(4);
        has(996, 0);
    }

    // ---------------------------------------------------------------- rule 6: the gate

    @Test
    void rule06AtTheGateAcknowledgementsWaitForTheDisk() {
        OpenHold hold = world.hold(100);
        world.pass(Duration.ofMillis(100));
        Future<Void> atTheLimit = world.lane.mark(hold, Usage.NONE, 1);
        world.endTurn();
        assertThat(atTheLimit.succeeded()).isTrue();

        world.pass(Duration.ofNanos(1));
        Future<Long> post = world.lane.post(hold, Records.cost(30));
        Future<OpenHold> next = world.lane.hold(world.request(50));
        world.endTurn();
        assertThat(post.isComplete()).isFalse();
        assertThat(next.isComplete()).isFalse();
        has(920, 50);
        assertThat(world.steps).as("written all the same").endsWith(Step.POST, Step.HOLD);

        world.sync();
        assertThat(post.result()).isEqualTo(30);
        assertThat(next.succeeded()).isTrue();
        assertThat(world.ledger.gateIsOpen()).isTrue();
    }

    @Test
    void rule06AcknowledgementsComeOnTheLanesOwnLoop() {
        world.hold(100);
        world.pass(Duration.ofMillis(101));
        Future<OpenHold> next = world.lane.hold(world.request(50));
        world.endTurn();
        assertThat(world.ledger.sync().step()).isZero();

        assertThat(next.isComplete()).as("the sync thread only asks the loop").isFalse();
        world.endTurn();
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void rule06AFailureIsToldAtOnceAlsoBehindTheGate() {
        world.hold(100);
        world.pass(Duration.ofMillis(101));
        world.disk.failNextWrites(1, 0);
        isUnavailable(world.failure(world.lane.hold(world.request(50))));
    }

    // ---------------------------------------------------------------- rule 7: back-pressure

    @Test
    void rule07HoldsAreRefusedWhenTheDiskIs250MillisecondsLate() {
        OpenHold hold = world.stream(100);
        world.pass(Duration.ofMillis(250));
        Future<OpenHold> admitted = world.lane.hold(world.request(1));
        world.endTurn();
        assertThat(admitted.failed()).isFalse();
        world.pass(Duration.ofNanos(1));
        isUnavailable(world.failure(world.lane.hold(world.request(1))));
        isUnavailable(world.failure(world.lane.extend(hold, 1)));

        Future<Long> post = world.lane.post(hold, Records.cost(30));
        world.endTurn();
        assertThat(post.failed()).as("posts are never refused for being late").isFalse();
        assertThat(written().getLast()).isInstanceOf(Entry.Post.class);
        world.sync();
        assertThat(post.result()).isEqualTo(30);
        assertThat(world.hold(1).held()).isEqualTo(1);
    }

    @Test
    void rule07HoldsAreRefusedBeyond10000Records() {
        OpenHold hold = world.stream(10);
        List<Future<Void>> marks = new ArrayList<>();
        for (int i = 0; i < Lane.PENDING_MAX - 1; i++) {
            marks.add(world.lane.mark(hold, Usage.NONE, 1));
        }
        Future<OpenHold> last = world.lane.hold(world.request(1));
        isUnavailable(world.lane.hold(world.request(1)).cause());
        isUnavailable(world.lane.extend(hold, 1).cause());

        assertThat(world.done(last).held()).isEqualTo(1);
        assertThat(marks).allMatch(Future::succeeded);
        assertThat(world.hold(1).held()).as("once they are written").isEqualTo(1);
    }

    @Test
    void rule07RecordsBehindTheGateCountToo() {
        OpenHold hold = world.stream(10);
        world.pass(Duration.ofMillis(101));
        for (int i = 0; i < Lane.PENDING_MAX - 1; i++) {
            Future<Void> _ = world.lane.mark(hold, Usage.NONE, 1);
        }
        world.endTurn();
        Future<OpenHold> last = world.lane.hold(world.request(1));
        world.endTurn();
        assertThat(last.failed()).isFalse();
        isUnavailable(world.failure(world.lane.hold(world.request(1))));

        world.sync();
        assertThat(last.succeeded()).isTrue();
        assertThat(world.hold(1).held()).isEqualTo(1);
    }

    @Test
    void rule07HoldsAreRefusedBeyondFourMebibytes() throws IOException {
        world.close();
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(32 << 20));
        world.grant(1_000_000);
        Entry.Context wordy =
                new Entry.Context(
                        "d",
                        "p",
                        "m",
                        Entry.Shape.WHOLE,
                        "x".repeat(256),
                        "y".repeat(256),
                        "z".repeat(256));
        List<Future<OpenHold>> holds = new ArrayList<>();
        Future<OpenHold> next = world.lane.hold(world.request(1, wordy, null, null));
        while (!next.failed()) {
            holds.add(next);
            next = world.lane.hold(world.request(1, wordy, null, null));
        }
        isUnavailable(next.cause());

        assertThat(holds.size()).isBetween(4_000, 5_000);
        world.endTurn();
        assertThat(world.hold(1).held()).as("once they are written").isEqualTo(1);
        assertThat(holds).allMatch(Future::succeeded);
        holds.forEach(held -> world.lane.post(held.result(), Records.cost(0)));
        world.sync();
        OpenHold late = world.hold(1);
        world.pass(Duration.ofMillis(101));
        assertThat(late.held()).isEqualTo(1);
        for (int i = 0; i < holds.size(); i++) {
            Future<OpenHold> _ = world.lane.hold(world.request(1, wordy, null, null));
        }
        world.endTurn();
        isUnavailable(world.failure(world.lane.hold(world.request(1))));
        world.sync();
        assertThat(world.hold(1).held()).isEqualTo(1);
    }

    @Test
    void rule07HealthIsGoneWhenTheDiskIsTwoSecondsLate() {
        world.hold(100);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.ledger.isHealthy()).isTrue();
        world.pass(Duration.ofNanos(1));
        assertThat(world.ledger.isHealthy()).isFalse();
        world.sync();
        assertThat(world.ledger.isHealthy()).isTrue();
    }

    // ---------------------------------------------------------------- rule 8: a full disk

    @Test
    void rule08OnAFullDiskHoldsMarksAndAttemptsStopBeforePosts() throws IOException {
        world.close();
        world = new World(folder, JournalSettings.DEFAULT.withSegmentBytes(128 * 1024));
        world.grant(1_000_000);
        world.disk.fill();
        List<OpenHold> open = new ArrayList<>();
        Future<OpenHold> next = world.lane.hold(world.request(10, Records.STREAM, null, null));
        for (world.endTurn(); next.succeeded(); world.endTurn()) {
            open.add(next.result());
            next = world.lane.hold(world.request(10, Records.STREAM, null, null));
        }
        isUnavailable(next.cause());
        assertThat(world.ledger.isHealthy()).isFalse();
        OpenHold first = open.getFirst();
        Future<Void> mark = world.lane.mark(first, Usage.NONE, 1);
        int marks = 0;
        for (world.endTurn(); mark.succeeded(); world.endTurn()) {
            marks++;
            mark = world.lane.mark(first, Usage.NONE, 1);
        }
        isUnavailable(mark.cause());
        assertThat(marks).isPositive();
        isUnavailable(
                world.failure(
                        world.lane.attempt(
                                first, 2, new Lane.Route("p", "m"), new Entry.Try(1, 1))));

        for (OpenHold hold : open) {
            assertThat(world.done(world.lane.post(hold, Records.cost(4)))).isEqualTo(4);
        }
        assertThat(open).hasSizeGreaterThan(20);
        world.disk.heal();
        world.pass(Duration.ofMillis(100));
        world.sync();
        assertThat(world.hold(1).held()).as("service resumes by itself").isEqualTo(1);
        assertThat(world.ledger.isHealthy()).isTrue();
    }
}
