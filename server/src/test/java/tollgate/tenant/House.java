package tollgate.tenant;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import tollgate.config.Config;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.db.Database;
import tollgate.unit.Environment;

/// A database with everything of `tenant` upon it, and a clock that stands until it is set.
final class House implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-24T10:00:00.123Z");

    final AtomicReference<Instant> now = new AtomicReference<>(START);
    final Database database;
    final Keys keys;
    final Accounts accounts;
    final Operator operator;

    House(Path folder, java.util.Map<String, String> environment) {
        InstantSource clock = now::get;
        Config config =
                ConfigReader.read(
                        new ConfigSource(
                                null,
                                folder,
                                environment,
                                java.util.List.of(),
                                java.util.Set.of()));
        database = Database.open(folder.resolve("t.db"), _ -> {});
        keys = Keys.open(database, clock, new SecureRandom());
        accounts = Accounts.open(database, keys, clock);
        operator = Operator.open(database, accounts, keys, config);
    }

    static House open(Path folder) {
        return new House(folder, java.util.Map.of());
    }

    /// A customer whose key may do everything.
    Accounts.Created customer(String name) {
        return accounts.create(
                new Newcomer(name, name + "@example.com", "email"), Environment.LIVE, (_, _) -> {});
    }

    @Override
    public void close() {
        database.close();
    }
}
