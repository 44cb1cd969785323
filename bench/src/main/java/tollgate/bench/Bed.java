package tollgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import tollgate.bench.load.Load;
import tollgate.bench.load.Tally;

/// Everything that stands ready while the bench runs.
///
/// @param gateway what is compared with nginx: the gateway, or a second nginx
/// @param endNanos when the bench must be over, on the scale of System.nanoTime
record Bed(
        Options options,
        GatewayCommand command,
        Mock mock,
        Load load,
        Nginx nginx,
        Contender gateway,
        Report report,
        long endNanos) {
    Plan plan() {
        return options.plan();
    }

    /// A folder of its own for another process.
    Path folder(String name) {
        return options.folder().resolve(name);
    }

    Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }

    /// Lets a run count only when every answer was right and the mock saw each call once.
    ///
    /// @param name of what was called
    /// @param asked completions the mock had been asked for before the run
    void requireRight(String name, Tally tally, long asked) {
        if (tally.failures() > 0) {
            throw new BenchFailed(
                    "%s: %d of %d calls failed, the first: %s"
                            .formatted(
                                    name,
                                    tally.failures(),
                                    tally.failures() + tally.answers(),
                                    tally.firstFailure()));
        }
        long seen = mock.requests() - asked;
        if (seen != tally.answers()) {
            throw new BenchFailed(
                    "%s: %d calls reached the mock (expected: %d, one for each answer)"
                            .formatted(name, seen, tally.answers()));
        }
    }
}
