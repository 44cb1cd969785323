package tollgate.ledger;

import java.util.Collection;
import java.util.Map;

/// What must be true of the projections before a start goes on (I-40).
final class Audit {
    private Audit() {}

    /// Money is neither made nor lost: over all places the sum is 0.
    ///
    /// @throws JournalCorrupt when it is not
    static void check(Collection<Purse> live, Collection<Purse> test, Map<String, Long> operator) {
        long sum = sum(live) + sum(test);
        for (long place : operator.values()) {
            sum = Math.addExact(sum, place);
        }
        if (sum != 0) {
            throw new JournalCorrupt(
                    "the ledger does not balance: all places together hold %d nano-dollars (expected: 0)"
                            .formatted(sum));
        }
    }

    private static long sum(Collection<Purse> purses) {
        long sum = 0;
        for (Purse purse : purses) {
            Purse.Balance balance = purse.balance();
            sum = Math.addExact(sum, balance.available().nanos());
            sum = Math.addExact(sum, balance.held().nanos());
        }
        return sum;
    }
}
