package tollgate.config;

import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// A YAML document as a tree that knows its lines.
sealed interface Node {
    Place place();

    /// How messages call it.
    String described();

    /// A scalar; `kind` is how it was written, before variables were filled in.
    record Text(Place place, String text, Kind kind) implements Node {
        @Override
        public String described() {
            return text.isEmpty() ? "an empty text" : text;
        }

        /// Values may be secrets.
        @Override
        public String toString() {
            return "Text[%s, %d characters]".formatted(place, text.length());
        }
    }

    enum Kind {
        STRING,
        NUMBER,
        TRUTH
    }

    record Rows(Place place, List<Node> nodes) implements Node {
        public Rows {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String described() {
            return "a list";
        }
    }

    /// Open to change: flags are laid over the file before it is read.
    record Table(Place place, SequencedMap<String, Entry> entries) implements Node {
        @Override
        public String described() {
            return "a table";
        }
    }

    record Nothing(Place place) implements Node {
        @Override
        public String described() {
            return "nothing";
        }
    }

    /// A member of a table, and where its key stands.
    record Entry(Place keyPlace, Node value) {}

    /// The node as compact JSON, as it stands; numbers keep their digits.
    default String toJson() {
        return switch (this) {
            case Text text when text.kind() != Kind.STRING && isJson(text.text()) -> text.text();
            case Text text -> quoted(text.text());
            case Nothing _ -> "null";
            case Rows rows ->
                    rows.nodes().stream()
                            .map(Node::toJson)
                            .collect(Collectors.joining(",", "[", "]"));
            case Table table ->
                    table.entries().entrySet().stream()
                            .map(e -> quoted(e.getKey()) + ":" + e.getValue().value().toJson())
                            .collect(Collectors.joining(",", "{", "}"));
        };
    }

    /// YAML has more spellings of numbers and truths than JSON; those become strings.
    private static boolean isJson(String text) {
        return text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
