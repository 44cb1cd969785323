package tollgate.config;

import java.time.Duration;

/// Reads `limits`, `timeouts` and `breaker`.
final class LimitsReader {
    private static final int OUTPUT_TOKENS = 16_384;
    private static final Duration FIRST_BYTE_STREAM = Duration.ofMinutes(2);
    private static final Duration FIRST_BYTE_WHOLE = Duration.ofMinutes(10);

    private LimitsReader() {}

    /// A bare `limits: 0` lifts all rates.
    static Config.Limits limits(Section root) {
        if (root.isScalar("limits")) {
            root.integer("limits", 0, 0, 0);
            return new Config.Limits(0, 0, 0, 0, OUTPUT_TOKENS);
        }
        Section section = root.section("limits");
        Config.Limits limits =
                new Config.Limits(
                        section.count("requests-per-minute", 60),
                        section.count("requests-per-hour", 1_000),
                        section.count("requests-per-day", 10_000),
                        section.count("per-ip-per-minute", 60),
                        (int) section.integer("output-default", OUTPUT_TOKENS, 16, 10_000_000));
        section.end();
        return limits;
    }

    static Config.Timeouts timeouts(Section section) {
        Config.Timeouts timeouts =
                new Config.Timeouts(
                        section.duration("connect", Duration.ofSeconds(5)),
                        firstByte(section),
                        section.duration("idle", Duration.ofSeconds(60)),
                        section.duration("total", Duration.ofMinutes(35)));
        section.end();
        return timeouts;
    }

    /// A bare duration holds for streams and whole answers alike.
    private static Config.FirstByte firstByte(Section timeouts) {
        if (timeouts.isScalar("first-byte")) {
            Duration both = timeouts.duration("first-byte", FIRST_BYTE_STREAM);
            return new Config.FirstByte(both, both);
        }
        Section section = timeouts.section("first-byte");
        Config.FirstByte firstByte =
                new Config.FirstByte(
                        section.duration("stream", FIRST_BYTE_STREAM),
                        section.duration("whole", FIRST_BYTE_WHOLE));
        section.end();
        return firstByte;
    }

    static Config.Breaker breaker(Section section) {
        Config.Breaker breaker =
                new Config.Breaker(
                        (int) section.integer("failures", 5, 1, 1_000_000_000),
                        section.duration("within", Duration.ofSeconds(30)),
                        section.duration("retry-after", Duration.ofSeconds(10)));
        section.end();
        return breaker;
    }
}
