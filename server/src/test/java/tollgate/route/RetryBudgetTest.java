package tollgate.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static int spendAll(RetryBudget budget) {
        int spent = 0;
        while (budget.spend()) {
            spent++;
        }
        return spent;
    }

    @Test
    void tenSecondTriesAreThereToBeginWith() {
        assertThat(spendAll(new RetryBudget())).isEqualTo(10);
    }

    @Test
    void fiveCallsEarnOne() {
        RetryBudget budget = new RetryBudget();
        spendAll(budget);
        for (int i = 0; i < 4; i++) {
            budget.earn();
        }
        assertThat(budget.spend()).isFalse();
        budget.earn();
        assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
    }

    @Test
    void noMoreThanTenAreSaved() {
        RetryBudget budget = new RetryBudget();
        for (int i = 0; i < 1_000; i++) {
            budget.earn();
        }
        assertThat(spendAll(budget)).isEqualTo(10);
    }
}
