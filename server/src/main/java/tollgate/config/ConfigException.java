package tollgate.config;

/// The configuration cannot be used; the message names file, line, key, what was found and what was
/// expected, and never a secret. The start ends with it.
public final class ConfigException extends RuntimeException {
    /// For checks that only a higher floor can make; `message` holds all that is said above.
    public ConfigException(String message) {
        super(message, null, false, false);
    }

    static ConfigException at(Place place, String key, String found, String expected) {
        return new ConfigException(
                "%s: %s: %s (expected: %s)".formatted(place, key, shown(found), expected));
    }

    /// Long values are cut: the place says where to read the rest.
    private static String shown(String found) {
        String line = found.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }
}
