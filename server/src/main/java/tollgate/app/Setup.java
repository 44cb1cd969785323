package tollgate.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollgate.catalog.WellKnown;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.config.ConfigSource.Flag;

/// The options that every command takes; they beat the file.
final class Setup {
    @Option(
            names = "--config",
            description = "configuration file (default: tollgate.yaml if there)")
    private @Nullable Path file;

    @Option(names = "--data", description = "data folder (storage)")
    private @Nullable String data;

    @Option(names = "--host", description = "address to listen on (server.host)")
    private @Nullable String host;

    @Option(names = "--port", description = "port to listen on (server.port)")
    private @Nullable String port;

    @Option(names = "--log", description = "human or json (server.log)")
    private @Nullable String log;

    /// Reads the configuration.
    ///
    /// @throws tollgate.config.ConfigException naming file, key and line
    Config config() {
        List<Flag> flags = new ArrayList<>();
        add(flags, "--data", "storage", data == null ? null : "sqlite:" + data);
        add(flags, "--host", "server.host", host);
        add(flags, "--port", "server.port", port);
        add(flags, "--log", "server.log", log);
        Path folder = Path.of("").toAbsolutePath();
        Path usual = folder.resolve("tollgate.yaml");
        Path named = file == null && usual.toFile().exists() ? usual : file;
        return ConfigReader.read(
                new ConfigSource(named, folder, System.getenv(), flags, WellKnown.names()));
    }

    private static void add(List<Flag> flags, String name, String key, @Nullable String value) {
        if (value != null) {
            flags.add(new Flag(name, key, value));
        }
    }
}
