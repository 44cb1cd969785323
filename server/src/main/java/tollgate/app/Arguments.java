package tollgate.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The words after a command's name, sorted: options with values (`--port 80` or `--port=80`),
/// options alone, and the rest in order.
///
/// Read by hand. A library for it took a third of a second of every start, for its class files are
/// too old for the JVM's start-up cache.
final class Arguments {
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> switches = new HashSet<>();

    private Arguments() {}

    /// @throws UsageException for an option that is unknown, given twice, or lacks its value
    static Arguments read(List<String> given, List<Option> known) {
        Arguments arguments = new Arguments();
        boolean optionsEnded = false;
        for (int i = 0; i < given.size(); i++) {
            String word = given.get(i);
            if (optionsEnded || !word.startsWith("-") || word.equals("-")) {
                arguments.words.add(word);
            } else if (word.equals("--")) {
                optionsEnded = true;
            } else {
                String next = i + 1 < given.size() ? given.get(i + 1) : null;
                i += arguments.add(word, next, known);
            }
        }
        return arguments;
    }

    /// Takes one option and says how many words more it took.
    private int add(String word, @Nullable String next, List<Option> known) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = find(name, known);
        if (values.containsKey(name) || switches.contains(name)) {
            throw new UsageException("option " + name + ": twice", "once");
        }
        if (option.value() == null) {
            if (equals >= 0) {
                throw new UsageException("option " + word, name + " without a value");
            }
            switches.add(name);
            return 0;
        }
        if (equals >= 0) {
            values.put(name, word.substring(equals + 1));
            return 0;
        }
        if (next == null) {
            throw new UsageException("option " + name + ": no value", option.synopsis());
        }
        values.put(name, next);
        return 1;
    }

    private static Option find(String name, List<Option> known) {
        for (Option option : known) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        List<String> names = known.stream().map(Option::synopsis).toList();
        throw new UsageException("option " + name + ": unknown", String.join(", ", names));
    }

    /// The value of an option, or null when it was not given.
    @Nullable String value(String option) {
        return values.get(option);
    }

    boolean has(String option) {
        return switches.contains(option);
    }

    /// What is no option, in order.
    List<String> words() {
        return List.copyOf(words);
    }

    /// The word at a place.
    ///
    /// @throws UsageException when there are fewer
    String word(int index, String expected) {
        if (index >= words.size()) {
            throw new UsageException("missing", expected);
        }
        return words.get(index);
    }

    /// @throws UsageException when there are more words than that
    Arguments atMost(int count) {
        if (words.size() > count) {
            throw new UsageException(
                    "word " + words.get(count),
                    count == 0 ? "options only" : "%d words".formatted(count));
        }
        return this;
    }
}
