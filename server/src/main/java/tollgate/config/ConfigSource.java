package tollgate.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a configuration is read from.
///
/// @param file null: none; a file that is named must exist
/// @param folder where `.env` lies and relative storage begins when there is no file
/// @param wellKnownProviders names that need no protocol and no base URL
public record ConfigSource(
        @Nullable Path file,
        Path folder,
        Map<String, String> environment,
        List<Flag> flags,
        Set<String> wellKnownProviders) {
    public ConfigSource {
        environment = Map.copyOf(environment);
        flags = List.copyOf(flags);
        wellKnownProviders = Set.copyOf(wellKnownProviders);
    }

    /// A setting from the command line, which beats the file.
    ///
    /// @param name as typed, such as `--port`
    /// @param key such as `server.port`
    public record Flag(String name, String key, String value) {}

    /// The folder that relative paths of the file, and `.env`, belong to.
    Path home() {
        Path parent = file == null ? folder : file.toAbsolutePath().getParent();
        return parent == null ? folder : parent;
    }

    /// Hides the environment: it holds secrets.
    @Override
    public String toString() {
        return "ConfigSource[file=%s, flags=%d]".formatted(file, flags.size());
    }
}
