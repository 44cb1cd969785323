package tollgate.db;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tollgate.observe.Observer;

/// The SQLite database: every change runs on one writer thread, which gives many of them one commit
/// and one sync to disk; reads run on threads of their own. Any thread may call; blocking methods
/// are for virtual threads, never for an event loop.
///
/// A store that cannot work (disk full, read-only, too much waiting) is a `GatewayException` of
/// `Fault.Unavailable`; it works again by itself when the cause is gone.
public final class Database implements AutoCloseable {
    private static final int READERS = 4;

    private final Path file;
    private final Writer writer;
    private final Readers readers;

    private Database(Path file, Link link, Observer observer) {
        this.file = file;
        this.writer = new Writer(file, link, observer);
        this.readers = new Readers(file, READERS, observer);
    }

    /// What to do in a transaction that may change rows.
    public interface Change<T extends @Nullable Object> {
        T run(WriteTx tx) throws SQLException;
    }

    /// What to do in a transaction that sees one state of all rows.
    public interface Query<T extends @Nullable Object> {
        T run(ReadTx tx) throws SQLException;
    }

    /// Opens the file, makes it if need be, and brings its tables up to date.
    ///
    /// @throws DataFolderException when it cannot be used
    public static Database open(Path file, Observer observer) {
        try {
            Link link = Link.writing(file);
            Migrations.run(link, file, observer);
            return new Database(file, link, observer);
        } catch (SQLException broken) {
            throw Migrations.unusable(file, broken);
        }
    }

    /// Runs a change and waits until it is on disk.
    public <T extends @Nullable Object> T write(Change<T> change) {
        return join(writeLater(change));
    }

    /// The future completes on the writer's thread once the change is on disk: hand over before
    /// doing more than a few instructions.
    public <T extends @Nullable Object> CompletableFuture<T> writeLater(Change<T> change) {
        return writer.submit(change::run);
    }

    public <T extends @Nullable Object> T read(Query<T> query) {
        return join(readLater(query));
    }

    /// The future completes on a reader's thread.
    public <T extends @Nullable Object> CompletableFuture<T> readLater(Query<T> query) {
        return readers.submit(query::run);
    }

    private static <T extends @Nullable Object> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw failed;
            }
        }
    }

    /// Writes a consistent copy, while everything goes on, to a file that must not exist yet.
    /// Blocks the calling thread itself.
    public void copyTo(Path copy) {
        try (Link link = Link.reading(file)) {
            link.copyTo(copy);
        } catch (SQLException failed) {
            throw Failures.unavailable("the database cannot be copied", failed);
        }
    }

    public Path file() {
        return file;
    }

    /// Finishes what is queued, then closes; later calls are refused.
    @Override
    public void close() {
        readers.close();
        writer.close();
    }
}
