package tollgate.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import tollgate.catalog.WellKnown;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.config.ConfigSource.Flag;

/// A short life on a throw-away folder, so that the JVM learns for its start-up cache what a start
/// and a call need. The build's last step.
@Command(name = "train", hidden = true, description = "Run a sample of calls and end.")
final class Train implements Callable<Integer> {
    private static final int CALLS = 400;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("tollgate-train");
        try {
            Config config =
                    ConfigReader.read(
                            new ConfigSource(
                                    null,
                                    folder,
                                    Map.of(),
                                    List.of(
                                            new Flag("--port", "server.port", "0"),
                                            new Flag("--data", "storage", "sqlite:" + folder)),
                                    WellKnown.names()));
            try (Tollgate tollgate = Tollgate.open(config, _ -> {}, _ -> {})) {
                String key =
                        Objects.requireNonNull(tollgate.operator().firstTestKey()).text().reveal();
                call(tollgate.address(), key);
            }
            return 0;
        } finally {
            delete(folder);
        }
    }

    private static void call(String address, String key) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < CALLS; i++) {
                String stream = i % 2 == 0 ? "true" : "false";
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create(address + "/v1/chat/completions"))
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                """
                                                {"model":"sandbox/lorem","stream":%s,"messages":
                                                [{"role":"user","content":"Hello!"}]}
                                                """
                                                        .formatted(stream)))
                                .build();
                client.send(request, HttpResponse.BodyHandlers.ofString());
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
