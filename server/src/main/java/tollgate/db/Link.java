package tollgate.db;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// One connection and what belongs to it. Used by one thread at a time.
final class Link implements AutoCloseable {
    /// Waits for another connection's lock, in milliseconds; only a foreign process can hold one
    /// that long.
    private static final int BUSY_MS_MAX = 5_000;

    private final Connection connection;
    private final Statement statement;
    private @Nullable Handle handle;

    private Link(Connection connection) throws SQLException {
        this.connection = connection;
        this.statement = connection.createStatement();
    }

    static Link writing(Path file) throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        return new Link(config.createConnection(url(file)));
    }

    static Link reading(Path file) throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return new Link(config.createConnection(url(file)));
    }

    static String url(Path file) {
        return "jdbc:sqlite:" + file;
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MS_MAX);
        config.enforceForeignKeys(true);
        // Stores ask for ids with RETURNING; the driver need not look them up after each insert.
        config.setGetGeneratedKeys(false);
        return config;
    }

    Connection connection() {
        return connection;
    }

    /// Made when first asked for: loading Jdbi takes a tenth of a second that the start can spare.
    Handle handle() {
        if (handle == null) {
            Jdbi jdbi = Jdbi.create(connection);
            // Without the values of a failed statement in its message: they may be anybody's.
            jdbi.getConfig(StatementExceptions.class)
                    .setMessageRendering(StatementExceptions.MessageRendering.NONE);
            handle = jdbi.open();
        }
        return handle;
    }

    /// Runs a statement without parameters, such as COMMIT.
    void run(String sql) throws SQLException {
        statement.execute(sql);
    }

    /// Writes a consistent copy to a file that must not exist yet.
    void copyTo(Path copy) {
        try (var vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, copy.toString());
            vacuum.execute();
        } catch (SQLException failed) {
            throw Failures.unavailable("the database cannot be copied", failed);
        }
    }

    /// Gives up what was not committed.
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            // What was committed is safe, and there is nothing else to lose.
        }
    }
}
