package tollgate.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.observe.Observation;

final class DatabaseTest {
    @TempDir private Path folder;
    private final List<Observation> observations = new CopyOnWriteArrayList<>();
    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("t.db"), observations::add);
        database.write(tx -> tx.handle().execute("CREATE TABLE item (name TEXT UNIQUE)"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static int insert(WriteTx tx, String name) throws SQLException {
        try (var insert = tx.connection().prepareStatement("INSERT INTO item (name) VALUES (?)")) {
            insert.setString(1, name);
            return insert.executeUpdate();
        }
    }

    private List<String> names() {
        return database.read(tx ->
                tx.handle()
                        .createQuery("SELECT name FROM item ORDER BY name")
                        .mapTo(String.class)
                        .list());
    }

    /// Holds the writer up until the latch opens, so that what follows shares one commit.
    private CompletableFuture<Boolean> holdUp(CompletableFuture<Boolean> latch) {
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        CompletableFuture<Boolean> held =
                database.writeLater(_ -> {
                    started.complete(true);
                    return latch.join();
                });
        assertThat(started.join()).isTrue();
        return held;
    }

    @Test
    void aNewDatabaseIsMigratedOnceAndSaysSo() {
        database.close();
        database = Database.open(folder.resolve("t.db"), observations::add);

        assertThat(observations)
                .containsExactly(new Observation.Migrated(0, Migrations.SCRIPTS.size()));
    }

    @Test
    void whatWasWrittenIsRead() {
        assertThat(database.<Integer>write(tx -> insert(tx, "a"))).isEqualTo(1);

        assertThat(names()).containsExactly("a");
    }

    @Test
    void itIsSafeAndReadersCannotWrite() {
        assertThat(
                        database.<List<String>>write(tx ->
                                tx.handle()
                                        .createQuery(
                                                "SELECT journal_mode || synchronous ||"
                                                        + " foreign_keys FROM"
                                                        + " pragma_journal_mode,"
                                                        + " pragma_synchronous,"
                                                        + " pragma_foreign_keys")
                                        .mapTo(String.class)
                                        .list()))
                .containsExactly("wal21");
        assertThatThrownBy(() -> database.read(tx -> tx.handle().execute("DELETE FROM item")))
                .isInstanceOf(GatewayException.class);
        assertThat(names()).isEmpty();
    }

    @Test
    void aFailedJobTakesNobodyWithIt() {
        CompletableFuture<Boolean> latch = new CompletableFuture<>();
        CompletableFuture<Boolean> first = holdUp(latch);
        CompletableFuture<Integer> before = database.writeLater(tx -> insert(tx, "before"));
        CompletableFuture<Integer> failed =
                database.writeLater(tx -> {
                    insert(tx, "never");
                    throw new IllegalStateException("no");
                });
        CompletableFuture<Integer> twice = database.writeLater(tx -> insert(tx, "before"));
        CompletableFuture<Integer> after = database.writeLater(tx -> insert(tx, "after"));
        latch.complete(true);

        assertThat(first.join()).isTrue();
        assertThat(before.join() + after.join()).isEqualTo(2);
        assertThatThrownBy(failed::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(twice::join).hasCauseInstanceOf(SQLException.class);
        assertThat(names()).containsExactly("after", "before");
    }

    @Test
    void nothingIsToldBeforeTheCommitAndActionsRunInItsOrder() {
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> latch = new CompletableFuture<>();
        CompletableFuture<Boolean> held = holdUp(latch);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            CompletableFuture<Boolean> told =
                    database.<Integer>writeLater(
                                    tx -> {
                                        tx.afterCommit(() -> order.add(name + names()));
                                        return insert(tx, name);
                                    })
                            .thenApply(_ -> order.add(name + " told"));
            all.add(told);
        }
        latch.complete(true);
        all.forEach(CompletableFuture::join);

        assertThat(held.join()).isTrue();
        assertThat(order)
                .containsExactly(
                        "a[a, b, c]", "a told", "b[a, b, c]", "b told", "c[a, b, c]", "c told");
    }

    @Test
    void aFailingActionAfterTheCommitIsReportedAndTheChangeStands() {
        int rows =
                database.write(tx -> {
                    tx.afterCommit(() -> {
                        throw new IllegalStateException("ours");
                    });
                    return insert(tx, "a");
                });

        assertThat(rows).isEqualTo(1);
        assertThat(names()).containsExactly("a");
        assertThat(observations).filteredOn(Observation.OwnError.class::isInstance).hasSize(1);
    }

    @Test
    void aRolledBackJobLeavesNoAction() {
        List<String> ran = new CopyOnWriteArrayList<>();
        assertThatThrownBy(() ->
                        database.write(tx -> {
                            tx.afterCommit(() -> ran.add("ran"));
                            throw new IllegalStateException("no");
                        }))
                .hasMessage("no");
        assertThat(ran).isEmpty();
    }

    @Test
    void aReadSeesOneStateOfAllRows() {
        database.<Integer>write(tx -> insert(tx, "a"));
        CompletableFuture<Boolean> read = new CompletableFuture<>();
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        CompletableFuture<List<Integer>> counts =
                database.readLater(tx -> {
                    int first = count(tx);
                    read.complete(true);
                    written.join();
                    return List.of(first, count(tx));
                });
        read.join();
        database.<Integer>write(tx -> insert(tx, "b"));
        written.complete(true);

        assertThat(counts.join()).containsExactly(1, 1);
        assertThat(names()).hasSize(2);
    }

    private static int count(ReadTx tx) {
        return tx.handle().createQuery("SELECT count(*) FROM item").mapTo(Integer.class).one();
    }

    @Test
    void i38AFullDatabaseIsUnavailableAndItWorksAgainByItself() {
        database.write(tx -> {
            insert(tx, "old");
            return tx.handle().execute("CREATE TABLE blob (b BLOB)");
        });
        long pages = pragma("page_count");
        database.write(tx -> tx.handle().execute("PRAGMA max_page_count = " + pages));

        assertThatThrownBy(() ->
                        database.write(tx ->
                                tx.handle().execute("INSERT INTO blob VALUES (zeroblob(1000000))")))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.Unavailable.class));
        assertThat(names()).containsExactly("old");
        // A new connection knows nothing of the limit, as a disk with room again.
        assertThat(
                        database.<Integer>write(tx ->
                                tx.handle().execute("INSERT INTO blob VALUES (zeroblob(1000000))")))
                .isEqualTo(1);
        assertThat(observations)
                .extracting(o -> o.getClass().getSimpleName())
                .containsExactly("Migrated", "StoreFailed", "StoreRecovered");
    }

    private long pragma(String name) {
        return database.<Long>write(
                tx -> tx.handle().createQuery("PRAGMA " + name).mapTo(Long.class).one());
    }

    @Test
    void tooManyWaitingIsUnavailable() {
        CompletableFuture<Boolean> latch = new CompletableFuture<>();
        CompletableFuture<Boolean> held = holdUp(latch);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < Lane.JOBS_WAITING_MAX + 2; i++) {
            waiting.add(database.writeLater(_ -> 1));
        }
        latch.complete(true);

        assertThat(held.join()).isTrue();
        assertThatThrownBy(waiting.getLast()::join).hasCauseInstanceOf(GatewayException.class);
        assertThat(waiting.getFirst().join()).isEqualTo(1);
    }

    @Test
    void aTransactionInsideATransactionIsRefused() {
        assertThatThrownBy(
                        () -> database.write(_ -> database.<Integer>write(tx -> insert(tx, "x"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside a transaction");
    }

    @Test
    void closingFinishesWhatIsQueuedAndRefusesTheRest() {
        List<CompletableFuture<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "n" + i;
            queued.add(database.writeLater(tx -> insert(tx, name)));
        }
        database.close();

        assertThat(queued).allMatch(future -> future.join() == 1);
        assertThatThrownBy(() -> database.<Integer>write(tx -> insert(tx, "late")))
                .isInstanceOf(GatewayException.class);
        database = Database.open(folder.resolve("t.db"), observations::add);
        assertThat(names()).hasSize(100);
    }

    @Test
    void manyWritersLoseNothing() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                String name = "n" + i;
                all.add(threads.submit(() -> database.write(tx -> insert(tx, name))));
            }
            for (Future<Integer> one : all) {
                assertThat(one.get()).isEqualTo(1);
            }
        }
        assertThat(names()).hasSize(2_000);
    }

    @Test
    void aCopyIsADatabaseOfItsOwn() {
        database.<Integer>write(tx -> insert(tx, "a"));
        Path copy = folder.resolve("copy.db");
        database.copyTo(copy);
        database.<Integer>write(tx -> insert(tx, "b"));

        try (Database opened = Database.open(copy, _ -> {})) {
            assertThat(opened.<Integer>read(DatabaseTest::count)).isEqualTo(1);
        }
        assertThatThrownBy(() -> database.copyTo(copy)).isInstanceOf(GatewayException.class);
    }

    @Test
    void whatIsNoDatabaseIsRefusedWithItsName() throws Exception {
        Path file = Files.writeString(folder.resolve("text.db"), "no database ".repeat(1_000));
        assertThatThrownBy(() -> Database.open(file, _ -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageStartingWith("database " + file + ": ")
                .hasMessageEndingWith("(expected: a database of Tollgate's)");
    }

    @Test
    void aDatabaseOfANewerTollgateIsRefused() {
        database.write(tx ->
                tx.handle()
                        .execute(
                                "INSERT INTO flyway_schema_history SELECT 1000 +"
                                        + " installed_rank, 1000 + installed_rank, description,"
                                        + " type, script, checksum, installed_by, installed_on,"
                                        + " execution_time, success FROM"
                                        + " flyway_schema_history"));
        database.close();
        assertThatThrownBy(() -> Database.open(folder.resolve("t.db"), _ -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("made by a newer Tollgate");
    }
}
