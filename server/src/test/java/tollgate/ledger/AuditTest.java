package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// I-40: a start refuses a ledger that does not balance, and says where.
class AuditTest {
    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
        world.grant(1_000);
        world.done(world.lane.post(world.hold(100), Records.cost(130)));
        world.hold(50);
        world.fold();
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

    private void refused(String... parts) {
        assertThatThrownBy(() -> world.kill())
                .isInstanceOf(JournalCorrupt.class)
                .hasMessageStartingWith("the ledger does not balance: ")
                .hasMessageContainingAll(parts);
        assertThat(world.disk.segments()).as("a refused start leaves no segment").hasSize(1);
    }

    @Test
    void aLedgerThatBalancesStarts() throws IOException {
        world.kill();

        assertThat(world.available()).isEqualTo(900);
        assertThat(world.held()).isZero();
    }

    @Test
    void aChangedBalanceIsNamed() {
        change("UPDATE purse SET available = available + 5 WHERE account = 7");

        refused(
                "all places together hold 5 nano-dollars (expected: 0)",
                "account:7 has 855 (the journal says 850)");
    }

    @Test
    void aChangedHeldIsNamedAlthoughTheSumIsRight() {
        change("UPDATE purse SET available = available + 5, held = held - 5 WHERE account = 7");

        refused(
                "held:7 has 45 (its open calls hold 50)",
                "account:7 has 855 (the journal says 850)",
                "held:7 has 45 (the journal says 50)");
    }

    @Test
    void anOpenHoldThatWentIsNamed() {
        change("DELETE FROM open_hold");

        refused("held:7 has 50 (its open calls hold 0)");
    }

    @Test
    void aPurseThatWentIsNamed() {
        change("DELETE FROM purse");

        refused(
                "all places together hold -900 nano-dollars",
                "held:7 has 0 (its open calls hold 50)",
                "account:7 has 0 (the journal says 850)");
    }

    @Test
    void aPurseOfNobodyIsNamed() {
        change("INSERT INTO purse (account, book, available, held) VALUES (99, 1, 3, 0)");

        refused("all places together hold 3", "test:99 has 3 (the journal says 0)");
    }

    @Test
    void theOperatorsPlacesAreNamedToo() {
        change("UPDATE operator_place SET balance = balance - 7 WHERE place = 'operator:revenue'");

        refused("all places together hold -7", "operator:revenue has 123 (the journal says 130)");
    }

    @Test
    void aPlaceThatWentIsNamed() {
        change("DELETE FROM operator_place WHERE place = 'operator:overage'");

        refused("operator:overage has 0 (the journal says -30)");
    }

    @Test
    void aPlaceOfNobodyIsNamed() {
        change("INSERT INTO operator_place VALUES ('operator:pocket', 1)");

        refused("operator:pocket has 1 (the journal says 0)");
    }

    @Test
    void manyDifferencesAreNotAllNamed() {
        for (int i = 100; i < 140; i++) {
            change("INSERT INTO purse VALUES (%d, 0, 1, 0)".formatted(i));
        }

        assertThatThrownBy(() -> world.kill())
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()).split("the journal says", -1))
                                .hasSizeBetween(5, 12));
    }

    @Test
    void whereTheJournalCannotTellThatIsSaid() throws IOException, SQLException {
        List<Purse> purses = List.of(new Purse(7, Book.LIVE, 5, 0));
        HandJournal hand = new HandJournal();
        hand.appendOne();
        hand.disk.flip(1, 8 * 100);
        LedgerStore.Cursor cursor = new LedgerStore.Cursor(1, 1, 1, 0);
        Audit audit = new Audit(hand.disk, new Audit.Books(cursor, purses, Map.of(), List.of()));

        assertThatThrownBy(audit::check)
                .hasMessage(
                        "the ledger does not balance: all places together hold 5 nano-dollars"
                                + " (expected: 0); the journal cannot tell where: journal segment"
                                + " 00000001, offset 64: no valid frame");
    }

    @Test
    void sumsBeyondALongAreExact() {
        long most = Long.MAX_VALUE;
        List<Purse> purses =
                List.of(
                        new Purse(1, Book.LIVE, most, 0),
                        new Purse(2, Book.LIVE, most, 0),
                        new Purse(3, Book.LIVE, 2, 0));
        Map<String, Long> places = Map.of("a", -most, "b", -most);
        LedgerStore.Cursor none = LedgerStore.Cursor.NONE;
        FaultyDisk disk = new FaultyDisk();

        assertThatThrownBy(() ->
                        new Audit(disk, new Audit.Books(none, purses, places, List.of())).check())
                .hasMessageContaining("all places together hold 2 nano-dollars");
        Map<String, Long> right = Map.of("a", -most, "b", -most, "c", -2L);
        assertThatCode(() ->
                        new Audit(disk, new Audit.Books(none, purses, right, List.of())).check())
                .doesNotThrowAnyException();
    }
}
