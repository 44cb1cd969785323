package tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A command of the product's that fills a data folder before the gateway is started on it.
final class Seed {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String KEY_START = "gw_";

    private Seed() {}

    /// Runs it to its end.
    ///
    /// @return the keys that it printed, one a line
    static List<String> run(String line, GatewayCommand gateway, Path folder) {
        var command = new ArrayList<>(GatewayCommand.words(line));
        command.addAll(gateway.arguments(folder, Ports.free()));
        Path output = folder.resolve("seed.txt");
        try (var child = Child.start("seed", command, gateway.environment(), output)) {
            int status = child.await(LIMIT);
            if (status != 0) {
                throw new BenchFailed(
                        "%s: status %d (expected: 0):%n%s"
                                .formatted(line, status, child.lastLines()));
            }
            return Files.readAllLines(output).stream()
                    .filter(text -> text.startsWith(KEY_START))
                    .toList();
        } catch (IOException failure) {
            throw new BenchFailed("%s: its output cannot be read".formatted(line), failure);
        }
    }
}
