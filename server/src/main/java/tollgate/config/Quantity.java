package tollgate.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollgate.unit.Money;

/// Reads numbers with units; empty when the text is not of that kind, or out of a long's range.
final class Quantity {
    static final String SIZE = "a size such as 512KB or 20MB";
    static final String DURATION = "a duration such as 100ms, 30s, 35m, 24h or 7d";
    static final String PERCENTAGE = "a percentage such as 20%, at most four decimals";
    static final String AMOUNT = "an amount in USD of at most nine decimals";

    private static final Pattern NUMBER =
            Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?");
    private static final Pattern UNIT = Pattern.compile("([0-9]{1,18}) ?([A-Za-z]+)");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,4})?) ?%");

    private static final Map<String, Long> BYTES =
            Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30);
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Quantity() {}

    /// Digits only, with an optional minus.
    static Optional<Long> integer(String text) {
        return text.matches("-?[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    /// Bytes; 1 MB = 1,048,576. A bare 0 needs no unit.
    static Optional<Long> size(String text) {
        return product(text, BYTES);
    }

    static Optional<Duration> duration(String text) {
        return product(text, MILLIS).map(Duration::ofMillis);
    }

    private static Optional<Long> product(String text, Map<String, Long> units) {
        if (text.equals("0")) {
            return Optional.of(0L);
        }
        Matcher parts = UNIT.matcher(text);
        Long unit = parts.matches() ? units.get(parts.group(2)) : null;
        if (unit == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Math.multiplyExact(Long.parseLong(parts.group(1)), unit));
        } catch (ArithmeticException tooLarge) {
            return Optional.empty();
        }
    }

    /// Parts per million: 20% is 200,000.
    static Optional<Long> percentage(String text) {
        if (text.equals("0")) {
            return Optional.of(0L);
        }
        Matcher parts = PERCENT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(new BigDecimal(parts.group(1)).movePointRight(4).longValueExact());
    }

    /// USD. An exponent is accepted (programs write 1e-07 into JSON) but bounded.
    static Optional<Money> amount(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Money(new BigDecimal(text).movePointRight(9).longValueExact()));
        } catch (ArithmeticException outOfRange) {
            return Optional.empty();
        }
    }
}
