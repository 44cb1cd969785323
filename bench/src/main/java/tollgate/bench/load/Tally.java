package tollgate.bench.load;

import org.jspecify.annotations.Nullable;

/// What a run of load brought.
///
/// @param answers complete answers that were as expected
/// @param failures every other call
/// @param firstFailure what was wrong with the first of them
/// @param latency in nanoseconds; its beginning may be left out, see the kinds of load
/// @param seconds from the first request to the last answer
public record Tally(
        long answers,
        long failures,
        @Nullable String firstFailure,
        Histogram latency,
        double seconds) {

    public double answersPerSecond() {
        return answers / seconds;
    }
}
