package tollgate.db;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tollgate.observe.Observation;
import tollgate.observe.Observer;

/// Threads that read, each with a read-only connection of its own, opened at its first job.
final class Readers implements AutoCloseable {
    private final Path file;
    private final Observer observer;
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Lane<ReadTx> lane;

    Readers(Path file, int threads, Observer observer) {
        this.file = file;
        this.observer = observer;
        this.lane = new Lane<>("db-reader", threads, 1, Reader::new);
    }

    <T extends @Nullable Object> CompletableFuture<T> submit(Job.Work<ReadTx, T> work) {
        return lane.submit(new Job<>(work));
    }

    @Override
    public void close() {
        lane.close();
    }

    /// One thread's side.
    private final class Reader implements Lane.Runner<ReadTx> {
        private @Nullable Link link;

        @Override
        public void run(List<Job<ReadTx, ?>> jobs) {
            jobs.forEach(this::run);
        }

        private void run(Job<ReadTx, ?> job) {
            Job.Done<?> done;
            try {
                done = read(job);
            } catch (Throwable failed) {
                SQLException sql = Failures.within(failed);
                if (sql != null && Failures.isOutage(sql)) {
                    if (failing.compareAndSet(false, true)) {
                        observer.report(new Observation.StoreFailed("read", sql));
                    }
                    close();
                    job.fail(Failures.unavailable(sql));
                } else {
                    job.fail(failed);
                }
                return;
            }
            if (failing.get() && failing.compareAndSet(true, false)) {
                observer.report(new Observation.StoreRecovered("read"));
            }
            done.tell();
        }

        private Job.Done<?> read(Job<ReadTx, ?> job) throws SQLException {
            if (link == null) {
                link = Link.reading(file);
            }
            link.run("BEGIN");
            try {
                return job.run(new ReadTx(link));
            } finally {
                link.run("ROLLBACK");
            }
        }

        @Override
        public void close() {
            if (link != null) {
                link.close();
                link = null;
            }
        }
    }
}
