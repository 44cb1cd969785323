package tollgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// What is to be known of the machine.
final class Machine {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private Machine() {}

    /// Names the time since the machine was switched on: within it a killed process loses nothing
    /// that it wrote. Elsewhere than on Linux each start counts as a boot of its own.
    static UUID boot() {
        try {
            return UUID.fromString(Files.readString(BOOT_ID).strip());
        } catch (IOException _) {
            return UUID.randomUUID();
        }
    }
}
