package tollgate.db;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A database file as it lies there, for those who only look: nothing is migrated or changed, and
/// it may be in use. Blocks its caller; for one thread.
public final class ReadOnlyDatabase implements AutoCloseable {
    private static final int PROBLEMS_MAX = 10;

    private final Path file;
    private final Link link;

    private ReadOnlyDatabase(Path file, Link link) {
        this.file = file;
        this.link = link;
    }

    /// Opens a file that exists.
    ///
    /// @throws DataFolderException when there is none, or it is no database
    public static ReadOnlyDatabase open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataFolderException(
                    "database %s: none there (expected: one that a start has made)".formatted(file),
                    null);
        }
        try {
            return new ReadOnlyDatabase(file, Link.reading(file));
        } catch (SQLException broken) {
            throw Migrations.unusable(file, broken);
        }
    }

    /// Runs a query that sees one state of all rows.
    public <T extends @Nullable Object> T read(Database.Query<T> query) {
        try {
            link.run("BEGIN");
            try {
                return query.run(new ReadTx(link));
            } finally {
                link.run("ROLLBACK");
            }
        } catch (SQLException broken) {
            throw Migrations.unusable(file, broken);
        }
    }

    /// What is wrong with it, as far as SQLite itself can tell: broken pages and indexes, rows that
    /// point nowhere, tables of another version. Reads all of it.
    public List<String> problems() {
        return read(tx -> {
            List<String> problems = new ArrayList<>();
            int schema = Migrations.applied(link);
            if (schema != Migrations.SCRIPTS.size()) {
                problems.add(
                        "schema %d (expected: %d; a start brings an older one up to date)"
                                .formatted(schema, Migrations.SCRIPTS.size()));
            }
            check("PRAGMA integrity_check(%d)".formatted(PROBLEMS_MAX), "", problems);
            check("PRAGMA foreign_key_check", "a row that points nowhere, in ", problems);
            return problems;
        });
    }

    private void check(String pragma, String prefix, List<String> problems) throws SQLException {
        try (var statement = link.connection().createStatement();
                ResultSet rows = statement.executeQuery(pragma)) {
            while (rows.next() && problems.size() < PROBLEMS_MAX) {
                String found = rows.getString(1);
                if (!"ok".equals(found)) {
                    problems.add(prefix + found);
                }
            }
        }
    }

    /// Writes a consistent copy to a file that must not exist yet.
    public void copyTo(Path copy) {
        link.copyTo(copy);
    }

    @Override
    public void close() {
        link.close();
    }
}
