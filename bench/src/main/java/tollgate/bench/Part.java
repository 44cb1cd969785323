package tollgate.bench;

import java.util.Arrays;
import java.util.Locale;

/// What can be measured, in the order in which it is.
enum Part {
    WHOLE,
    STREAM,
    LATENCY,
    IDLE,
    LEDGER,
    START,
    KEYS;

    static Part parse(String text) {
        return Arrays.stream(values())
                .filter(part -> part.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "--only: %s (expected: one of %s)"
                                        .formatted(text, Arrays.toString(values()))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
