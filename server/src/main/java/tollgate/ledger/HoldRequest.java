package tollgate.ledger;

import org.jspecify.annotations.Nullable;
import tollgate.ledger.Entry.Binding;
import tollgate.unit.RequestId;

/// What a call asks the ledger to reserve: the worst case in nano-dollars, at a pinned price.
public record HoldRequest(
        Purse purse,
        long key,
        RequestId request,
        String model,
        long priceVersion,
        Entry.Context context,
        long amount,
        @Nullable SpendLimit limit,
        @Nullable Binding binding) {
    public HoldRequest {
        if (amount < 0) {
            throw new IllegalArgumentException("amount: %d (expected: >= 0)".formatted(amount));
        }
    }
}
