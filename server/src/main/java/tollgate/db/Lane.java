package tollgate.db;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Threads that take jobs from one bounded queue, several at a time. JDBC blocks its thread, so
/// these are platform threads.
final class Lane<C> implements AutoCloseable {
    /// Jobs waiting; beyond it callers are told to come again, since they would wait for seconds.
    static final int JOBS_WAITING_MAX = 10_000;

    private final BlockingQueue<Job<C, ?>> queue = new ArrayBlockingQueue<>(JOBS_WAITING_MAX);
    private final Job<C, ?> last = new Job<>(_ -> 0);
    private final List<Thread> threads = new ArrayList<>();
    private final int jobsAtOnceMax;
    private boolean closed;

    /// Runs jobs on one of the threads.
    interface Runner<C> {
        void run(List<Job<C, ?>> jobs);

        default void close() {}
    }

    Lane(String name, int threads, int jobsAtOnceMax, Supplier<Runner<C>> runners) {
        this.jobsAtOnceMax = jobsAtOnceMax;
        for (int i = 0; i < threads; i++) {
            Runner<C> runner = runners.get();
            String numbered = threads == 1 ? name : name + "-" + i;
            this.threads.add(Thread.ofPlatform().name(numbered).daemon().start(() -> work(runner)));
        }
    }

    <T extends @Nullable Object> CompletableFuture<T> submit(Job<C, T> job) {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    "a transaction inside a transaction would wait for itself");
        }
        if (!offer(job)) {
            job.fail(
                    Failures.unavailable(
                            "the database has %d transactions waiting".formatted(queue.size()),
                            null));
        }
        return job.future();
    }

    /// Under a lock, so that nothing is queued behind the last job.
    private synchronized boolean offer(Job<C, ?> job) {
        return !closed && queue.offer(job);
    }

    private void work(Runner<C> runner) {
        List<Job<C, ?>> jobs = new ArrayList<>(jobsAtOnceMax);
        boolean open = true;
        while (open) {
            jobs.clear();
            jobs.add(take());
            queue.drainTo(jobs, jobsAtOnceMax - 1);
            open = !jobs.remove(last);
            if (!jobs.isEmpty()) {
                runner.run(jobs);
            }
        }
        put(last); // for the next thread
        runner.close();
    }

    private Job<C, ?> take() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException _) {
                // Nobody has a reason to interrupt these threads; they end with the last job.
            }
        }
    }

    private void put(Job<C, ?> job) {
        queue.offer(job);
    }

    /// Finishes what is queued and ends the threads.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            queue.put(last);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
