package tollgate.bench;

import java.time.Duration;
import tollgate.bench.Report.Row;
import tollgate.bench.load.IdleStreams;

/// Resident memory while many streams are open and silent. The gateway is the one that has borne
/// the load before, if there was any: a warm one is what runs in production.
final class IdleMemory {
    static final int STREAMS = 2_000;
    private static final Budget RSS = new Budget(400, 256, " MB");
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final double KIB_PER_MB = 1_024;

    private final Bed bed;

    IdleMemory(Bed bed) {
        this.bed = bed;
    }

    void run() {
        bed.report().note("\n%,d idle streams".formatted(STREAMS));
        double nginx = measure(bed.nginx());
        double gateway = measure(bed.gateway());
        Row row =
                Row.judged(
                        "RSS with %,d idle streams".formatted(STREAMS),
                        RSS,
                        gateway,
                        told(gateway));
        bed.report().add(row.of(told(nginx), told(gateway)));
    }

    private double measure(Contender contender) {
        double before = residentMb(contender);
        double during;
        try (IdleStreams _ =
                bed.load()
                        .idleStreams(contender.port(), Call.HOLD.shot(contender.keys()), STREAMS)) {
            Poll.pause(SETTLE);
            during = residentMb(contender);
        }
        contender.settle();
        contender.checkAtRest();
        bed.report()
                .note(
                        "  %s: %s before, %s with them"
                                .formatted(contender.name(), told(before), told(during)));
        return during;
    }

    private static double residentMb(Contender contender) {
        return contender.processes().residentKib() / KIB_PER_MB;
    }

    private static String told(double mb) {
        return "%.0f MB".formatted(mb);
    }
}
