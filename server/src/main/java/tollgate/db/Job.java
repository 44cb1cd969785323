package tollgate.db;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A transaction that waits for its thread, and the future of its result.
final class Job<C, T extends @Nullable Object> {
    private final Work<C, T> work;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    Job(Work<C, T> work) {
        this.work = work;
    }

    /// What a transaction does in its context, a [ReadTx] or a [WriteTx].
    interface Work<C, T extends @Nullable Object> {
        T run(C context) throws SQLException;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /// Runs it; the result is kept back until [Done#tell()].
    Done<T> run(C context) throws SQLException {
        return new Done<>(future, work.run(context));
    }

    void fail(Throwable cause) {
        future.completeExceptionally(cause);
    }

    /// A result that nobody may see before the commit.
    record Done<T extends @Nullable Object>(CompletableFuture<T> future, T result) {
        void tell() {
            future.complete(result);
        }
    }
}
