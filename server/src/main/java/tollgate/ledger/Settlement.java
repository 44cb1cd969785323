package tollgate.ledger;

import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.unit.Digest;

/// What a call cost, in nano-dollars, and why. `answer` is the SHA-256 of the stored answer of a
/// call with an idempotency key.
public record Settlement(
        long cost, Usage usage, UsageSource source, Entry.Ending ending, @Nullable Digest answer) {
    public Settlement {
        if (cost < 0) {
            throw new IllegalArgumentException("cost: %d (expected: >= 0)".formatted(cost));
        }
    }
}
