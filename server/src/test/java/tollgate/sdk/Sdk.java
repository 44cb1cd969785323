package tollgate.sdk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// An SDK as `prepare.sh` has fetched it, and its script of scenes.
enum Sdk {
    PYTHON("python", "scenes.py", "python/bin/python"),
    NODE("node", "scenes.mjs", "node");

    private static final Path SOURCES = Path.of("src/test/sdk");
    private static final Path FETCHED = Path.of("target/sdk");
    private static final Duration RUN_MAX = Duration.ofMinutes(5);
    private static final String ASKED = "? closed ";
    private static final String GOOD = "ok ";
    private static final String BAD = "not ok ";

    final String language;
    private final String script;
    private final String command;

    Sdk(String language, String script, String command) {
        this.language = language;
        this.script = script;
        this.command = command;
    }

    /// What a run said.
    ///
    /// @param title the SDK and its version
    /// @param scenes by name, in order; what was wrong, empty when nothing was
    record Run(String title, Map<String, String> scenes) {}

    /// Why this SDK is not here; nothing when it is.
    Optional<String> missing() throws IOException {
        if (Files.exists(FETCHED.resolve(language).resolve(".stamp"))) {
            return Optional.empty();
        }
        Path why = FETCHED.resolve(language + ".missing");
        return Optional.of(
                Files.exists(why)
                        ? language + ": " + Files.readString(why).strip()
                        : language + ": not fetched (server/src/test/prepare.sh does it)");
    }

    /// Plays all scenes.
    ///
    /// @param isClosed whether the provider sees that the call of this model was given up
    Run run(Map<String, String> environment, Predicate<String> isClosed) throws Exception {
        // Beside the modules, for that is where Node looks for them.
        Path copy = FETCHED.resolve(language).resolve(script);
        Files.copy(SOURCES.resolve(script), copy, StandardCopyOption.REPLACE_EXISTING);
        var builder = new ProcessBuilder(executable(), copy.toAbsolutePath().toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("OPENAI_"));
        builder.environment().putAll(environment);
        builder.redirectError(FETCHED.resolve(language + ".log").toFile());
        Process process = builder.start();
        Thread.ofVirtual().start(() -> stopWhenLate(process));
        try {
            Run run = listen(process, isClosed);
            if (process.waitFor() != 0) {
                run.scenes().put("the script itself", "exit status " + process.exitValue());
            }
            return run;
        } finally {
            process.destroyForcibly();
        }
    }

    private String executable() {
        Path fetched = FETCHED.resolve(command);
        return Files.isExecutable(fetched) && !Files.isDirectory(fetched)
                ? fetched.toAbsolutePath().toString()
                : command;
    }

    private static void stopWhenLate(Process process) {
        try {
            if (!process.waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Run listen(Process process, Predicate<String> isClosed) throws IOException {
        var scenes = new LinkedHashMap<String, String>();
        String title = "";
        try (var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8));
                var answers = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ASKED)) {
                    boolean closed = isClosed.test(line.substring(ASKED.length()));
                    answers.write(closed ? "closed\n" : "open\n");
                    answers.flush();
                } else if (line.startsWith(GOOD)) {
                    scenes.put(line.substring(GOOD.length()), "");
                } else if (line.startsWith(BAD)) {
                    List<String> parts = List.of(line.substring(BAD.length()).split(": ", 2));
                    scenes.put(parts.getFirst(), parts.getLast());
                } else if (title.isEmpty()) {
                    title = line;
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return new Run(title, scenes);
    }
}
