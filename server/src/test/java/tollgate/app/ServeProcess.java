package tollgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `serve` in a process of its own, as an operator starts it.
final class ServeProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private ServeProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /// Starts one in a folder, with the JVM flags of the script.
    static ServeProcess start(Path folder, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseSerialGC");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.add("serve");
        command.add("--port");
        command.add("0");
        command.addAll(List.of(words));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("TOLLGATE_.*|.*_KEY"));
        builder.environment().put("TOLLGATE_ADMIN_KEY", Gateway.ADMIN_KEY);
        return new ServeProcess(builder.start(), out, err);
    }

    /// Waits until it is open for requests.
    ServeProcess awaitOpen() throws IOException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!err().contains("open for requests")) {
            assertThat(process.isAlive()).as("the gateway ended: %s", err()).isTrue();
            assertThat(System.nanoTime()).as("start").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return this;
    }

    int port() throws IOException {
        return Integer.parseInt(find("open at http://127\\.0\\.0\\.1:(\\d+)"));
    }

    String testKey() throws IOException {
        return find("(gw_test_[0-9A-Za-z]{49})");
    }

    private String find(String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(out());
        assertThat(found.find()).as(out()).isTrue();
        return found.group(1);
    }

    String out() throws IOException {
        return Files.readString(out, UTF_8);
    }

    String err() throws IOException {
        return Files.readString(err, UTF_8);
    }

    /// SIGTERM.
    void terminate() {
        process.destroy();
    }

    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(END_MAX.toSeconds(), TimeUnit.SECONDS)).as("end").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }
}
