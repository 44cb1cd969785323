package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.SpendLimit.Window;
import tollgate.unit.Money;

class PurseTest {
    private static final long NOW = at("2026-11-25T12:00:00Z");

    private final KeySpend spend = new KeySpend();

    private static long at(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    private static Purse purse(long available) {
        return new Purse(7, Book.LIVE, available, 0);
    }

    private static void hasNow(Purse purse, long available, long held) {
        assertThat(purse.balance())
                .isEqualTo(new Purse.Balance(new Money(available), new Money(held)));
    }

    // ---------------------------------------------------------------- without limit

    @Test
    void whatIsTakenIsHeldAndNotSpendable() {
        Purse purse = purse(100);
        purse.take(60, spend, null, NOW);

        hasNow(purse, 40, 60);
        assertThat(purse.spendable(spend, null, NOW)).isEqualTo(40);
    }

    @Test
    void theLastNanoCanBeTakenAndNotOneMore() {
        Purse purse = purse(100);
        purse.take(100, spend, null, NOW);

        assertThatThrownBy(() -> purse.take(1, spend, null, NOW))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.OutOfCredits(
                                                        new Money(1), new Money(0))));
        hasNow(purse, 0, 100);
    }

    @Test
    void aFreeCallNeedsNoMoneyButNoDebtEither() {
        Purse purse = purse(0);
        purse.take(0, spend, null, NOW);
        hasNow(purse, 0, 0);

        Purse debtor = purse(-1);
        assertThatThrownBy(() -> debtor.take(0, spend, null, NOW))
                .isInstanceOf(GatewayException.class);
        assertThat(debtor.spendable(spend, null, NOW)).isZero();
    }

    @Test
    void whatIsChargedIsGoneAndTheRestComesBack() {
        Purse purse = purse(100);
        purse.take(60, spend, null, NOW);
        purse.settle(60, 25, spend, NOW);

        hasNow(purse, 75, 0);
    }

    @Test
    void aPostpaidAccountSpendsWithoutMoney() {
        Purse purse = purse(0);
        purse.postpaid();
        purse.take(1_000, spend, null, NOW);
        purse.settle(1_000, 400, spend, NOW);

        hasNow(purse, -400, 0);
        assertThat(purse.spendable(spend, null, NOW)).isEqualTo(Long.MAX_VALUE);
        assertThat(purse.withdraw(1)).as("but takes nothing out").isFalse();
    }

    @Test
    void nothingIsTakenWhenASumWouldOverflow() {
        Purse purse = new Purse(7, Book.LIVE, 0, Long.MAX_VALUE - 10);
        purse.postpaid();

        assertThatThrownBy(() -> purse.take(11, spend, null, NOW))
                .isInstanceOf(ArithmeticException.class);
        hasNow(purse, 0, Long.MAX_VALUE - 10);
        purse.take(10, spend, null, NOW);
        Purse poor = new Purse(7, Book.LIVE, Long.MIN_VALUE + 5, 0);
        poor.postpaid();
        assertThatThrownBy(() -> poor.take(6, new KeySpend(), null, NOW))
                .isInstanceOf(ArithmeticException.class);
        hasNow(poor, Long.MIN_VALUE + 5, 0);
    }

    @Test
    void moneyComesAndGoes() {
        Purse purse = purse(5);
        purse.add(10);
        hasNow(purse, 15, 0);
        assertThat(purse.withdraw(16)).isFalse();
        assertThat(purse.withdraw(15)).isTrue();
        hasNow(purse, 0, 0);
        purse.add(-3);
        hasNow(purse, -3, 0);
    }

    @Test
    void aBalanceStaysWhereSumsAreExact() {
        Purse purse = new Purse(7, Book.LIVE, Purse.BALANCE_MAX - 10, 4);

        assertThat(purse.canTake(6)).isTrue();
        assertThat(purse.canTake(7)).isFalse();
        assertThat(new Purse(7, Book.LIVE, 6 - Purse.BALANCE_MAX, 0).canTake(-6)).isTrue();
        assertThat(new Purse(7, Book.LIVE, 6 - Purse.BALANCE_MAX, 0).canTake(-7)).isFalse();
    }

    @Test
    void aPurseKnowsWhoseItIs() {
        assertThat(purse(1).account()).isEqualTo(7);
        assertThat(purse(1).book()).isEqualTo(Book.LIVE);
    }

    // ---------------------------------------------------------------- limits of keys

    @ParameterizedTest
    @EnumSource
    void i17AllLevelsAreTakenOrNone(Window window) {
        Purse purse = purse(100);
        SpendLimit limit = new SpendLimit(50, window);
        purse.take(30, spend, limit, NOW);

        assertThat(purse.spendable(spend, limit, NOW)).isEqualTo(20);
        assertThatThrownBy(() -> purse.take(21, spend, limit, NOW))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.BudgetReached(
                                                        new Money(50),
                                                        new Money(21),
                                                        new Money(20))));
        hasNow(purse, 70, 30);
        purse.take(20, spend, limit, NOW);
        hasNow(purse, 50, 50);
        assertThat(purse.spendable(spend, limit, NOW)).isZero();
    }

    @Test
    void i17AnEmptyPurseTakesNothingFromTheBudget() {
        Purse purse = purse(10);
        SpendLimit limit = new SpendLimit(50, Window.TOTAL);
        assertThatThrownBy(() -> purse.take(11, spend, limit, NOW))
                .isInstanceOf(GatewayException.class);

        assertThat(spend.left(limit, Period.at(NOW))).isEqualTo(50);
    }

    @Test
    void anOpenHoldCountsAndWhatIsReleasedDoesNot() {
        Purse purse = purse(100);
        SpendLimit limit = new SpendLimit(50, Window.DAY);
        purse.take(50, spend, limit, NOW);
        purse.settle(50, 20, spend, NOW);

        assertThat(purse.spendable(spend, limit, NOW)).isEqualTo(30);
        purse.take(30, spend, limit, NOW);
        purse.settle(30, 0, spend, NOW);
        assertThat(purse.spendable(spend, limit, NOW)).isEqualTo(30);
    }

    @Test
    void theSmallerOfPurseAndBudgetIsSpendable() {
        SpendLimit limit = new SpendLimit(50, Window.DAY);

        assertThat(purse(40).spendable(spend, limit, NOW)).isEqualTo(40);
        assertThat(purse(60).spendable(spend, limit, NOW)).isEqualTo(50);
        assertThat(purse(60).spendable(null, limit, NOW)).isEqualTo(60);
    }

    @Test
    void aLoweredBudgetThatIsPassedAlreadyRefusesEverything() {
        Purse purse = purse(100);
        purse.take(50, spend, null, NOW);
        purse.settle(50, 50, spend, NOW);
        SpendLimit lowered = new SpendLimit(10, Window.TOTAL);

        assertThat(purse.spendable(spend, lowered, NOW)).isZero();
        assertThatThrownBy(() -> purse.take(0, spend, lowered, NOW))
                .isInstanceOf(GatewayException.class);
    }

    @Test
    void eachWindowForgetsAtItsEnd() {
        spend.spend(6, Period.at(NOW));
        spend.spend(4, Period.at(NOW));
        SpendLimit day = new SpendLimit(100, Window.DAY);
        SpendLimit month = new SpendLimit(100, Window.MONTH);
        SpendLimit total = new SpendLimit(100, Window.TOTAL);
        long lastOfDay = at("2026-11-25T23:59:59.999Z");
        long tomorrow = at("2026-11-26T00:00:00Z");
        long nextMonth = at("2026-12-01T00:00:00Z");

        assertThat(spend.left(day, Period.at(lastOfDay))).isEqualTo(90);
        assertThat(spend.left(day, Period.at(tomorrow))).isEqualTo(100);
        assertThat(spend.left(month, Period.at(tomorrow))).isEqualTo(90);
        assertThat(spend.left(month, Period.at(nextMonth))).isEqualTo(100);
        assertThat(spend.left(total, Period.at(nextMonth))).isEqualTo(90);

        spend.spend(5, Period.at(tomorrow));
        assertThat(spend.left(day, Period.at(tomorrow))).isEqualTo(95);
        assertThat(spend.left(month, Period.at(tomorrow))).isEqualTo(85);
        spend.spend(1, Period.at(nextMonth));
        assertThat(spend.left(day, Period.at(nextMonth))).isEqualTo(99);
        assertThat(spend.left(month, Period.at(nextMonth))).isEqualTo(99);
        assertThat(spend.left(total, Period.at(nextMonth))).isEqualTo(84);
    }

    /// Else a step of the clock would give a day's budget twice.
    @Test
    void aClockThatIsSetBackGivesNoBudgetBack() {
        long tomorrow = at("2026-12-01T00:00:00Z");
        spend.spend(10, Period.at(tomorrow));
        spend.spend(5, Period.at(NOW));
        for (Window window : Window.values()) {
            SpendLimit limit = new SpendLimit(100, window);
            assertThat(spend.left(limit, Period.at(NOW))).as("%s", window).isEqualTo(85);
            assertThat(spend.left(limit, Period.at(tomorrow))).as("%s", window).isEqualTo(85);
        }
    }

    @Test
    void whatARestartLoadsGoesOn() {
        Period now = Period.at(NOW);
        KeySpend loaded = new KeySpend(40, now.day(), 10, now.month(), 20);

        assertThat(loaded.left(new SpendLimit(100, Window.TOTAL), now)).isEqualTo(60);
        assertThat(loaded.left(new SpendLimit(100, Window.DAY), now)).isEqualTo(90);
        assertThat(loaded.left(new SpendLimit(100, Window.MONTH), now)).isEqualTo(80);
    }

    @Test
    void anOrphanCountsOnceForItsKey() {
        Purse purse = new Purse(7, Book.LIVE, 40, 60);
        purse.settleOrphan(60, 25, spend, NOW);

        hasNow(purse, 75, 0);
        SpendLimit limit = new SpendLimit(100, Window.TOTAL);
        assertThat(purse.spendable(spend, limit, NOW)).isEqualTo(75);
        assertThat(spend.left(limit, Period.at(NOW))).isEqualTo(75);
    }

    @Test
    void aLimitBelowZeroIsNone() {
        assertThatThrownBy(() -> new SpendLimit(-1, Window.DAY))
                .hasMessage("budget: -1 (expected: >= 0)");
        assertThat(new SpendLimit(0, Window.DAY).nanos()).isZero();
    }

    // ---------------------------------------------------------------- periods

    @Test
    void daysAndMonthsAreCountedInUtcSince1970() {
        assertThat(Period.at(0)).isEqualTo(new Period(0, 0));
        assertThat(Period.at(86_399_999)).isEqualTo(new Period(0, 0));
        assertThat(Period.at(86_400_000)).isEqualTo(new Period(1, 0));
        assertThat(Period.at(-1)).isEqualTo(new Period(-1, 0));
        assertThat(Period.at(at("1970-02-01T00:00:00Z"))).isEqualTo(new Period(31, 1));
        assertThat(Period.at(at("2026-11-30T23:59:59Z")).month()).isEqualTo(56 * 12 + 10);
        assertThat(Period.at(at("2026-12-01T00:00:00Z")).month()).isEqualTo(56 * 12 + 11);
        assertThat(Period.at(at("2024-02-29T00:00:00Z")).month()).isEqualTo(54 * 12 + 1);
    }

    @Test
    void theLastPeriodIsRemembered() {
        assertThat(Period.at(NOW)).isSameAs(Period.at(NOW + 1));
    }
}
