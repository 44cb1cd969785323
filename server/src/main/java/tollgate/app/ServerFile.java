package tollgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tollgate.db.DataFolder;
import tollgate.wire.json.Json;

/// The file `server` in the data folder, by which the other commands find the gateway that runs on
/// it. It is there while requests are taken.
///
/// It is believed only when it names the process that holds the folder's lock: a file that a killed
/// gateway left behind may name a port which somebody else has by now, and he must not be sent an
/// admin key.
final class ServerFile implements AutoCloseable {
    private static final String NAME = "server";

    private final Path file;

    private ServerFile(Path file) {
        this.file = file;
    }

    /// Says where this process listens.
    static ServerFile write(DataFolder folder, String address) throws IOException {
        Json.Obj said =
                Json.obj().put("pid", ProcessHandle.current().pid()).put("address", address);
        Path file = folder.path().resolve(NAME);
        Path half = folder.path().resolve(NAME + ".half");
        Files.write(half, said.toBytes());
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        return new ServerFile(file);
    }

    /// The address of the gateway that has this folder now, once it takes requests.
    static Optional<String> read(Path folder) {
        long holder = DataFolder.holder(folder, ProcessHandle.current().pid());
        try {
            byte[] bytes = Files.readAllBytes(folder.resolve(NAME));
            return Json.parse(bytes) instanceof Json.Obj said
                            && said.integer("pid").orElse(0L) == holder
                    ? said.string("address")
                    : Optional.empty();
        } catch (IOException | RuntimeException _) {
            return Optional.empty(); // not there yet, or not one of ours
        }
    }

    /// Whether a file of this name in the data folder is this one.
    static boolean isName(String name) {
        return name.startsWith(NAME);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
