package tollgate.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.db.Database;

/// A catalogue on a real database, with a configuration from text; each start is a new catalogue.
final class Shop implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable Database database;
    private Catalog catalog;

    Shop(Path folder) {
        this.folder = folder;
        this.catalog = newCatalog();
    }

    private static Catalog newCatalog() {
        return new Catalog(() -> Instant.ofEpochSecond(1_800_000_000));
    }

    Shop set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// Starts anew, as after a restart.
    Catalog start(String... yaml) {
        catalog = newCatalog();
        return reload(yaml);
    }

    Catalog reload(String... yaml) {
        Config config = config(yaml);
        Catalog its = catalog;
        database()
                .write(tx -> {
                    its.load(tx, config);
                    return 0;
                });
        return its;
    }

    Config config(String... yaml) {
        try {
            Path file = folder.resolve("tollgate.yaml");
            Files.write(file, Arrays.asList(yaml));
            return ConfigReader.read(
                    new ConfigSource(file, folder, environment, List.of(), WellKnown.names()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Optional<PriceVersion> reprice(String name, Price price) {
        return database().write(tx -> catalog.reprice(tx, name, price));
    }

    PriceVersion makeVariant(PriceVersion base, long markupPpm) {
        return database().write(tx -> catalog.makeVariant(tx, base, markupPpm));
    }

    Optional<PriceVersion> version(long id) {
        return database().read(tx -> catalog.version(tx, id));
    }

    void store(String provider, List<ModelFacts> facts) {
        database()
                .write(tx -> {
                    catalog.store(tx, provider, facts);
                    return 0;
                });
    }

    Database database() {
        if (database == null) {
            try {
                Path file = Files.write(folder.resolve("tollgate.db"), Migrated.BYTES);
                database = Database.open(file, _ -> {});
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return database;
    }

    /// A new database, made once: migrations take a third of a second.
    private static final class Migrated {
        private static final byte[] BYTES = bytes();

        private static byte[] bytes() {
            try {
                Path folder = Files.createTempDirectory("migrated");
                Path file = folder.resolve("tollgate.db");
                Database.open(file, _ -> {}).close();
                byte[] bytes = Files.readAllBytes(file);
                try (Stream<Path> left = Files.list(folder)) {
                    for (Path path : left.toList()) {
                        Files.delete(path);
                    }
                }
                Files.delete(folder);
                return bytes;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
    }
}
