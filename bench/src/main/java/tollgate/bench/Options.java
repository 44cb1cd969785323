package tollgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import tollgate.bench.mock.Pace;

/// The command line.
///
/// @param gateway the command that starts the gateway; empty compares nginx with a second nginx
/// @param keys how many the many keys are
record Options(
        String gateway,
        Plan plan,
        Set<Part> parts,
        Verdicts verdicts,
        Pace pace,
        int eventLoops,
        Path folder,
        int keys) {
    static final String HELP =
            """
            bench: CPU, latency and memory of the gateway against nginx

              --check              exit status 1 when a budget is exceeded
              --quick              under a minute: young JVM, fewer rounds, no ledger, no keys
              --only PART          whole, stream, latency, idle, ledger, start or keys; repeatable
              --gateway COMMAND    how the gateway is started (./tollgate serve)
              --self               nginx against a second nginx: how much the machine's noise is
              --pace PACE          how events of streams are written: burst (one a write, one stream
                                   after the other), turns (one a write, streams side by side),
                                   once (all in one write)
              --loops N            event loops and nginx workers (one a processor)
              --folder DIR         for data and logs, on a disk (bench/target/run); emptied
              --seconds N          limit of the whole bench (420; quick: 60)
              --keys N             how many the many keys are (100,000)
            """;

    /// What a missed budget does.
    enum Verdicts {
        PRINTED,
        CHECKED
    }

    /// Reads the command line.
    ///
    /// @throws IllegalArgumentException naming the word it does not know
    static Options parse(String[] words) {
        var options = new Parsed();
        Iterator<String> rest = List.of(words).iterator();
        while (rest.hasNext()) {
            options.take(rest.next(), rest);
        }
        return options.done();
    }

    boolean againstItself() {
        return gateway.isEmpty();
    }

    /// The options read so far.
    private static final class Parsed {
        private String gateway = "./tollgate serve";
        private boolean quick;
        private int seconds;
        private final EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        private Verdicts verdicts = Verdicts.PRINTED;
        private Pace pace = Pace.BURST;
        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private Path folder = Path.of("bench", "target", "run");
        private int keys = 100_000;

        void take(String word, Iterator<String> rest) {
            switch (word) {
                case "--check" -> verdicts = Verdicts.CHECKED;
                case "--quick" -> quick = true;
                case "--seconds" -> seconds = Integer.parseInt(value(word, rest));
                case "--self" -> gateway = "";
                case "--only" -> parts.add(Part.parse(value(word, rest)));
                case "--gateway" -> gateway = value(word, rest);
                case "--pace" -> pace = Pace.parse(value(word, rest));
                case "--loops" -> eventLoops = Integer.parseInt(value(word, rest));
                case "--folder" -> folder = Path.of(value(word, rest));
                case "--keys" -> keys = Integer.parseInt(value(word, rest));
                default ->
                        throw new IllegalArgumentException(
                                "%s (expected: an option)%n%n%s".formatted(word, HELP));
            }
        }

        private static String value(String word, Iterator<String> rest) {
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(word + ": nothing (expected: a value)");
            }
            return rest.next();
        }

        Options done() {
            Plan plan = quick ? Plan.QUICK : Plan.FULL;
            return new Options(
                    gateway,
                    seconds == 0 ? plan : plan.within(Duration.ofSeconds(seconds)),
                    Set.copyOf(chosenParts()),
                    verdicts,
                    pace,
                    eventLoops,
                    folder.toAbsolutePath(),
                    keys);
        }

        private Set<Part> chosenParts() {
            if (!parts.isEmpty()) {
                return parts;
            }
            return quick
                    ? EnumSet.complementOf(EnumSet.of(Part.LEDGER, Part.KEYS))
                    : EnumSet.allOf(Part.class);
        }
    }
}
