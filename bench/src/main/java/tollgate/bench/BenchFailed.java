package tollgate.bench;

import org.jspecify.annotations.Nullable;

/// The bench cannot measure, or what it measured is wrong: an answer, or the ledger.
final class BenchFailed extends RuntimeException {
    BenchFailed(String message) {
        this(message, null);
    }

    BenchFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
