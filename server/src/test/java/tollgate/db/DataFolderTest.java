package tollgate.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
    @TempDir private Path folder;

    @Test
    void itIsMadeForItsOwnerAlone() throws Exception {
        Path data = folder.resolve("a/data");
        try (DataFolder open = DataFolder.open(data, 1)) {
            assertThat(open.path()).isEqualTo(data.toRealPath());
            assertThat(open.database()).isEqualTo(open.path().resolve("tollgate.db"));
            assertThat(open.journal()).isEqualTo(open.path().resolve("journal"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void thisProcessCannotTakeItTwiceAndKeepsItsLockWhenItTries() throws Exception {
        try (DataFolder open = DataFolder.open(folder, 4711)) {
            assertThatThrownBy(() -> DataFolder.open(folder, 4711))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("in use by process 4711");
            assertThat(otherProcess(open.path())).contains("in use by process 4711");
        }
    }

    @Test
    void anotherProcessGetsAClearMessageAndThenItsTurn() throws Exception {
        DataFolder open = DataFolder.open(folder, 4711);
        assertThat(otherProcess(folder))
                .isEqualTo(
                        "data folder %s: in use by process 4711 (expected: stop it first, or name"
                                        .formatted(open.path())
                                + " another folder with --data)");
        open.close();
        assertThat(otherProcess(folder)).isEqualTo("taken");
        DataFolder.open(folder, 1).close();
    }

    @Test
    void aFileInItsPlaceIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> DataFolder.open(file, 1))
                .isInstanceOf(DataFolderException.class)
                .hasMessageStartingWith("data folder " + file)
                .hasMessageEndingWith("(expected: a folder that this user may write)");
    }

    /// Tries to take the folder in a second JVM and says what happened.
    private static String otherProcess(Path folder) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Other.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }

    /// The second process.
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws Exception {
            File folder = new File(arguments[0]);
            String outcome;
            try {
                DataFolder.open(folder.toPath(), 2).close();
                outcome = "taken";
            } catch (DataFolderException refused) {
                outcome = String.valueOf(refused.getMessage());
            }
            System.out.write(outcome.getBytes(UTF_8));
            System.out.flush();
        }
    }
}
