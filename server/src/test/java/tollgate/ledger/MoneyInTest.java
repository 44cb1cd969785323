package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Kind;

class MoneyInTest {
    private static final Credit PAYMENT =
            new Credit(Kind.PAYMENT, World.ACCOUNT, Book.LIVE, 500, "pi_1");

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

    private void intend(Credit credit) {
        world.database.write(tx -> {
            world.ledger.intend(tx, credit);
            return 0;
        });
    }

    private void credit(Credit credit) {
        world.whileSyncing(() -> world.ledger.credit(credit));
    }

    private boolean debit(long amount, String cause) {
        boolean[] taken = {false};
        Credit debit = adjustment(-amount, cause);
        world.whileSyncing(() -> taken[0] = world.ledger.debit(debit));
        return taken[0];
    }

    private static Credit adjustment(long amount, String cause) {
        return new Credit(Kind.ADJUSTMENT, World.ACCOUNT, Book.LIVE, amount, cause);
    }

    private List<String> moves() {
        return world.moves().stream().map(Export.Move::toString).toList();
    }

    private List<String> intents() {
        return world.database.read(tx -> {
            List<String> rows = new ArrayList<>();
            try (var select =
                            tx.connection()
                                    .prepareStatement(
                                            "SELECT cause, state FROM credit_intent ORDER BY"
                                                    + " cause");
                    var row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(row.getString(1) + " " + row.getInt(2));
                }
            }
            return rows;
        });
    }

    private static void isUnavailable(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.Unavailable.class));
    }

    // ---------------------------------------------------------------- credits

    @Test
    void rule06APaymentIsAnsweredOnceItIsOnDisk() throws Exception {
        intend(PAYMENT);
        CountDownLatch answered = new CountDownLatch(1);
        Thread paying =
                Thread.ofPlatform()
                        .start(() -> {
                            world.ledger.credit(PAYMENT);
                            answered.countDown();
                        });
        while (world.available() == 0) {
            Thread.onSpinWait();
        }
        assertThat(answered.getCount()).as("written, not synced").isEqualTo(1);
        while (paying.isAlive()) {
            world.sync();
        }
        paying.join();

        assertThat(answered.getCount()).isZero();
        FaultyDisk cut = new FaultyDisk();
        cut.put(1, world.disk.platter(1));
        assertThat(HandJournal.recover(cut, HandJournal.OTHER_BOOT).entries())
                .containsExactly(PAYMENT);
        assertThat(moves()).containsExactly("1 payment processor:stripe -> account:7 0.0000005");
        assertThat(world.steps).containsExactly(Step.CREDIT);
    }

    @Test
    void i33AnIntentWhoseProcessDiedIsCreditedOnceAtTheStart() throws IOException {
        intend(PAYMENT);
        world.kill();

        assertThat(world.available()).isEqualTo(500);
        world.kill();
        assertThat(world.available()).isEqualTo(500);
        world.fold();
        assertThat(intents()).containsExactly("pi_1 2");
        world.restart();
        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void i33ARecordWhoseProcessDiedBeforeItsAnswerIsNotDoubled() throws IOException {
        intend(PAYMENT);
        assertThat(world.ledger.append(List.of(PAYMENT))).isEqualTo(1);
        World.Left unsynced = world.left();
        world.kill();
        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
        world.startOn(unsynced);
        world.fold();
        world.kill();
        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void i33APowerCutBeforeTheAnswerLeavesTheIntentToTheStart() throws IOException {
        intend(PAYMENT);
        assertThat(world.ledger.append(List.of(PAYMENT))).isEqualTo(1);
        FaultyDisk cut = new FaultyDisk();
        cut.put(1, world.disk.platter(1));
        world.boot = HandJournal.OTHER_BOOT;
        world.startOn(world.left().with(cut));

        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void anIntentIsCreditedOnce() {
        intend(PAYMENT);
        credit(PAYMENT);

        assertThatThrownBy(() -> world.ledger.credit(PAYMENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("credit pi_1: not intended, or credited already");
        assertThat(world.available()).isEqualTo(500);
    }

    @Test
    void whatWasNotIntendedIsNotCredited() {
        assertThatThrownBy(() -> world.ledger.credit(PAYMENT))
                .isInstanceOf(IllegalStateException.class);
        intend(PAYMENT);
        Credit more = new Credit(Kind.PAYMENT, World.ACCOUNT, Book.LIVE, 501, "pi_1");
        assertThatThrownBy(() -> world.ledger.credit(more))
                .isInstanceOf(IllegalStateException.class);

        assertThat(world.available()).isZero();
        assertThat(moves()).isEmpty();
    }

    @Test
    void anIntentThatWasRolledBackIsNone() {
        assertThatThrownBy(() ->
                        world.database.write(tx -> {
                            world.ledger.intend(tx, PAYMENT);
                            throw new SQLException("the order could not be noted");
                        }))
                .hasRootCauseMessage("the order could not be noted");
        assertThatThrownBy(() -> world.ledger.credit(PAYMENT))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void i41TheSameCauseIsRefusedAtEveryDoor() throws IOException {
        intend(PAYMENT);
        credit(PAYMENT);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> intend(PAYMENT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("credit pi_1: not noted")
                    .hasCauseInstanceOf(SQLException.class);
            assertThatThrownBy(() -> debit(1, "pi_1")).isInstanceOf(IllegalStateException.class);
            world.whileSyncing(() -> world.ledger.creditOnce(PAYMENT));
            assertThat(world.available()).isEqualTo(500);
            world.fold();
            world.restart();
        }
        assertThat(moves()).hasSize(1);
    }

    @Test
    void creditOnceCreditsOnceHoweverManyAsk() throws Exception {
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            asking.add(Thread.ofVirtual().start(() -> world.ledger.creditOnce(PAYMENT)));
        }
        for (Thread thread : asking) {
            while (thread.isAlive()) {
                world.sync();
                Thread.onSpinWait();
            }
        }

        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    /// The reversal of a payment may leave a debt; the account is blocked, no other is touched.
    @Test
    void i41AReversalMayLeaveADebt() {
        intend(PAYMENT);
        credit(PAYMENT);
        world.done(world.lane.post(world.hold(300), Records.cost(300)));
        Credit refund = new Credit(Kind.REFUND, World.ACCOUNT, Book.LIVE, -500, "re_1");
        intend(refund);
        credit(refund);

        assertThat(world.available()).isEqualTo(-300);
        assertThat(world.failure(world.lane.hold(world.request(1))))
                .hasMessageContaining("OutOfCredits");
        assertThat(moves()).endsWith("4 refund account:7 -> processor:stripe 0.0000005");
        world.fold();
        assertThat(world.database.read(LedgerStore::purses))
                .extracting(Purse::balance)
                .containsExactly(world.purse().balance());
    }

    @Test
    void aCreditThatLeavesTheRangeIsRefusedBeforeItIsNoted() {
        for (int i = 0; i < 40; i++) {
            Credit most =
                    new Credit(Kind.GRANT, World.ACCOUNT, Book.LIVE, Credit.AMOUNT_MAX, "g" + i);
            world.whileSyncing(() -> world.ledger.creditOnce(most));
        }
        assertThat(world.available()).isEqualTo(Purse.BALANCE_MAX);
        assertThatThrownBy(() -> world.ledger.creditOnce(PAYMENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a balance of at most 4000000000000000000");
        assertThatThrownBy(() -> intend(PAYMENT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(intents()).doesNotContain("pi_1 0");
    }

    // ---------------------------------------------------------------- a journal that refuses

    @Test
    void i34ACreditThatCannotBeWrittenIsOwedAndFollows() {
        intend(PAYMENT);
        world.disk.failWrites((_, _, _) -> 5);
        assertThatThrownBy(() -> credit(PAYMENT)).satisfies(MoneyInTest::isUnavailable);
        assertThat(world.available()).isZero();
        assertThatThrownBy(() -> intend(PAYMENT)).isInstanceOf(IllegalStateException.class);
        world.disk.heal();
        world.ledger.journal().wantRoll();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (world.available() == 0 && System.nanoTime() < deadline) {
            world.sync();
        }

        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void i34ACreditOnceThatCannotBeWrittenFollowsToo() {
        world.disk.failNextWrites(1, 5);
        assertThatThrownBy(() -> world.ledger.creditOnce(PAYMENT))
                .satisfies(MoneyInTest::isUnavailable);
        assertThat(intents()).containsExactly("pi_1 0");
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (world.available() == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }

        world.whileSyncing(() -> world.ledger.creditOnce(PAYMENT));
        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void whatIsOwedWhenTheProcessDiesIsCreditedAtTheStart() throws IOException {
        intend(PAYMENT);
        world.disk.failWrites((_, _, _) -> 0);
        assertThatThrownBy(() -> credit(PAYMENT)).satisfies(MoneyInTest::isUnavailable);
        world.kill();

        assertThat(world.available()).isEqualTo(500);
        assertThat(moves()).hasSize(1);
    }

    @Test
    void aReversalThatCannotBeWrittenChangesNothingYet() {
        intend(PAYMENT);
        credit(PAYMENT);
        Credit refund = new Credit(Kind.REFUND, World.ACCOUNT, Book.LIVE, -200, "re_1");
        intend(refund);
        world.disk.failNextWrites(1, 5);
        assertThatThrownBy(() -> credit(refund)).satisfies(MoneyInTest::isUnavailable);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (world.available() != 300 && System.nanoTime() < deadline) {
            assertThat(world.available()).isIn(500L, 300L);
        }
        assertThat(moves()).hasSize(2);
    }

    @Test
    void aStartWhoseIntentsCannotBeWrittenIsRefused() throws IOException {
        intend(PAYMENT);
        World.Left left = world.left();
        left.disk().failWrites((_, position, _) -> position == 0 ? FaultyDisk.WHOLE : 5);
        assertThatThrownBy(() -> world.startOn(left))
                .hasMessage("the journal refuses to be written at a start");
        world.startOn(world.left());
        assertThat(world.available()).isEqualTo(500);
    }

    // ---------------------------------------------------------------- debits

    @Test
    void aDebitTakesWhatIsThereOrNothing() throws IOException {
        world.grant(100);
        assertThat(debit(101, "too-much")).isFalse();
        assertThat(intents()).noneMatch(row -> row.startsWith("too-much"));
        assertThat(debit(100, "all")).isTrue();
        assertThat(world.available()).isZero();
        assertThat(debit(1, "more")).isFalse();

        assertThat(moves())
                .containsExactly(
                        "1 grant operator:promo -> account:7 0.0000001",
                        "2 adjustment account:7 -> operator:promo 0.0000001");
        world.fold();
        assertThat(intents()).contains("all 2");
        world.restart();
        assertThat(world.available()).isZero();
    }

    @Test
    void aDebitThatWasRefusedMayBeAskedForAgain() {
        world.grant(100);
        assertThat(debit(101, "d")).isFalse();
        world.grant(1);
        assertThat(debit(101, "d")).isTrue();
    }

    @Test
    void heldMoneyIsNotThereToBeTaken() {
        world.grant(100);
        world.hold(60);

        assertThat(debit(41, "d")).isFalse();
        assertThat(debit(40, "d")).isTrue();
    }

    @Test
    void aDebitThatCannotBeWrittenChangesNothing() {
        world.grant(100);
        world.disk.failNextWrites(1, 3);
        assertThatThrownBy(() -> world.ledger.debit(adjustment(-40, "d")))
                .satisfies(MoneyInTest::isUnavailable);

        assertThat(world.available()).isEqualTo(100);
        assertThat(intents()).noneMatch(row -> row.startsWith("d "));
        assertThat(debit(40, "d")).isTrue();
    }

    @Test
    void aDebitThatWasNotDecidedWhenTheProcessDiedNeverHappened() throws IOException {
        world.grant(100);
        world.database.write(tx -> {
            LedgerStore.insertIntent(
                    tx, adjustment(-40, "d"), LedgerStore.IntentState.ACCEPTING, 1);
            return 0;
        });
        world.kill();

        assertThat(world.available()).isEqualTo(100);
        assertThat(intents()).noneMatch(row -> row.startsWith("d "));
        assertThat(debit(40, "d")).isTrue();
    }

    @Test
    void aDebitWhoseRecordIsWrittenStandsAfterAKill() throws IOException {
        world.grant(100);
        Credit debit = adjustment(-40, "d");
        world.database.write(tx -> {
            LedgerStore.insertIntent(tx, debit, LedgerStore.IntentState.ACCEPTING, 1);
            return 0;
        });
        assertThat(world.ledger.append(List.of(debit))).isEqualTo(1);
        world.kill();

        assertThat(world.available()).isEqualTo(60);
        assertThat(intents()).contains("d 2");
        assertThatThrownBy(() -> debit(40, "d")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDebitOfNothingIsNone() {
        assertThatThrownBy(() -> world.ledger.debit(adjustment(5, "d")))
                .hasMessage("amount: 5 (expected: below 0)");
        assertThat(intents()).isEmpty();
    }

    /// A restored backup may lack the row: the effect brings it back.
    @Test
    void anEffectWithoutRowBringsItsRow() {
        assertThat(world.ledger.append(List.of(PAYMENT))).isEqualTo(1);
        world.fold();

        assertThat(intents()).containsExactly("pi_1 2");
        assertThatThrownBy(() -> intend(PAYMENT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void i16DebitsAndHoldsRaceForTheSameMoney() throws Exception {
        world.grant(100);
        AtomicInteger debits = new AtomicInteger();
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Credit debit = adjustment(-10, "d" + i);
            asking.add(
                    Thread.ofVirtual()
                            .start(() -> debits.addAndGet(world.ledger.debit(debit) ? 1 : 0)));
        }
        int holds = 0;
        boolean running = true;
        while (running) {
            running = asking.stream().anyMatch(Thread::isAlive);
            holds += world.purse().spendable(null, null, 0) >= 10 && tryHold() ? 1 : 0;
            world.sync();
        }

        assertThat(debits.get() + holds).isEqualTo(10);
        assertThat(world.available()).isZero();
    }

    private boolean tryHold() {
        var hold = world.lane.hold(world.request(10));
        world.endTurn();
        return hold.succeeded();
    }
}
