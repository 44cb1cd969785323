package tollgate.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.WellKnown;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.config.ConfigSource.Flag;

/// The options that every command takes; they beat the file.
final class Setup {
    private static final String FILE = "tollgate.yaml";

    static final List<Option> OPTIONS =
            List.of(
                    Option.with("--config", "FILE", "configuration (default: tollgate.yaml)"),
                    Option.with("--data", "FOLDER", "data folder (storage)"));

    /// For commands that listen.
    static final List<Option> LISTENING =
            List.of(
                    Option.with("--host", "NAME", "address to listen on (server.host)"),
                    Option.with("--port", "NUMBER", "port to listen on (server.port)"),
                    Option.with("--log", "FORMAT", "human or json (server.log)"));

    private Setup() {}

    /// Reads the configuration.
    ///
    /// @throws tollgate.config.ConfigException naming file, key and line
    static Config config(Arguments arguments, Console console) {
        return config(arguments, console, List.of());
    }

    /// @param usual what holds where neither the command line nor a file says otherwise
    static Config config(Arguments arguments, Console console, List<Flag> usual) {
        List<Flag> flags = new ArrayList<>(usual);
        String data = arguments.value("--data");
        // A relative path on the command line begins where the caller stands, not at the file.
        String storage = data == null ? null : "sqlite:" + console.folder().resolve(data);
        add(flags, "--data", "storage", storage);
        add(flags, "--host", "server.host", arguments.value("--host"));
        add(flags, "--port", "server.port", arguments.value("--port"));
        add(flags, "--log", "server.log", arguments.value("--log"));
        return ConfigReader.read(
                new ConfigSource(
                        file(arguments, console),
                        console.folder(),
                        console.environment(),
                        flags,
                        WellKnown.names()));
    }

    private static @Nullable Path file(Arguments arguments, Console console) {
        String named = arguments.value("--config");
        if (named != null) {
            return console.folder().resolve(named);
        }
        Path usual = console.folder().resolve(FILE);
        return usual.toFile().exists() ? usual : null;
    }

    private static void add(List<Flag> flags, String name, String key, @Nullable String value) {
        if (value != null) {
            flags.add(new Flag(name, key, value));
        }
    }
}
