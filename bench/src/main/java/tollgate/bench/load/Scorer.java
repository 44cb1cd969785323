package tollgate.bench.load;

import org.jspecify.annotations.Nullable;

/// Counts while a run lasts. Confined to one event loop.
final class Scorer {
    /// A run that goes this wrong ends early.
    private static final long FAILURES_MAX = 100;

    private final Histogram latency = new Histogram();
    private final long startedNanos = System.nanoTime();
    private long answers;
    private long failures;
    private @Nullable String firstFailure;

    void right() {
        answers++;
    }

    void took(long nanos) {
        latency.add(nanos);
    }

    void wrong(String failure) {
        failures++;
        if (firstFailure == null) {
            firstFailure = failure;
        }
    }

    boolean hopeless() {
        return failures >= FAILURES_MAX;
    }

    long startedNanos() {
        return startedNanos;
    }

    Tally tally() {
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        return new Tally(answers, failures, firstFailure, latency, seconds);
    }
}
