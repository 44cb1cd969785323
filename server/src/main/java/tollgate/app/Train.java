package tollgate.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tollgate.wire.json.Json;

/// Two short lives on a throw-away folder, so that the JVM learns for its start-up cache what
/// starts and calls need: the first on an empty folder, the second on what that left, with a
/// configuration and a provider (this gateway itself). The build's last step.
final class Train {
    static final Command COMMAND =
            new Command("train", "", "Run a sample of calls and end", List.of(), Train::run);

    private static final int CALLS = 200;
    private static final String ADMIN_KEY = "train-admin-key-0123456789";

    private final HttpClient client;
    private final Console console;
    private final Path folder;

    private Train(HttpClient client, Console console, Path folder) {
        this.client = client;
        this.console = console;
        this.folder = folder;
    }

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("tollgate-train");
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console quiet = new Console(nowhere, nowhere, Map.of(), folder);
        try (HttpClient client = HttpClient.newHttpClient()) {
            new Train(client, quiet, folder).run();
            return CommandLine.DONE;
        } finally {
            Trees.delete(folder);
        }
    }

    private void run() throws IOException, InterruptedException {
        String key;
        String address;
        try (Tollgate first = open("--port", "0")) {
            address = first.address();
            key = Objects.requireNonNull(first.operator().firstTestKey()).text().reveal();
            call(address, key, "sandbox/lorem");
        }
        Path file = Files.writeString(folder.resolve("train.yaml"), configuration(address, key));
        String port = Integer.toString(URI.create(address).getPort());
        try (Tollgate second = open("--port", port, "--config", file.toString())) {
            call(second.address(), account(second.address()), "train");
        }
    }

    private Tollgate open(String... words) throws IOException {
        Arguments arguments = Arguments.read(List.of(words), Serve.COMMAND.allOptions());
        return Serve.open(Setup.config(arguments, console), console, _ -> {});
    }

    /// The gateway as its own provider: the outer call is paid for, the inner one is the sandbox's.
    private static String configuration(String address, String key) {
        return """
        admin-key: %s
        providers:
          self: { protocol: openai, base-url: "%s/v1", api-key: "%s" }
        models:
          train:
            routes: [ { provider: self, model: sandbox/lorem } ]
            price: { input: 0.01, output: 0.01 }
        """
                .formatted(ADMIN_KEY, address, key);
    }

    private String account(String address) throws IOException, InterruptedException {
        String body = "{\"username\":\"train\",\"environment_tag\":\"live\"}";
        String answer = post(address + "/admin/create", ADMIN_KEY, body);
        return ((Json.Obj) Json.parse(answer.getBytes(StandardCharsets.UTF_8)))
                .string("api_key")
                .orElseThrow();
    }

    private void call(String address, String key, String model)
            throws IOException, InterruptedException {
        for (int i = 0; i < CALLS; i++) {
            String body =
                    """
                    {"model":"%s","stream":%b,"messages":[{"role":"user","content":"Hello!"}]}
                    """
                            .formatted(model, i % 2 == 0);
            post(address + "/v1/chat/completions", key, body);
        }
    }

    private String post(String url, String key, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the sample call was answered with " + answer.statusCode());
        }
        return answer.body();
    }
}
