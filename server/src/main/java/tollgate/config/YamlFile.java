package tollgate.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads YAML text into a [Node] tree, filling in variables on the way. Used once, by one thread.
final class YamlFile {
    private static final int DEPTH_MAX = 32;
    private static final Pattern PLACE = Pattern.compile(" in reader, line (\\d+), column \\d+:");

    private final String name;
    private final Variables variables;
    private final JsonParser parser;
    private int depth;

    private YamlFile(String name, String text, Variables variables) {
        this.name = name;
        this.variables = variables;
        this.parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text);
    }

    /// @param name how messages call the file
    static Node.Table read(String name, String text, Variables variables) {
        YamlFile file = new YamlFile(name, text, variables);
        try {
            return file.document();
        } catch (JacksonException broken) {
            throw notYaml(name, broken);
        }
    }

    /// The scanner's message is a little story with excerpts, which may hold secrets: its last
    /// sentence says what is wrong, its last place where.
    private static ConfigException notYaml(String name, JacksonException broken) {
        TokenStreamLocation location = broken.getLocation();
        int line = location == null ? 1 : Math.max(1, location.getLineNr());
        String problem = "unreadable";
        for (String sentence : broken.getOriginalMessage().lines().toList()) {
            Matcher place = PLACE.matcher(sentence);
            if (place.matches()) {
                line = Integer.parseInt(place.group(1));
            } else if (!sentence.isBlank() && !sentence.startsWith(" ")) {
                problem = sentence;
            }
        }
        return ConfigException.at(
                new Place(name, line),
                "not YAML",
                problem,
                "YAML or JSON; texts with { } [ ] : # @ % in quotes");
    }

    private Node.Table document() {
        if (parser.nextToken() == null) {
            return new Node.Table(new Place(name, 1), new LinkedHashMap<>());
        }
        Node root = node("");
        if (root instanceof Node.Nothing nothing) {
            root = new Node.Table(nothing.place(), new LinkedHashMap<>());
        }
        if (!(root instanceof Node.Table table)) {
            throw ConfigException.at(
                    root.place(), "the file", root.described(), "a table of sections");
        }
        if (parser.nextToken() != null) {
            throw ConfigException.at(place(), "the file", "a second document", "one document");
        }
        return table;
    }

    private Node node(String key) {
        if (depth > DEPTH_MAX) {
            throw ConfigException.at(place(), key, "depth " + depth, "at most " + DEPTH_MAX);
        }
        JsonToken token = parser.currentToken();
        refuseReferences(key);
        return switch (token) {
            case START_OBJECT -> table(key);
            case START_ARRAY -> rows(key);
            case VALUE_NULL -> new Node.Nothing(place());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> text(key, Node.Kind.NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> text(key, Node.Kind.TRUTH);
            case null, default -> text(key, Node.Kind.STRING);
        };
    }

    /// An anchor can blow a small file up to gigabytes, and nobody needs one here.
    private void refuseReferences(String key) {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw ConfigException.at(place(), key, "an alias (*name)", "the value itself");
        }
    }

    private Node text(String key, Node.Kind kind) {
        Place place = place();
        String text = parser.getString();
        if (kind == Node.Kind.TRUTH) {
            return new Node.Text(place, text.toLowerCase(Locale.ROOT), kind);
        }
        return new Node.Text(place, variables.fill(text, place, key), kind);
    }

    private Node rows(String key) {
        Place place = place();
        List<Node> nodes = new ArrayList<>();
        depth++;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            nodes.add(node("%s[%d]".formatted(key, nodes.size())));
        }
        depth--;
        return new Node.Rows(place, nodes);
    }

    private Node table(String key) {
        Place place = place();
        SequencedMap<String, Node.Entry> entries = new LinkedHashMap<>();
        depth++;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Place keyPlace = place();
            String member = parser.currentName();
            parser.nextToken();
            String path = key.isEmpty() ? member : key + "." + member;
            Node.Entry entry = new Node.Entry(keyPlace, node(path));
            Node.Entry before = entries.putIfAbsent(member, entry);
            if (before != null) {
                throw ConfigException.at(
                        keyPlace,
                        path,
                        "a second time, first on line " + before.keyPlace().line(),
                        "each key once");
            }
        }
        depth--;
        return new Node.Table(place, entries);
    }

    private Place place() {
        return new Place(name, Math.max(1, parser.currentTokenLocation().getLineNr()));
    }
}
