package tollgate.money;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tollgate.kit.KitJson;
import tollgate.ledger.Step;

/// A [ChildGateway] as its parent holds it.
final class Child implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final List<String> log = new ArrayList<>();
    private int port;

    private Child(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    /// Writes the configuration of a child into the folder.
    static void configure(Path folder, Shop shop) throws IOException {
        Files.writeString(
                folder.resolve("tollgate.yaml"), "storage: \"sqlite:data\"\n" + shop.yaml(2));
    }

    /// Starts on the folder and waits until it listens.
    static Child start(Path folder) throws IOException {
        Child child = launch(folder);
        child.port = Integer.parseInt(child.hear("port ").substring("port ".length()));
        return child;
    }

    /// Starts on the folder, to die at a step of its start.
    static Child startToDie(Path folder, Step step, int number) throws IOException {
        return launch(folder, step.name(), Integer.toString(number));
    }

    /// Starts on the folder and kills it at that time, wherever it is then.
    static void killWhileStarting(Path folder, Duration after) throws IOException {
        Child child = launch(folder);
        LockSupport.parkNanos(after.toNanos());
        child.kill();
    }

    private static Child launch(Path folder, String... more) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChildGateway.class.getName(),
                                folder.toString()));
        command.addAll(List.of(more));
        return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void listen() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                }
                said.add(line);
            }
        } catch (IOException _) {
            // It is gone.
        }
        said.add("");
    }

    private String hear(String beginning) {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        try {
            while (true) {
                String line = said.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null || (line.isEmpty() && !process.isAlive())) {
                    throw new AssertionError("no line '%s': %s".formatted(beginning, log()));
                }
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    int port() {
        return port;
    }

    /// What it said so far.
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    long pid() {
        return process.pid();
    }

    /// It is to die at the n-th such step from now on.
    void dieAt(Step step, int number) throws IOException {
        OutputStream orders = process.getOutputStream();
        orders.write(KitJson.utf8("%s %d\n".formatted(step, number)));
        orders.flush();
        hear("armed");
    }

    /// Waits for the death that was ordered: a step that is never taken fails here.
    void awaitDeath() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the step was never taken: " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        if (process.exitValue() != ChildGateway.DIED) {
            throw new AssertionError("died of %d: %s".formatted(process.exitValue(), log()));
        }
    }

    /// `kill -9`, and waits for its end.
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
