package tollgate.app;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import tollgate.catalog.Catalog;
import tollgate.config.Config;
import tollgate.db.DataFolder;
import tollgate.db.Database;
import tollgate.door.gateway.DeskJson;
import tollgate.tenant.Accounts;
import tollgate.tenant.KeyDesk;
import tollgate.tenant.Keys;
import tollgate.tenant.Operator;
import tollgate.wire.json.Json;

/// A data folder on which no gateway runs, held by this command: the same work as a running
/// gateway's admin API does.
final class AtRest {
    private final Config config;
    private final DataFolder folder;
    private final InstantSource clock = InstantSource.system();

    AtRest(Config config, DataFolder folder) {
        this.config = config;
        this.folder = folder;
    }

    /// What is done with the key desk.
    @FunctionalInterface
    interface AtDesk {
        Json.Obj run(DeskJson desk);
    }

    Json.Obj desk(AtDesk work) {
        try (Database database = Database.open(folder.database(), _ -> {})) {
            Keys keys = Keys.open(database, clock, new SecureRandom());
            Accounts accounts = Accounts.open(database, keys, clock);
            Operator operator = Operator.open(database, accounts, keys, config);
            return work.run(new DeskJson(new KeyDesk(keys, accounts, operator)));
        }
    }

    /// What the next start would sell: prices that the file has changed are new versions from now
    /// on.
    Json.Obj catalog() {
        try (Database database = Database.open(folder.database(), _ -> {})) {
            Catalog catalog = new Catalog(clock);
            database.write(tx -> {
                catalog.load(tx, config);
                return catalog;
            });
            return CatalogJson.of(catalog);
        }
    }

    Json.Obj doctor() throws IOException, InterruptedException {
        return Doctor.json(new Doctor(config, folder.path(), clock, null).examine());
    }

    Json.Obj backup(Path to) throws IOException {
        return Copies.atRest(folder.path(), to).toJson();
    }
}
