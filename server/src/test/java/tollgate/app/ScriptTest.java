package tollgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `tollgate`, as far as it goes without building anything.
final class ScriptTest {
    private static final Path SCRIPT = Path.of("..", "tollgate").toAbsolutePath().normalize();
    private static final List<String> TOOLS =
            List.of(
                    "sh",
                    "dirname",
                    "readlink",
                    "sed",
                    "grep",
                    "find",
                    "head",
                    "cat",
                    "cksum",
                    "cut");

    @TempDir private Path folder;

    private record Said(int status, String text) {}

    private static Said run(Map<String, String> environment, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), text);
    }

    /// Just the tools that the script may count on, and no Java.
    private Map<String, String> bare() throws Exception {
        Path tools = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            try (Stream<Path> places =
                    Stream.of("/bin", "/usr/bin").map(place -> Path.of(place, tool))) {
                Path found = places.filter(Files::isExecutable).findFirst().orElseThrow();
                Files.createSymbolicLink(tools.resolve(tool), found);
            }
        }
        return Map.of(
                "PATH",
                tools.toString(),
                "JAVA_HOME",
                "",
                "TOLLGATE_JDKS",
                folder.resolve("none").toString());
    }

    @Test
    void withoutACommandItListsThemAllAndSaysWhatToDoNext() throws Exception {
        for (String[] words : new String[][] {{}, {"help"}, {"--help"}}) {
            Said said = run(Map.of(), words);
            assertThat(said.status()).isZero();
            assertThat(said.text())
                    .contains("serve", "test", "soak", "fix", "dev", "bench", "keys", "catalog")
                    .contains("doctor", "backup", "mutants", "build")
                    .doesNotContain("set -eu");
        }
        assertThat(run(Map.of()).text()).contains("Next: ./tollgate serve");
    }

    @Test
    void anUnknownCommandIsStatusTwo() throws Exception {
        Said said = run(Map.of(), "frob");
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.text())
                .isEqualTo(
                        "tollgate: no command frob (expected: one of those that ./tollgate help"
                                + " lists)\n");
    }

    @Test
    void withoutAJdkItSaysWhatToInstall() throws Exception {
        Said said = run(bare(), "serve");
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.text())
                .startsWith("tollgate: no JDK 25 in JAVA_HOME, PATH or ")
                .contains("(expected: one, such as ")
                .hasLineCount(1);
    }

    @Test
    void aJdkOfAnotherVersionIsNotTaken() throws Exception {
        Path jdk = folder.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21.0.4\"\n");
        Files.writeString(jdk.resolve("bin/javac"), "").toFile().setExecutable(true);
        Map<String, String> environment = new java.util.HashMap<>(bare());
        environment.put("JAVA_HOME", jdk.toString());
        assertThat(run(environment, "serve").text()).startsWith("tollgate: no JDK 25");
    }
}
