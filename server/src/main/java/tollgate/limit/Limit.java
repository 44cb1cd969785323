package tollgate.limit;

import java.time.Duration;
import java.util.Locale;

/// At most so many on a meter. "No limit" is no [Limit] at all, not one of 0.
public record Limit(Meter meter, long most) {
    /// More than any account needs, little enough that no sum of counts overflows.
    public static final long MOST_MAX = 1_000_000_000_000_000L;

    public Limit {
        if (most < 1 || most > MOST_MAX) {
            throw new IllegalArgumentException(
                    "most: %d (expected: 1 to %d)".formatted(most, MOST_MAX));
        }
    }

    public static Limit requests(String owner, long most, Duration window) {
        return new Limit(new Meter(owner, Measure.REQUESTS, window), most);
    }

    public static Limit tokens(String owner, long most, Duration window) {
        return new Limit(new Meter(owner, Measure.TOKENS, window), most);
    }

    public static Limit concurrent(String owner, long most) {
        return new Limit(new Meter(owner, Measure.CONCURRENT, Duration.ZERO), most);
    }

    /// In words, without the owner: `60 requests per minute`, `5 concurrent requests`.
    public String words() {
        if (meter.measure() == Measure.CONCURRENT) {
            return most + " concurrent requests";
        }
        return "%d %s per %s"
                .formatted(
                        most,
                        meter.measure().name().toLowerCase(Locale.ROOT),
                        period(meter.window()));
    }

    private static String period(Duration window) {
        if (window.equals(Duration.ofMinutes(1))) {
            return "minute";
        }
        if (window.equals(Duration.ofHours(1))) {
            return "hour";
        }
        if (window.equals(Duration.ofDays(1))) {
            return "day";
        }
        return window.toSeconds() + " seconds";
    }
}
