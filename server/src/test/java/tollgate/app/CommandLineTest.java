package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollgate.db.DataFolder;

final class CommandLineTest {
    @TempDir private Path folder;

    private Shell shell() {
        return new Shell(folder, Map.of());
    }

    @Test
    void withoutACommandAndWithHelpItNamesThemAll() throws Exception {
        for (String[] words : new String[][] {{}, {"help"}, {"--help"}}) {
            Shell.Said said = shell().run(words);
            assertThat(said.status()).isZero();
            assertThat(said.out())
                    .contains("serve", "dev", "keys", "catalog", "doctor", "backup")
                    .doesNotContain("train");
        }
    }

    @Test
    void eachCommandExplainsItself() throws Exception {
        Shell.Said said = shell().run("backup", "--help");
        assertThat(said.status()).isZero();
        assertThat(said.out())
                .contains("tollgate backup FOLDER [OPTIONS]", "--config FILE", "--data FOLDER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frob | command frob: unknown (expected: serve, dev, keys, catalog, doctor,"
                        + " backup)",
                "serve --prt 1 | option --prt: unknown",
                "serve now | word now (expected: options only)",
                "backup | missing (expected: backup FOLDER)",
                "keys make | keys make: unknown (expected: list, create, revoke or admin)",
                "keys create | missing (expected: keys create NAME)",
                "keys revoke x | keys revoke: x (expected: a number)",
                "keys admin | keys admin: nothing to do (expected: keys admin --rotate)"
            })
    void nonsenseIsStatusTwo(String line, String complaint) throws Exception {
        Shell.Said said = shell().run(line.split(" "));
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).startsWith("tollgate: " + complaint).hasLineCount(1);
    }

    /// What stops a start is said in one line: where, which key, what was found and expected.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'server:\n  port: 8080\npricing: {}\nprovidersss:\n  x: 1' | 4 | providersss",
                "'server: { h2c-port: 99999 }' | 1 | server.h2c-port: 99999 (expected:",
                "'server:\n  max-body: 20 parsecs' | 2 | server.max-body: 20 parsecs (expected:",
                "'models:\n  a:\n    routes: [ { provider: nowhere } ]' | 3 | nowhere",
                "'admin-key: short' | 1 | admin-key",
                "'server: [' | 1 | ",
            })
    void aWrongConfigurationStopsTheStart(String yaml, int line, String complaint)
            throws Exception {
        Path file = Files.writeString(folder.resolve("tollgate.yaml"), yaml);
        Shell.Said said = shell().run("serve", "--port", "0");
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.err())
                .startsWith("tollgate: " + file + ", line " + line)
                .contains(complaint == null ? "" : complaint)
                .hasLineCount(1);
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aKeyThatIsTooShortIsNamedByItsVariableAndNotShown() throws Exception {
        Shell.Said said = new Shell(folder, Map.of("TOLLGATE_ADMIN_KEY", "topsecret")).run("serve");
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.err())
                .contains("TOLLGATE_ADMIN_KEY: 9 characters (expected: 16 characters or more")
                .doesNotContain("topsecret");
    }

    @Test
    void aPortThatIsTakenStopsTheStartAndNamesTheSetting() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            Shell.Said said = shell().run("serve", "--port", port);
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.err())
                    .contains("server.port: cannot listen on 127.0.0.1:" + port, "(expected: ")
                    .doesNotContain("\tat ");
        }
        // All was given back: the folder can be taken at once.
        DataFolder.open(folder.resolve("data"), 1).close();
    }

    @Test
    void aFolderThatAProcessHasStopsTheStart() throws Exception {
        try (DataFolder held = DataFolder.open(folder.resolve("data"), 4711)) {
            Shell.Said said = shell().run("serve", "--port", "0");
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.err())
                    .isEqualTo(
                            "tollgate: data folder %s: in use by process %d (expected: stop it first, or name another folder with --data)\n"
                                    .formatted(held.path(), ProcessHandle.current().pid()));
        }
    }

    @ParameterizedTest
    @CsvSource({"keys", "catalog", "doctor", "backup b"})
    void withoutADataFolderThereIsNothingToLookAt(String line) throws Exception {
        Shell.Said said = shell().run(line.split(" "));
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.err())
                .isEqualTo(
                        "tollgate: data folder %s: none there (expected: one that a start has made)\n"
                                .formatted(folder.resolve("data")));
        assertThat(folder).isEmptyDirectory();
    }
}
