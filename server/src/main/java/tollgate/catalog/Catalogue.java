package tollgate.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Facts about the models of well-known providers: those built in, under those imported since.
///
/// It costs the start little: a provider's section is cut into lines when it is first asked for,
/// and a line is read when its model is. Belongs to the thread that loads prices; its sections,
/// once made, to any.
final class Catalogue {
    private static final String RESOURCE = "catalogue.tsv";
    private static final String ALIASES = "aliases";

    /// Sections as text, by provider.
    private final Map<String, String> texts;

    /// Lines, by provider.
    private final Map<String, List<String>> imported;

    private final Map<String, Section> sections = new HashMap<>();
    private @Nullable List<Alias> aliases;

    private Catalogue(Map<String, String> texts, Map<String, List<String>> imported) {
        this.texts = texts;
        this.imported = imported;
    }

    /// Another name by which a provider's model is known.
    private record Alias(String name, String provider, String model) {}

    /// One provider's models.
    ///
    /// @param lines by the provider's own names, in their order
    /// @param others other names: aliases, and the last part of names such as `author/model`, where
    ///   it is the only one that ends so
    record Section(Map<String, String> lines, Map<String, String> others) {
        static final Section EMPTY = new Section(Map.of(), Map.of());

        Optional<ModelFacts> find(String name) {
            String line = lines.get(name);
            if (line == null) {
                line = others.get(name);
            }
            return line == null ? Optional.empty() : Optional.of(CatalogueLine.read(line));
        }
    }

    /// @param imported lines, by provider
    static Catalogue builtIn(Map<String, List<String>> imported) {
        try (InputStream resource =
                Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE))) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return of(text, imported);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Catalogue of(String text, Map<String, List<String>> imported) {
        Map<String, String> texts = new HashMap<>();
        int at = text.indexOf("\n@");
        while (at >= 0) {
            int nameEnd = text.indexOf('\n', at + 1);
            int next = text.indexOf("\n@", nameEnd);
            texts.put(
                    text.substring(at + 2, nameEnd),
                    text.substring(nameEnd + 1, next < 0 ? text.length() : next + 1));
            at = next;
        }
        return new Catalogue(texts, imported);
    }

    Section section(String provider) {
        Section known = sections.get(provider);
        if (known == null) {
            known = cut(provider);
            sections.put(provider, known);
        }
        return known;
    }

    private Section cut(String provider) {
        Map<String, String> lines = new LinkedHashMap<>();
        put(lines, lines(texts.getOrDefault(provider, "")));
        put(lines, imported.getOrDefault(provider, List.of()));
        return lines.isEmpty() ? Section.EMPTY : new Section(lines, others(provider, lines));
    }

    private static void put(Map<String, String> lines, Collection<String> more) {
        for (String line : more) {
            lines.put(CatalogueLine.model(line), line);
        }
    }

    private Map<String, String> others(String provider, Map<String, String> lines) {
        Map<String, String> others = new HashMap<>();
        List<String> ambiguous = new ArrayList<>();
        for (Map.Entry<String, String> line : lines.entrySet()) {
            String model = line.getKey();
            int slash = model.lastIndexOf('/');
            if (slash > 0) {
                String ending = model.substring(slash + 1);
                if (others.put(ending, line.getValue()) != null) {
                    ambiguous.add(ending);
                }
            }
        }
        ambiguous.forEach(others::remove);
        for (Alias alias : aliases()) {
            String line = lines.get(alias.model());
            if (alias.provider().equals(provider) && line != null) {
                others.putIfAbsent(alias.name(), line);
            }
        }
        return others;
    }

    private List<Alias> aliases() {
        if (aliases == null) {
            List<Alias> read = new ArrayList<>();
            for (String line : lines(texts.getOrDefault(ALIASES, ""))) {
                int first = line.indexOf('\t');
                int second = line.indexOf('\t', first + 1);
                read.add(
                        new Alias(
                                line.substring(0, first),
                                line.substring(first + 1, second),
                                line.substring(second + 1)));
            }
            aliases = read;
        }
        return aliases;
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            lines.add(text.substring(from, end));
            from = end + 1;
        }
        return lines;
    }

    /// A model whoever serves it, its maker first: for what is true of a name wherever it runs.
    Optional<Sold> findAnywhere(String name) {
        for (WellKnown provider : WellKnown.makersFirst()) {
            Optional<ModelFacts> found = section(provider.name()).find(name);
            if (found.isPresent()) {
                return Optional.of(new Sold(provider.name(), found.get()));
            }
        }
        return Optional.empty();
    }

    /// A model at a provider.
    record Sold(String provider, ModelFacts facts) {}
}
