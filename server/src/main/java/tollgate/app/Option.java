package tollgate.app;

import org.jspecify.annotations.Nullable;

/// A word of the command line that begins with two dashes.
///
/// @param value what its value is called in the help; null: it takes none
record Option(String name, @Nullable String value, String meaning) {
    static Option with(String name, String value, String meaning) {
        return new Option(name, value, meaning);
    }

    static Option alone(String name, String meaning) {
        return new Option(name, null, meaning);
    }

    String synopsis() {
        return value == null ? name : name + " " + value;
    }
}
