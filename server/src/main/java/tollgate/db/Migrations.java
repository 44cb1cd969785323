package tollgate.db;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import tollgate.observe.Observation;
import tollgate.observe.Observer;

/// Brings the tables up to date. Flyway does the work, and only when there is some: it takes a
/// third of a second of a young JVM, a look at its table one millisecond.
final class Migrations {
    /// Every script in `db/migration`, in order; MigrationsTest compares.
    static final List<String> SCRIPTS =
            List.of(
                    "V1__tenant.sql",
                    "V2__ledger.sql",
                    "V3__catalog.sql",
                    "V4__usage.sql",
                    "V5__receipts.sql");

    private static final String COUNT_TABLES =
            "SELECT count(*) FROM sqlite_master WHERE name = 'flyway_schema_history'";
    private static final String COUNT_SCRIPTS =
            "SELECT count(*) FROM flyway_schema_history WHERE success = 1 AND version IS NOT NULL";

    private Migrations() {}

    static void run(Link link, Path file, Observer observer) throws SQLException {
        int applied = applied(link);
        if (applied > SCRIPTS.size()) {
            throw new DataFolderException(
                    "database %s: made by a newer Tollgate, schema %d (expected: at most %d)"
                            .formatted(file, applied, SCRIPTS.size()),
                    null);
        }
        if (applied < SCRIPTS.size()) {
            migrate(file);
            observer.report(new Observation.Migrated(applied, SCRIPTS.size()));
        }
    }

    /// How many scripts have run.
    static int applied(Link link) throws SQLException {
        return count(link, COUNT_TABLES) == 0 ? 0 : count(link, COUNT_SCRIPTS);
    }

    private static int count(Link link, String sql) throws SQLException {
        try (var statement = link.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static void migrate(Path file) {
        try {
            Flyway.configure()
                    .dataSource(Link.url(file), null, null)
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw unusable(file, failed);
        }
    }

    static DataFolderException unusable(Path file, Exception cause) {
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new DataFolderException(
                "database %s: %s (expected: a database of Tollgate's)".formatted(file, reason),
                cause);
    }
}
