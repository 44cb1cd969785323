package tollgate.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tollgate.config.Config;
import tollgate.config.Secret;
import tollgate.wire.json.Json;

/// The gateway that runs on a data folder, asked through its admin API with the configuration's
/// admin key.
final class Running implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /// A look over gigabytes of journal takes its time.
    private static final Duration ANSWER_MAX = Duration.ofHours(1);

    /// A gateway that is starting says soon where it listens.
    private static final Duration START_MAX = Duration.ofSeconds(5);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build();
    private final String address;
    private final Secret adminKey;

    private Running(String address, Secret adminKey) {
        this.address = address;
        this.adminKey = adminKey;
    }

    /// Finds the gateway that holds this configuration's data folder.
    ///
    /// @throws RefusedException when it cannot be found, or the configuration has no admin key
    static Running find(Config config) throws InterruptedException {
        String address = address(config.storage());
        if (!config.adminKey().isSet()) {
            throw new RefusedException(
                    "a gateway runs on this data folder, at %s, and no admin key is known"
                            .formatted(address),
                    "TOLLGATE_ADMIN_KEY in the environment, or the gateway stopped");
        }
        return new Running(address, config.adminKey());
    }

    private static String address(Path folder) throws InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        Optional<String> address = ServerFile.read(folder);
        while (address.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new RefusedException(
                        "data folder %s: in use by a process that takes no requests"
                                .formatted(folder),
                        "a gateway that runs, or none");
            }
            Thread.sleep(LOOK_EVERY);
            address = ServerFile.read(folder);
        }
        return address.get();
    }

    Json.Obj get(String path) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody());
    }

    Json.Obj post(String path, Json.Obj body) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.ofByteArray(body.toBytes()));
    }

    Json.Obj delete(String path) throws IOException, InterruptedException {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    private Json.Obj send(String method, String path, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(ANSWER_MAX)
                        .header("authorization", "Bearer " + adminKey.text())
                        .header("content-type", "application/json")
                        .method(method, body)
                        .build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() == 401) {
            throw new RefusedException(
                    "the gateway at %s refuses the admin key".formatted(address),
                    "its own, in TOLLGATE_ADMIN_KEY");
        }
        Json.Obj said = object(answer.body());
        if (answer.statusCode() >= 300) {
            throw new RefusedException(
                    said.string("detail")
                            .orElse("the gateway answers %d".formatted(answer.statusCode())));
        }
        return said;
    }

    private static Json.Obj object(byte[] body) throws IOException {
        if (Json.parse(body) instanceof Json.Obj said) {
            return said;
        }
        throw new IOException("the gateway answers something else than a JSON object");
    }

    @Override
    public void close() {
        client.close();
    }
}
