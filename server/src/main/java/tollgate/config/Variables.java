package tollgate.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The environment, with `.env` beneath it: a real variable beats the file's. Values do not print.
public record Variables(Map<String, String> values) {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}|\\$\\{[^}]*}?");
    private static final Pattern LINE =
            Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");

    public Variables {
        values = Map.copyOf(values);
    }

    /// The value of a variable that is set and not empty.
    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    @Override
    public String toString() {
        return "Variables[%d]".formatted(values.size());
    }

    /// Reads `.env` if it is there: `NAME=value` a line, `export` allowed, `#` comments, quotes.
    static Variables read(Path dotEnv, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>();
        List<String> lines = lines(dotEnv);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                // The line is not shown: it may hold a secret.
                Place place = new Place(dotEnv.toString(), i + 1);
                throw new ConfigException(place + ": not a variable (expected: NAME=value)");
            }
            all.put(parts.group(1), unquoted(parts.group(2)));
        }
        all.putAll(environment);
        return new Variables(all);
    }

    private static List<String> lines(Path dotEnv) {
        try {
            return Files.readAllLines(dotEnv);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException unreadable) {
            throw new ConfigException(
                    "%s: cannot be read: %s (expected: a readable text file, or none)"
                            .formatted(dotEnv, unreadable.getClass().getSimpleName()));
        }
    }

    private static String unquoted(String value) {
        if (value.startsWith("\"") || value.startsWith("'")) {
            int end = value.indexOf(value.charAt(0), 1);
            return end < 0 ? value : value.substring(1, end);
        }
        int comment = value.indexOf(" #");
        return (comment < 0 ? value : value.substring(0, comment)).strip();
    }

    /// Fills `${NAME}` and `${NAME:-default}`; `$${` is a plain `${`. As in a shell, the default
    /// also stands in for an empty variable.
    String fill(String text, Place place, String key) {
        if (!text.contains("${")) {
            return text;
        }
        return REFERENCE
                .matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(fill(m, place, key)));
    }

    private String fill(java.util.regex.MatchResult match, Place place, String key) {
        if (match.group().equals("$${")) {
            return "${";
        }
        String name = match.group(1);
        if (name == null) {
            throw ConfigException.at(
                    place, key, match.group(), "${NAME} or ${NAME:-default}; $${ for a plain ${");
        }
        String value = values.get(name);
        String fallback = match.group(3);
        if (match.group(2) != null) {
            return value == null || value.isEmpty() ? fallback : value;
        }
        if (value == null) {
            throw ConfigException.at(
                    place, key, match.group(), "a variable that is set, or ${NAME:-default}");
        }
        return value;
    }
}
