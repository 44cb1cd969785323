package tollgate.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.db.DataFolderException;
import tollgate.db.ReadOnlyDatabase;
import tollgate.fault.GatewayException;
import tollgate.ledger.Inspection;
import tollgate.ledger.Ledger;
import tollgate.wire.json.Json;

/// Checks everything that a gateway stands on, and changes nothing. Blocks, for seconds a million
/// calls.
final class Doctor {
    /// A clock before it has lost its time: this was written then.
    private static final Instant BUILT = Instant.parse("2026-11-01T00:00:00Z");

    /// The last record may be younger than the second hand of a clock that is being set.
    private static final Duration CLOCK_BACK_MAX = Duration.ofSeconds(2);

    private final Config config;
    private final Path folder;
    private final InstantSource clock;
    private final @Nullable Ledger ledger;
    private final List<Finding> findings = new ArrayList<>();

    /// @param folder the data folder
    /// @param ledger of the gateway that runs; null when none does
    Doctor(Config config, Path folder, InstantSource clock, @Nullable Ledger ledger) {
        this.config = config;
        this.folder = folder;
        this.clock = clock;
        this.ledger = ledger;
    }

    /// All findings, in the order of the checks.
    List<Finding> examine() throws IOException, InterruptedException {
        findings.clear();
        server();
        @Nullable Instant newest = rows();
        findings.addAll(DiskCheck.of(folder));
        clock(newest);
        findings.addAll(ProviderCheck.of(config, clock));
        return List.copyOf(findings);
    }

    /// The findings as the admin API answers them.
    static Json.Obj json(List<Finding> findings) {
        List<Json> checks = new ArrayList<>();
        findings.forEach(finding -> checks.add(finding.toJson()));
        return Json.obj()
                .put("healthy", findings.stream().allMatch(Finding::isSound))
                .put("checks", checks);
    }

    private void server() {
        if (ledger == null) {
            findings.add(Finding.sound("server", "none runs on " + folder));
            return;
        }
        String numbers =
                "%d open holds, %d records not folded yet, %d failed writes or syncs"
                        .formatted(
                                ledger.openHolds(), ledger.unfolded(), ledger.counts().failures());
        findings.add(
                ledger.isHealthy()
                        ? Finding.sound("server", numbers)
                        : Finding.bad("server", numbers + "; the journal does not reach the disk"));
    }

    /// Database and ledger; returns when the last record was written.
    private @Nullable Instant rows() throws IOException {
        try (ReadOnlyDatabase rows = ReadOnlyDatabase.open(folder.resolve("tollgate.db"))) {
            List<String> problems = rows.problems();
            findings.add(
                    problems.isEmpty()
                            ? Finding.sound("database", "whole")
                            : Finding.bad("database", String.join("; ", problems)));
            return ledger(rows);
        } catch (DataFolderException | GatewayException unusable) {
            findings.add(Finding.bad("database", String.valueOf(unusable.getMessage())));
            return null;
        }
    }

    private @Nullable Instant ledger(ReadOnlyDatabase rows) throws IOException {
        Inspection found =
                ledger == null
                        ? Inspection.atRest(folder.resolve("journal"), rows, Machine.boot())
                        : ledger.inspect(rows);
        String size = "%d moves in %d segments".formatted(found.moves(), found.segments());
        findings.add(
                found.problems().isEmpty()
                        ? Finding.sound("ledger", size + ", balances are their sum")
                        : Finding.bad("ledger", size + "; " + String.join("; ", found.problems())));
        return found.newest();
    }

    private void clock(@Nullable Instant newest) {
        Instant now = clock.instant();
        if (now.isBefore(BUILT)) {
            findings.add(Finding.bad("clock", now + " (expected: after " + BUILT + ")"));
        } else if (newest != null && newest.isAfter(now.plus(CLOCK_BACK_MAX))) {
            findings.add(
                    Finding.bad(
                            "clock",
                            now + " (expected: after the ledger's last record, " + newest + ")"));
        } else {
            findings.add(Finding.sound("clock", now.toString()));
        }
    }
}
