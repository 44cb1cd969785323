package tollgate.running;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tollgate.app.Tollgate;
import tollgate.catalog.WellKnown;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.config.ConfigSource.Flag;
import tollgate.kit.KitJson;
import tollgate.kit.LedgerLine;
import tollgate.kit.RawClient;
import tollgate.observe.Observation;
import tools.jackson.databind.JsonNode;

/// The whole gateway in this process, on a free port and a throw-away data folder.
///
/// ```java
/// try (var gateway = RunningGateway.open("models: {…}")) {
///     var guest = gateway.newGuest("25.00");
///     RawClient.postJson(gateway.port(), "/v1/chat/completions", body, guest.bearer());
/// }
/// ```
///
/// [#close()] throws when the gateway reported a mistake of its own. All methods may be called from
/// any thread.
public final class RunningGateway implements AutoCloseable {
    public static final String ADMIN_KEY = "running-gateway-admin-key-0001";

    /// What the operator presents.
    public static final String ADMIN = "Authorization: Bearer " + ADMIN_KEY;

    private static final String SIGNUP_USD = "10";

    private final Path folder;
    private final Tollgate tollgate;
    private final List<Observation> observed;
    private final AtomicInteger guests = new AtomicInteger();

    private RunningGateway(Path folder, Tollgate tollgate, List<Observation> observed) {
        this.folder = folder;
        this.tollgate = tollgate;
        this.observed = observed;
    }

    /// Somebody with a live key and money.
    ///
    /// @param account its id in the ledger
    public record Guest(long userId, String account, String key) {
        /// The header line that this guest presents.
        public String bearer() {
            return "Authorization: Bearer " + key;
        }
    }

    /// Opens a gateway with this configuration (YAML); port, storage and admin key are the kit's.
    public static RunningGateway open(String yaml) throws IOException {
        Path folder = newFolder();
        Path file = Files.writeString(folder.resolve("tollgate.yaml"), yaml);
        var observed = new CopyOnWriteArrayList<Observation>();
        var config =
                ConfigReader.read(
                        new ConfigSource(
                                file,
                                folder,
                                Map.of(),
                                List.of(
                                        new Flag("--port", "server.port", "0"),
                                        new Flag("--data", "storage", "sqlite:" + folder),
                                        new Flag("--admin-key", "admin-key", ADMIN_KEY)),
                                WellKnown.names()));
        return new RunningGateway(folder, Tollgate.open(config, observed::add, _ -> {}), observed);
    }

    /// In memory where the system has such a place: on a busy disk the ledger refuses calls that it
    /// cannot sync in time, which is right and no matter of the tests here.
    private static Path newFolder() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "tollgate-running")
                : Files.createTempDirectory("tollgate-running");
    }

    public int port() {
        return URI.create(address()).getPort();
    }

    /// Such as `http://127.0.0.1:41234`.
    public String address() {
        return tollgate.address();
    }

    /// A new account with exactly this much money, in USD.
    public Guest newGuest(String usd) throws IOException {
        JsonNode made =
                admin(
                        "/admin/create",
                        "{\"username\":\"guest-%d\",\"environment_tag\":\"live\"}"
                                .formatted(guests.incrementAndGet()));
        var guest =
                new Guest(
                        made.path("user_id").longValue(),
                        made.path("account_id").asString(),
                        made.path("api_key").stringValue());
        addCredits(guest, "-" + SIGNUP_USD);
        if (!usd.equals("0")) {
            addCredits(guest, usd);
        }
        return guest;
    }

    public void addCredits(Guest guest, String usd) throws IOException {
        admin(
                "/admin/add_credits",
                "{\"user_id\":%d,\"credits\":%s}".formatted(guest.userId(), usd));
    }

    private JsonNode admin(String path, String body) throws IOException {
        RawClient.Response answer = RawClient.postJson(port(), path, body, ADMIN);
        if (answer.status() != 200) {
            throw new IllegalStateException("%s: %s".formatted(path, answer));
        }
        return answer.json();
    }

    /// The whole ledger so far.
    public List<LedgerLine> export() throws IOException {
        return LedgerLine.parse(
                RawClient.call(port(), "GET", "/admin/ledger/export?after=0", ADMIN).text());
    }

    /// What `GET path` answers to somebody, as JSON.
    public JsonNode get(String path, Guest guest) throws IOException {
        return KitJson.read(RawClient.call(port(), "GET", path, guest.bearer()).body());
    }

    /// Everything that was reported of one kind.
    public <T extends Observation> List<T> observed(Class<T> kind) {
        return observed.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void close() throws IOException {
        tollgate.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        for (var mistake : observed(Observation.OwnError.class)) {
            throw new AssertionError("the gateway erred: " + mistake, mistake.thrown());
        }
    }
}
