package tollgate.door;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Times as contracts write them: UTC with `Z`.
public final class Times {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Times() {}

    /// Whole seconds: `2026-11-24T12:00:00Z`.
    public static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Three decimals, always: `2026-11-24T12:00:00.000Z`.
    public static String millis(Instant instant) {
        return MILLIS.format(instant);
    }
}
