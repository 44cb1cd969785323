package tollgate.limit;

import java.time.Duration;

/// What is counted, of whom, over how long; limits on the same meter share one count.
///
/// @param owner whose calls these are, such as `account:17`, `key:4` or `ip:192.0.2.1`; one owner
///   may have several meters
/// @param window how far back it looks; zero for [Measure#CONCURRENT], which looks at now
public record Meter(String owner, Measure measure, Duration window) {
    public static final Duration WINDOW_MAX = Duration.ofDays(366);

    public Meter {
        boolean fits =
                switch (measure) {
                    case CONCURRENT -> window.isZero();
                    case REQUESTS, TOKENS ->
                            window.isPositive() && window.compareTo(WINDOW_MAX) <= 0;
                };
        if (!fits) {
            throw new IllegalArgumentException(
                    "window: %s (expected for %s: %s)"
                            .formatted(
                                    window,
                                    measure,
                                    measure == Measure.CONCURRENT
                                            ? Duration.ZERO
                                            : "more than zero, at most " + WINDOW_MAX));
        }
    }
}
