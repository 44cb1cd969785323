package tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How to start a gateway in front of the mock.
///
/// @param words the command line; `--config FILE --port N --data DIR` is added
/// @param adminKey given to it by the environment
record GatewayCommand(List<String> words, int upstreamPort, int eventLoops, String adminKey) {
    private static final int ADMIN_KEY_LETTERS = 40;

    static GatewayCommand of(String line, int upstreamPort, int eventLoops) {
        var letters = new StringBuilder();
        new SecureRandom()
                .ints(ADMIN_KEY_LETTERS, 'a', 'z' + 1)
                .forEach(letter -> letters.append((char) letter));
        return new GatewayCommand(words(line), upstreamPort, eventLoops, letters.toString());
    }

    /// The words of a command line; there is no quoting.
    static List<String> words(String line) {
        return List.of(line.strip().split("\\s+"));
    }

    Map<String, String> environment() {
        return Map.of("TOLLGATE_ADMIN_KEY", adminKey);
    }

    /// Starts a process with `--config FILE --port N --data DIR` for a folder, which holds both.
    Child start(Path folder, int port) {
        var command = new ArrayList<String>(words);
        command.addAll(arguments(folder, port));
        return Child.start("gateway", command, environment(), folder.resolve("log.txt"));
    }

    /// Writes the configuration and names it, the port and the data folder.
    List<String> arguments(Path folder, int port) {
        Path file = folder.resolve("tollgate.yaml");
        Path data = folder.resolve("data");
        try {
            Files.createDirectories(data);
            Files.writeString(file, configuration(port));
        } catch (IOException failure) {
            throw new BenchFailed("gateway: %s cannot be written".formatted(file), failure);
        }
        return List.of(
                "--config",
                file.toString(),
                "--port",
                Integer.toString(port),
                "--data",
                data.toString());
    }

    /// Everything the measured calls need, and money on.
    private String configuration(int port) {
        String price =
                """
                { "input": %s, "cached-input": %s, "output": %s }\
                """
                        .formatted(usd(Price.INPUT), usd(Price.CACHED_INPUT), usd(Price.OUTPUT));
        return """
        {
          "server": { "host": "127.0.0.1", "port": %d, "root": "openai", "event-loops": %d },
          "providers": {
            "bench": { "protocol": "openai", "base-url": "http://127.0.0.1:%d/v1",
                       "api-key": "bench-upstream-key" }
          },
          "models": {
            "bench-model": {
              "routes": [ { "provider": "bench", "model": "mock-model" } ],
              "price": %s,
              "about": { "context": 128000, "max-output": 16384, "hidden-reasoning": false }
            },
            "hold-model": {
              "routes": [ { "provider": "bench", "model": "hold-mock" } ],
              "price": %s,
              "about": { "context": 128000, "max-output": 16384, "hidden-reasoning": false }
            }
          },
          "pricing": { "markup": "%d%%", "signup-credits": 0 },
          "timeouts": { "idle": "300s" },
          "relay": { "workers": 0 }
        }
        """
                .formatted(port, eventLoops, upstreamPort, price, price, Price.MARKUP_PERCENT);
    }

    private static String usd(long nanos) {
        return "%d.%09d".formatted(nanos / 1_000_000_000, nanos % 1_000_000_000);
    }

    @Override
    public String toString() {
        return "GatewayCommand" + words;
    }
}
