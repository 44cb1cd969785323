package tollgate.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tollgate.config.Config;
import tollgate.wire.json.Json;

/// `backup FOLDER`: a data folder that starts as it is, made while calls run.
final class BackupCommand {
    static final Command COMMAND =
            new Command(
                    "backup",
                    "FOLDER",
                    "Copy the data folder so that the copy starts as it is",
                    List.of(),
                    BackupCommand::run);

    private static final long MB = 1 << 20;

    private BackupCommand() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        String named = arguments.atMost(1).word(0, "backup FOLDER");
        Path folder = console.folder().resolve(named).normalize();
        Config config = Setup.config(arguments, console);
        Json.Obj asked = Json.obj().put("folder", folder.toString());
        Json.Obj made =
                Asking.ask(
                        config,
                        gateway -> gateway.post("/admin/backup", asked),
                        rest -> rest.backup(folder));
        console.say(
                "%s holds %d segments and the database, %d MB. Start it with --data %s"
                        .formatted(
                                folder,
                                made.integer("segments").orElse(0L),
                                made.integer("bytes").orElse(0L) / MB,
                                folder));
        return CommandLine.DONE;
    }
}
