package tollgate.app;

import java.io.IOException;
import java.util.Optional;
import tollgate.config.Config;
import tollgate.db.DataFolder;
import tollgate.wire.json.Json;

/// Asks the gateway that runs on a data folder; only without one is the folder itself opened.
final class Asking {
    private Asking() {}

    @FunctionalInterface
    interface Remotely {
        Json.Obj ask(Running gateway) throws IOException, InterruptedException;
    }

    @FunctionalInterface
    interface Locally {
        Json.Obj ask(AtRest folder) throws IOException, InterruptedException;
    }

    static Json.Obj ask(Config config, Remotely remotely, Locally locally)
            throws IOException, InterruptedException {
        Optional<DataFolder> free =
                DataFolder.openIfFree(config.storage(), ProcessHandle.current().pid());
        if (free.isPresent()) {
            try (DataFolder held = free.get()) {
                return locally.ask(new AtRest(config, held));
            }
        }
        try (Running gateway = Running.find(config)) {
            return remotely.ask(gateway);
        }
    }
}
