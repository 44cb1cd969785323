package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tollgate.app.Tollgate;
import tollgate.catalog.Catalog;
import tollgate.catalog.Price;
import tollgate.catalog.Rates;
import tollgate.catalog.WellKnown;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.db.Database;
import tollgate.kit.FakeUpstream;
import tollgate.kit.OraclePrice;
import tollgate.ledger.Step;
import tollgate.observe.Observation;
import tollgate.wire.TokenMeter;

/// The whole product in this process, on a folder of its own and a fake provider.
///
/// ```java
/// try (var running = Running.usual(1)) {
///     Customer customer = running.gateway.customer("1.00");
///     …
/// }
/// ```
///
/// Closing it demands that the ledger is at rest and sound, and that nothing went wrong inside.
final class Running implements AutoCloseable {
    private static final long NANOS = 1_000_000_000L;

    final FakeUpstream fake;
    final Path folder;
    final List<Observation> observed = new CopyOnWriteArrayList<>();
    private final Shop shop;
    private final int eventLoops;
    private final Consumer<Step> steps;
    private final boolean ownsFake;
    private Tollgate tollgate;
    final Gateway gateway;

    private Running(
            FakeUpstream fake,
            Shop shop,
            int eventLoops,
            Consumer<Step> steps,
            Path folder,
            boolean ownsFake)
            throws IOException {
        this.fake = fake;
        this.shop = shop;
        this.eventLoops = eventLoops;
        this.steps = steps;
        this.folder = folder;
        this.ownsFake = ownsFake;
        TokenMeter.warm(); // else the first stream waits for the vocabulary on its event loop
        this.tollgate = opened();
        this.gateway = new Gateway(port(tollgate), shop.prices);
    }

    static Running usual(int eventLoops) throws IOException {
        FakeUpstream fake = FakeUpstream.start();
        return open(fake, Shop.usual(fake.baseUrl()), eventLoops);
    }

    /// Takes over the fake and closes it at the end.
    static Running open(FakeUpstream fake, Shop shop, int eventLoops) throws IOException {
        return new Running(
                fake, shop, eventLoops, _ -> {}, Files.createTempDirectory("tollgate-money"), true);
    }

    private Tollgate opened() throws IOException {
        return Tollgate.open(config(folder, shop.yaml(eventLoops)), observed::add, steps);
    }

    /// Reads a configuration whose data lie in the folder.
    static Config config(Path folder, String yaml) throws IOException {
        Path file = folder.resolve("tollgate.yaml");
        Files.writeString(file, "storage: \"sqlite:data\"\n" + yaml);
        return ConfigReader.read(
                new ConfigSource(file, folder, Map.of(), List.of(), WellKnown.names()));
    }

    static int port(Tollgate tollgate) {
        return URI.create(tollgate.address()).getPort();
    }

    /// Stops in good order and starts again on the same folder. What was audited before must still
    /// be there (I-03).
    void restart() throws IOException {
        tollgate.close();
        tollgate = opened();
        gateway.movedTo(port(tollgate));
    }

    /// Sets a model's price, in whole USD per million tokens, while calls run: through the object,
    /// as long as there is no route for it.
    void reprice(String model, int input, int output) {
        gateway.reprice(
                model,
                OraclePrice.usd(Integer.toString(input), Integer.toString(output))
                        .withMarkup(Shop.MARKUP));
        Price price = Price.of(Rates.of(input * NANOS, output * NANOS));
        Catalog catalog = part("catalog", Catalog.class);
        assertThat(part("database", Database.class).write(tx -> catalog.reprice(tx, model, price)))
                .isPresent();
    }

    private <T> T part(String name, Class<T> type) {
        try {
            var field = Tollgate.class.getDeclaredField(name);
            field.setAccessible(true);
            return type.cast(field.get(tollgate));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    /// Problems that the product itself reported.
    List<Observation> problems() {
        return observed.stream()
                .filter(seen ->
                        seen instanceof Observation.OwnError
                                || seen instanceof Observation.JournalFailed
                                || seen instanceof Observation.StoreFailed)
                .toList();
    }

    @Override
    public void close() throws IOException {
        try {
            gateway.rest();
            if (!problems().isEmpty()) {
                throw new AssertionError("inside: " + problems());
            }
        } finally {
            tollgate.close();
            if (ownsFake) {
                fake.close();
            }
            delete(folder);
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
