package tollgate.bench;

import java.time.Duration;
import java.util.List;
import tollgate.bench.CpuCost.Round;
import tollgate.bench.Report.Row;

/// Whether a call costs more when many calls were made before it. Both figures are ratios to nginx,
/// each measured beside it.
final class FullLedger {
    static final long CALLS = 1_000_000;
    private static final int ROUNDS = 3;
    private static final Duration BATCH = Duration.ofSeconds(5);

    /// What is kept back of the bench's time for measuring again and for the parts that follow.
    private static final Duration RESERVE = Duration.ofSeconds(45);

    private final Bed bed;
    private final CpuCost cpu;

    FullLedger(Bed bed) {
        this.bed = bed;
        this.cpu = new CpuCost(bed);
    }

    /// @param before the ratio with few calls, when it is known already
    void run(Gateway gateway, List<Round> before) {
        bed.report().note("\na full ledger");
        List<Round> few = before.isEmpty() ? measureEmpty() : before;
        long fewCalls = gateway.posts();
        while (gateway.posts() < CALLS && bed.timeLeft().compareTo(RESERVE) > 0) {
            cpu.measure(gateway, Call.WHOLE, CpuCost.closedLoop(BATCH));
        }
        List<Round> many = cpu.alternate(Call.WHOLE, ROUNDS);
        bed.report().note("  %,d calls before, %,d now".formatted(fewCalls, gateway.posts()));
        double growth = ratio(many) / ratio(few);
        bed.report()
                .note(
                        "  %s times nginx before, %s now"
                                .formatted(Figures.ratio(ratio(few)), Figures.ratio(ratio(many))));
        Row row =
                Row.judged(
                        "after %,d calls, against the first".formatted(gateway.posts()),
                        Budget.FLAT,
                        growth,
                        Figures.ratio(growth));
        bed.report().add(row.of(CpuCost.nginxMicros(many), CpuCost.gatewayMicros(many)));
    }

    private List<Round> measureEmpty() {
        cpu.warmUp(Call.WHOLE);
        return cpu.alternate(Call.WHOLE, ROUNDS);
    }

    private static double ratio(List<Round> rounds) {
        return Figures.median(rounds.stream().map(Round::ratio).toList());
    }
}
