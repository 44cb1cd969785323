package tollgate.bench.mock;

import java.util.Locale;

/// How the events of a stream are written.
public enum Pace {
    /// One event a write, the next one in a later turn of the event loop: all streams advance side
    /// by side, and a reader sees few events at once. What providers look like; the dearest.
    TURNS,
    /// One event a write, all in one turn.
    BURST,
    /// The whole stream in one write.
    ONCE;

    /// Reads `turns`, `burst` or `once`.
    public static Pace parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
