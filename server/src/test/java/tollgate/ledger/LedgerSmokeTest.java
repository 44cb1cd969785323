package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.db.Database;
import tollgate.ledger.Entry.Context;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Ending;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Entry.Shape;
import tollgate.ledger.Entry.Try;
import tollgate.unit.RequestId;

class LedgerSmokeTest {
    @TempDir Path folder;

    static Ledger open(Path folder, Database database) throws Exception {
        return Ledger.open(
                new Ledger.Parts(
                        folder.resolve("journal"),
                        JournalSettings.DEFAULT.withSegmentBytes(1 << 20),
                        database,
                        List.of(),
                        InstantSource.system(),
                        System::nanoTime,
                        new UUID(1, 2),
                        _ -> {},
                        e -> {
                            throw new AssertionError(e);
                        },
                        Duration.ofMillis(20)));
    }

    @Test
    void aCallIsHeldChargedFoldedAndSurvivesARestart() throws Exception {
        Database database = Database.open(folder.resolve("t.db"), _ -> {});
        Ledger ledger = open(folder, database);
        Credit grant = new Credit(Kind.GRANT, 7, Book.LIVE, 1_000, "grant:1");
        database.write(tx -> {
            ledger.intend(tx, grant);
            return 0;
        });
        assertThat(ledger.credit(grant).available().nanos()).isEqualTo(1_000);
        Lane lane = ledger.lane(Runnable::run, (_, _) -> {});
        Context context = new Context("openai", "p", "m-up", Shape.WHOLE, "u", "", "");
        for (int i = 0; i < 5; i++) {
            OpenHold hold =
                    lane.hold(
                                    new HoldRequest(
                                            ledger.purse(7, Book.LIVE),
                                            3,
                                            new RequestId(9, i),
                                            "m",
                                            1,
                                            context,
                                            100,
                                            null,
                                            null))
                            .result();
            if (i < 4) {
                Settlement settlement =
                        new Settlement(
                                10,
                                Usage.of(3, 4),
                                UsageSource.PROVIDER,
                                new Ending(
                                        Outcome.COMPLETED,
                                        200,
                                        1,
                                        new Try(200, 5),
                                        "stop",
                                        "m",
                                        9,
                                        3),
                                null);
                assertThat(lane.post(hold, settlement).result()).isEqualTo(10);
            }
        }
        ledger.folded().join();
        List<Export.Move> moves = new ArrayList<>();
        try (Export export = ledger.export(0)) {
            while (export.next(moves::add)) {}
        }
        assertThat(moves).hasSize(1 + 5 + 8);
        ledger.close();
        Ledger again = open(folder, database);
        assertThat(again.purse(7, Book.LIVE).balance().available().nanos()).isEqualTo(960);
        assertThat(again.purse(7, Book.LIVE).balance().held().nanos()).isZero();
        again.close();
        database.close();
    }
}
