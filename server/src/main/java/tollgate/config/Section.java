package tollgate.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tollgate.unit.Money;

/// One table of the file while it is read: each reader takes a key, checks it and remembers it, and
/// [#end()] refuses what nobody asked for. An absent or empty value means the default.
final class Section {
    private final String path;
    private final Node.Table table;
    private final Set<String> known = new LinkedHashSet<>();

    Section(String path, Node.Table table) {
        this.path = path;
        this.table = table;
    }

    Place place() {
        return table.place();
    }

    /// The full name of a key, as messages show it.
    String named(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private Optional<Node> find(String key) {
        known.add(key);
        Node.Entry entry = table.entries().get(key);
        return entry == null || entry.value() instanceof Node.Nothing
                ? Optional.empty()
                : Optional.of(entry.value());
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    boolean isScalar(String key) {
        return find(key).filter(Node.Text.class::isInstance).isPresent();
    }

    /// Keys in the file's order, for tables whose keys are names.
    List<String> names() {
        known.addAll(table.entries().keySet());
        return List.copyOf(table.entries().keySet());
    }

    /// Says what is wrong with a key that is there, or with the section when it is not.
    ConfigException refused(String key, String found, String expected) {
        Place place = find(key).map(Node::place).orElse(table.place());
        return ConfigException.at(place, named(key), found, expected);
    }

    void end() {
        for (var entry : table.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw ConfigException.at(
                        entry.getValue().keyPlace(),
                        named(entry.getKey()),
                        "unknown key",
                        "one of " + String.join(", ", known));
            }
        }
    }

    private <T> T scalar(
            String key, T fallback, String expected, Function<String, Optional<T>> reader) {
        Optional<Node> node = find(key);
        if (node.isEmpty()) {
            return fallback;
        }
        if (!(node.get() instanceof Node.Text(Place _, String text, Node.Kind _))) {
            throw refused(key, node.get().described(), expected);
        }
        return reader.apply(text).orElseThrow(() -> refused(key, text, expected));
    }

    String text(String key, String fallback) {
        return scalar(key, fallback, "a text", Optional::of);
    }

    /// Says only how long a refused value is.
    Secret secret(String key, Secret fallback, int charactersMin) {
        Secret secret = scalar(key, fallback, "a text", text -> Optional.of(new Secret(text)));
        int length = secret.text().length();
        if (has(key) && secret.isSet() && length < charactersMin) {
            throw refused(
                    key, length + " characters", charactersMin + " characters or more, or none");
        }
        return secret;
    }

    long integer(String key, long fallback, long min, long max) {
        String expected = "a number from %d to %d".formatted(min, max);
        return scalar(
                key,
                fallback,
                expected,
                text -> Quantity.integer(text).filter(n -> n >= min && n <= max));
    }

    int port(String key, int fallback) {
        return (int) integer(key, fallback, 0, 65_535);
    }

    int count(String key, int fallback) {
        return (int) integer(key, fallback, 0, 1_000_000_000);
    }

    long size(String key, long fallback) {
        return scalar(key, fallback, Quantity.SIZE, Quantity::size);
    }

    Duration duration(String key, Duration fallback) {
        return scalar(
                key,
                fallback,
                Quantity.DURATION + ", more than 0",
                text -> Quantity.duration(text).filter(Duration::isPositive));
    }

    long percentage(String key, long fallback) {
        return scalar(key, fallback, Quantity.PERCENTAGE, Quantity::percentage);
    }

    Money amount(String key, Money fallback) {
        return scalar(
                key,
                fallback,
                Quantity.AMOUNT + ", 0 or more",
                text -> Quantity.amount(text).filter(money -> !money.isNegative()));
    }

    /// Null when the key is absent.
    <T> @Nullable T ifPresent(String key, Supplier<T> reader) {
        return has(key) ? reader.get() : null;
    }

    boolean truth(String key, boolean fallback) {
        return scalar(
                key,
                fallback,
                "true or false",
                text ->
                        switch (text) {
                            case "true" -> Optional.of(true);
                            case "false" -> Optional.of(false);
                            default -> Optional.empty();
                        });
    }

    /// A word of an enum: `ROOT_KEY` is written `root-key`.
    <E extends Enum<E>> E choice(String key, E fallback) {
        Class<E> type = fallback.getDeclaringClass();
        return scalar(key, fallback, words(type), text -> findWord(type, text));
    }

    <E extends Enum<E>> Set<E> choices(String key, Class<E> type) {
        Set<E> chosen = EnumSet.noneOf(type);
        List<String> texts = texts(key, List.of());
        for (String text : texts) {
            chosen.add(findWord(type, text).orElseThrow(() -> refused(key, text, words(type))));
        }
        return Set.copyOf(chosen);
    }

    private static <E extends Enum<E>> Optional<E> findWord(Class<E> type, String text) {
        return EnumSet.allOf(type).stream().filter(e -> word(e).equals(text)).findFirst();
    }

    private static <E extends Enum<E>> String words(Class<E> type) {
        return "one of "
                + EnumSet.allOf(type).stream().map(Section::word).collect(Collectors.joining(", "));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<String> texts(String key, List<String> fallback) {
        Optional<Node> node = find(key);
        if (node.isEmpty()) {
            return fallback;
        }
        List<String> texts = new ArrayList<>();
        for (Node row : rows(key)) {
            if (!(row instanceof Node.Text(Place _, String text, Node.Kind _))) {
                throw ConfigException.at(row.place(), named(key), row.described(), "texts only");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /// The elements of a list; none when it is absent.
    List<Node> rows(String key) {
        return switch (find(key).orElse(null)) {
            case null -> List.of();
            case Node.Rows rows -> rows.nodes();
            case Node other -> throw refused(key, other.described(), "a list");
        };
    }

    /// The elements of a list of tables.
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (Node row : rows(key)) {
            String name = "%s[%d]".formatted(named(key), sections.size());
            if (!(row instanceof Node.Table rowTable)) {
                throw ConfigException.at(row.place(), name, row.described(), "a table");
            }
            sections.add(new Section(name, rowTable));
        }
        return sections;
    }

    /// A table within; an absent one is empty.
    Section section(String key) {
        return switch (find(key).orElse(null)) {
            case null -> new Section(named(key), new Node.Table(place(), new LinkedHashMap<>()));
            case Node.Table inner -> new Section(named(key), inner);
            case Node other -> throw refused(key, other.described(), "a table");
        };
    }
}
