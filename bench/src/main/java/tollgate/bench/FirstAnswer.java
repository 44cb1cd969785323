package tollgate.bench;

import java.util.ArrayList;
import java.util.List;
import tollgate.bench.Report.Row;

/// Time from the start of the process to its first answer: on an empty folder, and on one with a
/// journal.
final class FirstAnswer {
    private static final Budget START = new Budget(2, 1, " s");

    private final Bed bed;

    FirstAnswer(Bed bed) {
        this.bed = bed;
    }

    void run(Gateway gateway) {
        bed.report().note("\nfirst answer after start");
        var empty = new ArrayList<Double>();
        for (int i = 0; i < bed.plan().starts(); i++) {
            try (var fresh = Gateway.start(bed.command(), bed.folder("start-" + i))) {
                empty.add(seconds(fresh));
            }
        }
        add("first answer, empty folder", empty);
        add("first answer, after %,d calls".formatted(gateway.posts()), restarts(gateway));
    }

    /// Starts it again on its own data, and checks that it still knows every move of money.
    private List<Double> restarts(Gateway gateway) {
        var all = new ArrayList<Double>();
        for (int i = 0; i < bed.plan().starts(); i++) {
            gateway.restart();
            gateway.checkAtRest();
            all.add(seconds(gateway));
        }
        return all;
    }

    private void add(String what, List<Double> seconds) {
        double median = Figures.median(seconds);
        String told = seconds(median);
        bed.report()
                .note(
                        "  %s: %s"
                                .formatted(
                                        what, seconds.stream().map(FirstAnswer::seconds).toList()));
        bed.report().add(Row.judged(what, START, median, told).of("", told));
    }

    private static double seconds(Gateway gateway) {
        return gateway.firstAnswer().toMillis() / 1e3;
    }

    private static String seconds(double seconds) {
        return "%.2f s".formatted(seconds);
    }
}
