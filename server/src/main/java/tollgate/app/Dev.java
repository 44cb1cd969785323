package tollgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tollgate.config.Config;
import tollgate.config.ConfigSource.Flag;
import tollgate.db.DataFolder;

/// The gateway for a developer of it: a line for each request, readable, and a data folder that
/// begins empty each time, `.tollgate/dev` where the command was given.
final class Dev {
    static final Command COMMAND =
            new Command(
                    "dev",
                    "",
                    "Start with readable logs on a throw-away data folder",
                    Setup.LISTENING,
                    Dev::run);

    private static final String FOLDER = ".tollgate/dev";

    private Dev() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        arguments.atMost(0);
        Path folder = console.folder().resolve(FOLDER);
        Config config =
                Setup.config(
                        arguments,
                        console,
                        List.of(
                                new Flag("dev", "server.log", "human"),
                                new Flag("dev", "server.log-level", "debug"),
                                new Flag("dev", "storage", "sqlite:" + folder)));
        if (config.storage().equals(folder) && Files.isDirectory(folder)) {
            empty(folder);
        }
        return Serve.run(config, console);
    }

    /// Throws away what the last time left, but not under another process.
    private static void empty(Path folder) throws IOException {
        try (DataFolder held = DataFolder.open(folder, ProcessHandle.current().pid())) {
            Trees.deleteWithin(held.path(), Path.of("lock"));
        }
    }
}
