package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.db.Database;

/// JOURNAL 13: a copy starts as it is.
class BackupTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
        world.grant(1_000_000);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    private Path copied() throws IOException {
        return Files.createDirectories(folder.resolve("copy").resolve("journal"));
    }

    private void backup(Path journal) {
        world.whileSyncing(() -> {
            try {
                world.ledger.backup(folder.resolve("copy").resolve("tollgate.db"), journal);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private Ledger start(Path journal, Database database) throws IOException {
        Ledger.Parts of = world.parts();
        return Ledger.load(
                new Ledger.Parts(
                        journal,
                        of.settings(),
                        database,
                        List.of(),
                        of.clock(),
                        of.nanoTime(),
                        HandJournal.OTHER_BOOT,
                        _ -> {},
                        of.trouble(),
                        Duration.ofHours(1)),
                new FolderDisk(journal),
                Runnable::run);
    }

    @Test
    void rule13ACopyStartsAsItIs() throws IOException {
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        world.fold();
        world.done(world.lane.post(world.hold(100), Records.cost(40)));
        OpenHold open = world.stream(100);
        Path journal = copied();
        backup(journal);
        world.done(world.lane.post(open, Records.cost(50)));

        try (Database database =
                        Database.open(folder.resolve("copy").resolve("tollgate.db"), _ -> {});
                Ledger copy = start(journal, database)) {
            assertThat(copy.purse(World.ACCOUNT, Book.LIVE).balance().available().nanos())
                    .as("the open call is an orphan of the copy")
                    .isEqualTo(1_000_000 - 70);
            assertThat(copy.purse(World.ACCOUNT, Book.LIVE).balance().held().nanos()).isZero();
        }
        assertThat(world.available()).isEqualTo(1_000_000 - 120);
    }

    @Test
    void rule13TheDatabaseIsCopiedFirst() throws IOException {
        world.done(world.lane.post(world.hold(100), Records.cost(30)));
        Path journal = copied();
        backup(journal);

        List<Long> copied = new FolderDisk(journal).segments();
        assertThat(copied).containsExactly(1L);
        try (Database database =
                Database.open(folder.resolve("copy").resolve("tollgate.db"), _ -> {})) {
            LedgerStore.Cursor cursor = database.read(LedgerStore::cursor);
            assertThat(
                            HandJournal.recover(new FolderDisk(journal), HandJournal.OTHER_BOOT)
                                    .start()
                                    .lastFrame())
                    .isGreaterThanOrEqualTo(cursor.frame());
        }
        assertThat(world.ledger.journal().segment()).isEqualTo(2);
    }

    @Test
    void rule13CompressionGoesOnAfterwardsAlsoWhenTheCopyFails() throws IOException {
        Path journal = copied();
        Files.write(journal.resolve("00000001.log"), new byte[1]);
        Files.delete(journal.resolve("00000001.log"));
        Files.delete(journal);
        assertThatThrownBy(() -> backup(journal)).hasRootCauseInstanceOf(IOException.class);
        world.hold(1);
        world.fold();
        world.hold(1);
        world.fold();

        assertThat(world.disk.isCompressed(1)).isTrue();
    }

    @Test
    void rule13ABackupWhileCallsRunIsOneMoment() throws Exception {
        Database database = Database.open(folder.resolve("live.db"), _ -> {});
        Path live = folder.resolve("live");
        Ledger.Parts of = world.parts();
        Ledger ledger =
                Ledger.open(
                        new Ledger.Parts(
                                live,
                                JournalSettings.DEFAULT.withSegmentBytes(128 * 1024),
                                database,
                                List.of(),
                                of.clock(),
                                System::nanoTime,
                                of.boot(),
                                _ -> {},
                                of.trouble(),
                                Duration.ofMillis(5)));
        ledger.creditOnce(Records.grant(World.ACCOUNT, 1_000_000, "g"));
        AtomicBoolean done = new AtomicBoolean();
        Thread calls =
                Thread.ofPlatform()
                        .start(() -> {
                            Lane lane = ledger.lane(Runnable::run, (_, _) -> {});
                            while (!done.get()) {
                                call(ledger, lane);
                            }
                        });
        List<Path> copies = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path copy = Files.createDirectories(folder.resolve("b" + i).resolve("journal"));
            ledger.backup(copy.resolveSibling("tollgate.db"), copy);
            copies.add(copy);
        }
        done.set(true);
        calls.join();
        ledger.close();
        database.close();

        for (Path copy : copies) {
            try (Database rows = Database.open(copy.resolveSibling("tollgate.db"), _ -> {});
                    Ledger started = start(copy, rows)) {
                Purse.Balance balance = started.purse(World.ACCOUNT, Book.LIVE).balance();
                assertThat(balance.held().nanos()).isZero();
                assertThat(balance.available().nanos()).isBetween(0L, 1_000_000L);
            }
        }
        assertThat(world.troubles).isEmpty();
    }

    private void call(Ledger ledger, Lane lane) {
        HoldRequest of = world.request(10);
        Future<OpenHold> hold =
                lane.hold(
                        new HoldRequest(
                                ledger.purse(World.ACCOUNT, Book.LIVE),
                                of.key(),
                                of.request(),
                                of.model(),
                                1,
                                of.context(),
                                10,
                                null,
                                null));
        if (hold.succeeded()) {
            Future<Long> _ = lane.post(hold.result(), Records.cost(1));
        }
        Thread.onSpinWait();
    }
}
