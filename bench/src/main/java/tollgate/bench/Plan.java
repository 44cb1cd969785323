package tollgate.bench;

import java.time.Duration;

/// How long everything takes.
///
/// @param rounds how often nginx and the gateway are measured in turn; medians count
/// @param run of closed-loop load
/// @param warmUp of the gateway before its first measured run of a kind
/// @param rateRounds rounds at a constant rate
/// @param rateRun at a constant rate, its untimed first second included
/// @param starts starts from which the median is taken
/// @param total limit of the whole bench; what can be shorter becomes so
record Plan(
        int rounds,
        Duration run,
        Duration warmUp,
        int rateRounds,
        Duration rateRun,
        int starts,
        Duration total) {
    static final Plan FULL =
            new Plan(
                    5,
                    Duration.ofMillis(2_500),
                    Duration.ofSeconds(16),
                    3,
                    Duration.ofSeconds(3),
                    3,
                    Duration.ofMinutes(7));

    static final Plan QUICK =
            new Plan(
                    2,
                    Duration.ofMillis(1_200),
                    Duration.ofMillis(2_500),
                    1,
                    Duration.ofMillis(2_500),
                    1,
                    Duration.ofMinutes(1));

    /// The same, to be over within another time.
    Plan within(Duration limit) {
        return new Plan(rounds, run, warmUp, rateRounds, rateRun, starts, limit);
    }
}
