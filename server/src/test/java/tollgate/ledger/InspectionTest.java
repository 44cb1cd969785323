package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.db.Database;
import tollgate.db.ReadOnlyDatabase;

/// What `doctor` sees of the ledger.
class InspectionTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
        world.grant(1_000);
        world.done(world.lane.post(world.hold(100), Records.cost(130)));
        world.fold();
        world.hold(50);
        world.sync();
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    private void change(String sql) {
        world.database.write(tx -> {
            try (var statement = tx.connection().prepareStatement(sql)) {
                assertThat(statement.executeUpdate()).as(sql).isPositive();
            }
            return 0;
        });
    }

    private Inspection running() throws IOException {
        try (ReadOnlyDatabase rows = ReadOnlyDatabase.open(world.database.file())) {
            return world.ledger.inspect(rows);
        }
    }

    @Test
    void aRunningLedgerThatIsWellHasNoProblems() throws IOException {
        Inspection found = running();

        assertThat(found.problems()).isEmpty();
        assertThat(found.moves()).isEqualTo(5);
        assertThat(found.segments()).isEqualTo(1);
        assertThat(found.newest())
                .isBetween(
                        Instant.ofEpochMilli(world.millis.get() - 1_000),
                        Instant.ofEpochMilli(world.millis.get()));
    }

    @Test
    void eachPlaceThatDiffersIsNamed() throws IOException {
        change("UPDATE purse SET available = available + 5, held = held - 2");
        change("DELETE FROM operator_place WHERE place = 'operator:overage'");
        change("INSERT INTO operator_place VALUES ('operator:pocket', 9)");

        assertThat(running().problems())
                .containsExactly(
                        "account:7 holds 0.000000905 in the database (expected: 0.0000009, the fold"
                                + " of the journal)",
                        "held:7 holds -0.000000002 in the database (expected: 0, the fold of the"
                                + " journal)",
                        "operator:overage holds 0 in the database (expected: -0.00000003, the fold"
                                + " of the journal)",
                        "operator:pocket holds 0.000000009 in the database (expected: 0, the fold"
                                + " of the journal)");
    }

    @Test
    void damageIsNamedAndNotEveryDifference() throws IOException {
        world.disk.flip(1, 8 * 200);
        for (int i = 0; i < 30; i++) {
            change("INSERT INTO operator_place VALUES ('operator:pocket%d', 9)".formatted(i));
        }
        assertThat(running().problems())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("journal segment 00000001, offset ");
        world.disk.flip(1, 8 * 200);
        assertThat(running().problems()).hasSize(10);
    }

    @Test
    void aDatabaseAheadOfTheJournalIsAProblem() throws IOException {
        change("UPDATE ledger_cursor SET seq = 99");

        assertThat(running().problems())
                .contains(
                        "the database has folded seq 99 (expected: at most 5, the journal's last)");
    }

    @Test
    void compressionGoesOnAfterALook() throws IOException {
        Inspection before = running();
        world.ledger.journal().wantRoll();
        world.sync();
        world.sync();
        world.hold(1);
        world.fold();
        world.hold(1);
        world.fold();

        assertThat(before.problems()).isEmpty();
        assertThat(world.disk.isCompressed(1)).isTrue();
        assertThat(running().segments()).isGreaterThanOrEqualTo(2);
    }

    // ---------------------------------------------------------------- at rest

    private Path atRest(FaultyDisk disk) throws IOException {
        Path journal =
                Files.createDirectories(folder.resolve("rest" + System.identityHashCode(disk)));
        for (long segment : disk.segments()) {
            disk.copy(segment, journal);
        }
        return journal;
    }

    private static Map<String, Integer> bytes(Path journal) throws IOException {
        Map<String, Integer> bytes = new TreeMap<>();
        try (Stream<Path> files = Files.list(journal)) {
            for (Path file : files.toList()) {
                byte[] content = Files.readAllBytes(file);
                bytes.put(file.getFileName().toString(), java.util.Arrays.hashCode(content));
            }
        }
        return bytes;
    }

    private Inspection look(Path journal) throws IOException {
        Path copy = folder.resolve("rows" + System.nanoTime() + ".db");
        world.database.copyTo(copy);
        Map<String, Integer> before = bytes(journal);
        try (ReadOnlyDatabase rows = ReadOnlyDatabase.open(copy)) {
            Inspection found = Inspection.atRest(journal, rows, HandJournal.BOOT);
            assertThat(bytes(journal)).as("nothing is changed").isEqualTo(before);
            return found;
        }
    }

    @Test
    void aJournalAtRestIsJudgedAsTheNextStartWill() throws IOException {
        assertThat(look(atRest(world.disk.killed())).problems()).isEmpty();
        assertThat(look(atRest(world.disk.killed())).moves()).isEqualTo(5);
        FaultyDisk damaged = world.disk.killed();
        damaged.flip(1, 8 * 200);
        assertThat(look(atRest(damaged)).problems())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("journal segment 00000001, offset ");
    }

    @Test
    void aTornTailAndAPreparedSegmentStayAsTheyAre() throws IOException {
        world.disk.failNextWrites(2, 30);
        assertThat(world.failure(world.lane.hold(world.request(1)))).isNotNull();
        FaultyDisk left = world.disk.killed();
        left.put(2, new byte[4_096]);
        Inspection found = look(atRest(left));

        assertThat(found.problems()).isEmpty();
        assertThat(found.segments()).isEqualTo(2);
    }

    @Test
    void aBrokenCompressedSegmentIsAProblem() throws IOException {
        Path journal = atRest(world.disk.killed());
        Files.delete(journal.resolve("00000001.log"));
        Files.writeString(journal.resolve("00000001.log.gz"), "no gzip");

        assertThat(look(journal).problems())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("journal segment 00000001.log.gz: ");
    }

    @Test
    void anEmptyLedgerIsWell() throws IOException {
        Path journal = Files.createDirectories(folder.resolve("empty"));
        Path file = folder.resolve("empty.db");
        Database.open(file, _ -> {}).close();
        try (ReadOnlyDatabase rows = ReadOnlyDatabase.open(file)) {
            Inspection found = Inspection.atRest(journal, rows, HandJournal.BOOT);
            assertThat(found).isEqualTo(new Inspection(0, 0, null, List.of()));
        }
    }
}
