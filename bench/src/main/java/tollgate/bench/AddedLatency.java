package tollgate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tollgate.bench.CpuCost.Drive;
import tollgate.bench.CpuCost.Run;
import tollgate.bench.Report.Row;
import tollgate.bench.load.Tally;

/// Latency at a constant rate, less that of the mock itself at the same rate in the same round.
final class AddedLatency {
    static final int PER_SECOND = 1_000;
    private static final Budget P50 = new Budget(1, 0.3, " ms");
    private static final Budget P99 = new Budget(10, 3, " ms");

    private final Bed bed;

    AddedLatency(Bed bed) {
        this.bed = bed;
    }

    private record Latency(double p50Ms, double p99Ms) {
        static Latency of(Tally tally) {
            return new Latency(
                    tally.latency().quantile(0.5) / 1e6, tally.latency().quantile(0.99) / 1e6);
        }

        Latency less(Latency other) {
            return new Latency(p50Ms - other.p50Ms, p99Ms - other.p99Ms);
        }
    }

    /// The mock alone, and with each proxy before it.
    private record Round(Latency mock, Run nginx, Run gateway) {
        Latency nginxAdds() {
            return Latency.of(nginx.tally()).less(mock);
        }

        /// Whether the machine was calm: one stall of 20 ms is 1 % of the requests of a second or
        /// two, so where even nginx misses the budget, a round says nothing about the gateway.
        boolean calm() {
            return nginxAdds().p99Ms <= P99.budget();
        }

        Latency gatewayAdds() {
            return Latency.of(gateway.tally()).less(mock);
        }
    }

    void run() {
        bed.report().note("\n%s at %,d/s".formatted(Call.WHOLE.title(), PER_SECOND));
        if (!bed.options().parts().contains(Part.WHOLE)) {
            new CpuCost(bed).warmUp(Call.WHOLE);
        }
        List<Round> rounds = rounds();
        add(
                "added latency at %,d/s, p50".formatted(PER_SECOND),
                P50,
                median(rounds, round -> round.nginxAdds().p50Ms),
                median(rounds, round -> round.gatewayAdds().p50Ms));
        add(
                "added latency at %,d/s, p99".formatted(PER_SECOND),
                P99,
                median(rounds, round -> round.nginxAdds().p99Ms),
                median(rounds, round -> round.gatewayAdds().p99Ms));
        addCpu(rounds);
    }

    /// Measures until enough rounds were calm, at most twice as many as planned; the others are
    /// left out, unless none was calm.
    private List<Round> rounds() {
        int wanted = bed.plan().rateRounds();
        var all = new ArrayList<Round>();
        var calm = new ArrayList<Round>();
        while (calm.size() < wanted && all.size() < 2 * wanted) {
            Round round = round();
            all.add(round);
            if (round.calm()) {
                calm.add(round);
            }
        }
        return calm.isEmpty() ? all : calm;
    }

    private Round round() {
        Drive drive =
                (load, port, shot) ->
                        load.constantRate(port, shot, PER_SECOND, bed.plan().rateRun());
        long asked = bed.mock().requests();
        Tally direct = drive.run(bed.load(), bed.mock().port(), Call.WHOLE.shot(List.of("none")));
        bed.requireRight("mock", direct, asked);
        var cpu = new CpuCost(bed);
        Run nginx = cpu.measure(bed.nginx(), Call.WHOLE, drive);
        Run gateway = cpu.measure(bed.gateway(), Call.WHOLE, drive);
        var round = new Round(Latency.of(direct), nginx, gateway);
        bed.report()
                .note(
                        "  mock alone %s, nginx adds %s, gateway adds %s%s"
                                .formatted(
                                        told(round.mock),
                                        told(round.nginxAdds()),
                                        told(round.gatewayAdds()),
                                        gateway.toldSyncs()));
        return round;
    }

    private static String told(Latency latency) {
        return "%s / %s".formatted(Figures.millis(latency.p50Ms), Figures.millis(latency.p99Ms));
    }

    private void add(String what, Budget budget, double nginxMs, double gatewayMs) {
        String compared = Figures.millis(gatewayMs);
        Row row =
                nginxMs > budget.budget()
                        ? Row.unjudged(what + " (nginx misses it too)", compared)
                        : Row.judged(what, budget, gatewayMs, compared);
        bed.report().add(row.of(Figures.millis(nginxMs), Figures.millis(gatewayMs)));
    }

    private void addCpu(List<Round> rounds) {
        double nginx = median(rounds, round -> round.nginx.micros());
        double gateway = median(rounds, round -> round.gateway.micros());
        Row row =
                Row.unjudged("CPU at %,d/s".formatted(PER_SECOND), Figures.ratio(gateway / nginx));
        bed.report().add(row.of(Figures.micros(nginx), Figures.micros(gateway)));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Figures.median(rounds.stream().mapToDouble(figure).boxed().toList());
    }
}
