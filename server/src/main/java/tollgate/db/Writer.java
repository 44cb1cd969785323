package tollgate.db;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tollgate.observe.Observation;
import tollgate.observe.Observer;

/// The one thread that changes rows. It takes what waits, runs each job in a savepoint of its own
/// inside one transaction, commits once, then tells all: a failed job takes nobody with it, unless
/// the database itself lost the transaction.
final class Writer implements AutoCloseable {
    /// Jobs in one commit; more would keep the first waiting for the last.
    private static final int JOBS_PER_COMMIT_MAX = 512;

    private final Path file;
    private final Observer observer;
    private final Lane<WriteTx> lane;
    private @Nullable Link link;
    private boolean failing;

    Writer(Path file, Link link, Observer observer) {
        this.file = file;
        this.observer = observer;
        this.link = link;
        this.lane = new Lane<>("db-writer", 1, JOBS_PER_COMMIT_MAX, () -> this::commit);
    }

    <T extends @Nullable Object> CompletableFuture<T> submit(Job.Work<WriteTx, T> work) {
        return lane.submit(new Job<>(work));
    }

    private void commit(List<Job<WriteTx, ?>> jobs) {
        List<Ran> ran = new ArrayList<>(jobs.size());
        try {
            Link open = opened();
            open.run("BEGIN IMMEDIATE");
            for (Job<WriteTx, ?> job : jobs) {
                run(open, job, ran);
            }
            open.run("COMMIT");
        } catch (SQLException lost) {
            giveUp(lost, jobs);
            return;
        }
        recovered();
        for (Ran done : ran) {
            tell(done);
        }
    }

    /// What ran and waits for the commit.
    private record Ran(WriteTx tx, Job.Done<?> done) {}

    private Link opened() throws SQLException {
        if (link == null) {
            link = Link.writing(file);
        }
        return link;
    }

    /// @throws SQLException when the whole transaction is lost
    private static void run(Link link, Job<WriteTx, ?> job, List<Ran> ran) throws SQLException {
        WriteTx tx = new WriteTx(link);
        link.run("SAVEPOINT job");
        try {
            Job.Done<?> done = job.run(tx);
            link.run("RELEASE job");
            ran.add(new Ran(tx, done));
        } catch (Throwable failed) {
            SQLException sql = Failures.within(failed);
            if (sql != null && Failures.isOutage(sql)) {
                throw sql;
            }
            link.run("ROLLBACK TO job");
            link.run("RELEASE job");
            job.fail(failed);
        }
    }

    private void tell(Ran ran) {
        try {
            ran.tx.committed();
        } catch (RuntimeException | Error ours) {
            observer.report(new Observation.OwnError("after a commit", ours));
        }
        ran.done.tell();
    }

    /// After an outage the connection's state is anybody's guess: the next commit opens a new one.
    private void giveUp(SQLException lost, List<Job<WriteTx, ?>> jobs) {
        if (!failing) {
            failing = true;
            observer.report(new Observation.StoreFailed("write", lost));
        }
        drop();
        jobs.forEach(job -> job.fail(Failures.unavailable(lost)));
    }

    private void recovered() {
        if (failing) {
            failing = false;
            observer.report(new Observation.StoreRecovered("write"));
        }
    }

    private void drop() {
        if (link != null) {
            link.close();
            link = null;
        }
    }

    @Override
    public void close() {
        lane.close();
        drop();
    }
}
