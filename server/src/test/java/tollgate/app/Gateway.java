package tollgate.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import tollgate.catalog.WellKnown;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.config.ConfigSource.Flag;
import tollgate.kit.RawClient;
import tollgate.observe.Observation;

/// A gateway in this process, on a folder of the test, and the shell to ask it from.
final class Gateway implements AutoCloseable {
    static final String ADMIN_KEY = "an-admin-key-of-the-tests";

    final List<Observation> observations = new CopyOnWriteArrayList<>();
    private final Path folder;
    private final Tollgate tollgate;

    private Gateway(Path folder) throws IOException {
        this.folder = folder;
        Path file = folder.resolve("tollgate.yaml");
        List<Flag> flags = new ArrayList<>();
        flags.add(new Flag("--port", "server.port", "0"));
        this.tollgate =
                Tollgate.open(
                        ConfigReader.read(
                                new ConfigSource(
                                        Files.exists(file) ? file : null,
                                        folder,
                                        Map.of("TOLLGATE_ADMIN_KEY", ADMIN_KEY),
                                        flags,
                                        WellKnown.names())),
                        observations::add,
                        _ -> {});
    }

    /// Starts on `folder/data`, with `folder/tollgate.yaml` if it is there.
    static Gateway start(Path folder) throws IOException {
        return new Gateway(folder);
    }

    /// The same with this configuration.
    static Gateway start(Path folder, String yaml) throws IOException {
        Files.writeString(folder.resolve("tollgate.yaml"), yaml);
        return new Gateway(folder);
    }

    static Shell shell(Path folder) {
        return new Shell(folder, Map.of("TOLLGATE_ADMIN_KEY", ADMIN_KEY));
    }

    Path data() {
        return folder.resolve("data");
    }

    int port() {
        return URI.create(tollgate.address()).getPort();
    }

    /// The key of the very first start.
    String testKey() {
        return Objects.requireNonNull(tollgate.operator().firstTestKey()).text().reveal();
    }

    RawClient.Response admin(String method, String path) throws IOException {
        return RawClient.call(port(), method, path, "Authorization: Bearer " + ADMIN_KEY);
    }

    RawClient.Response admin(String path, Map<String, Object> body) throws IOException {
        return RawClient.postJson(port(), path, json(body), "Authorization: Bearer " + ADMIN_KEY);
    }

    /// A user's key, and credits to spend with it.
    String account(String credits) throws IOException {
        var created =
                admin("/admin/create", Map.of("username", "somebody", "environment_tag", "live"))
                        .json();
        admin(
                "/admin/add_credits",
                Map.of("user_id", created.path("user_id").asLong(), "credits", credits));
        return created.path("api_key").asString();
    }

    RawClient.Response chat(String key, String model) throws IOException {
        return RawClient.postJson(
                port(), "/v1/chat/completions", question(model), "Authorization: Bearer " + key);
    }

    static String question(String model) {
        return """
        {"model":"%s","max_tokens":50,"messages":[{"role":"user","content":"Hello!"}]}\
        """
                .formatted(model);
    }

    private static String json(Map<String, Object> body) {
        List<String> members = new ArrayList<>();
        body.forEach((name, value) -> {
            boolean quoted = value instanceof String text && !text.matches("[0-9.]+");
            members.add("\"%s\":%s".formatted(name, quoted ? "\"" + value + "\"" : value));
        });
        return "{" + String.join(",", members) + "}";
    }

    @Override
    public void close() {
        tollgate.close();
    }
}
