package tollgate.bench;

import java.util.ArrayList;
import tollgate.bench.Report.Row;

/// Whether a call costs more when there are many keys: a second gateway in which they were made,
/// measured in turn with the first.
final class ManyKeys {
    private static final int ROUNDS = 3;

    private final Bed bed;
    private final CpuCost cpu;

    ManyKeys(Bed bed) {
        this.bed = bed;
        this.cpu = new CpuCost(bed);
    }

    void run(Gateway one) {
        bed.report().note("\n%,d keys".formatted(bed.options().keys()));
        try (var many = Gateway.start(bed.command(), bed.folder("keys"))) {
            many.makeKeys(bed.options().keys());
            compare(one, many);
        }
    }

    private void compare(Gateway one, Gateway many) {
        var drive = CpuCost.closedLoop(bed.plan().run());
        var warmUp = CpuCost.closedLoop(bed.plan().warmUp());
        cpu.measure(one, Call.WHOLE, warmUp);
        cpu.measure(many, Call.WHOLE, warmUp);
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < ROUNDS; i++) {
            double base = cpu.measure(one, Call.WHOLE, drive).micros();
            double full = cpu.measure(many, Call.WHOLE, drive).micros();
            ratios.add(full / base);
            bed.report().note("  one key %.1f µs, many keys %.1f µs".formatted(base, full));
        }
        double ratio = Figures.median(ratios);
        bed.report()
                .add(
                        Row.judged(
                                "%,d keys against one key".formatted(bed.options().keys()),
                                Budget.FLAT,
                                ratio,
                                Figures.ratio(ratio)));
    }
}
