package tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that the bench started: its output goes to a file, and it does not outlive the bench.
final class Child implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    private static final int LOG_LINES_SHOWN = 15;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread onExit;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.onExit = new Thread(this::end, "end " + name);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// Starts a process.
    ///
    /// @param environment added to our own, from which providers' keys and settings are taken out
    static Child start(
            String name, List<String> command, Map<String, String> environment, Path log) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(Child::leadsOutside);
        builder.environment().putAll(environment);
        try {
            return new Child(name, builder.start(), log);
        } catch (IOException failure) {
            throw new BenchFailed("%s: cannot be started: %s".formatted(name, command), failure);
        }
    }

    /// A gateway under measurement must not find a real provider, nor another's settings.
    private static boolean leadsOutside(String variable) {
        return variable.endsWith("_API_KEY")
                || variable.endsWith("_API_TOKEN")
                || variable.startsWith("TOLLGATE_")
                || variable.toLowerCase(Locale.ROOT).endsWith("_proxy");
    }

    ProcessTree processes() {
        return new ProcessTree(process.toHandle());
    }

    /// Fails with the end of the log once the process has ended.
    void requireAlive() {
        if (!process.isAlive()) {
            throw new BenchFailed(
                    "%s ended with status %d:%n%s"
                            .formatted(name, process.exitValue(), lastLines()));
        }
    }

    /// Waits for its end.
    ///
    /// @return its status
    int await(Duration limit) {
        try {
            if (process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            throw new BenchFailed("%s: not over within %s".formatted(name, limit));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailed("interrupted", interrupted);
        }
    }

    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            int from = Math.max(0, lines.size() - LOG_LINES_SHOWN);
            return String.join("\n", lines.subList(from, lines.size()));
        } catch (IOException unreadable) {
            return "(%s cannot be read)".formatted(log);
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException _) {
            // The JVM is already shutting down; the hook ends it once more, which is harmless.
        }
    }

    /// Asks the whole tree to end, and kills what is left after a while.
    private void end() {
        var all = new ArrayList<ProcessHandle>(process.descendants().toList());
        process.destroy();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
