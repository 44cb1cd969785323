package tollgate.observe;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts observations for `/metrics`, in Prometheus' text format. Any thread may report; a count
/// is one addition without a lock.
public final class Counters implements Observer {
    /// Upper bounds of the latency buckets, in milliseconds.
    private static final long[] BUCKETS_MS = {1, 5, 10, 50, 100, 500, 1_000, 5_000, 30_000};

    /// Far above doors times statuses; a series beyond it is not counted.
    private static final int SERIES_MAX = 5_000;

    private final ConcurrentMap<String, LongAdder> series = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<Answer, LongAdder> answers = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Latency> latencies = new ConcurrentHashMap<>();

    private record Answer(String door, int status) {}

    @Override
    public void report(Observation observation) {
        switch (observation) {
            case Observation.RequestAnswered o -> answered(o);
            case Observation.FramingRefused o ->
                    count("framing_refused_total{status=\"%d\"}".formatted(o.status()), 1);
            case Observation.ProviderFailed o ->
                    count(
                            "provider_failures_total{provider=\"%s\",status=\"%d\"}"
                                    .formatted(label(o.provider()), o.status()),
                            1);
            case Observation.OverageBooked o ->
                    count("overage_nanodollars_total", o.amount().nanos());
            case Observation.HoldsReconciled o -> {
                count("holds_reconciled_total{as=\"post\"}", o.posted());
                count("holds_reconciled_total{as=\"void\"}", o.voided());
            }
            default -> {
                // Counted by kind alone, below.
            }
        }
        if (!(observation instanceof Observation.RequestAnswered)) {
            count("observations_total{kind=\"%s\"}".formatted(kind(observation)), 1);
        }
    }

    private void answered(Observation.RequestAnswered answered) {
        Answer key = new Answer(answered.door(), answered.status());
        answers.computeIfAbsent(key, _ -> new LongAdder()).increment();
        latencies.computeIfAbsent(answered.door(), _ -> new Latency()).add(answered.nanos());
    }

    private void count(String name, long by) {
        LongAdder known = series.get(name);
        if (known != null) {
            known.add(by);
        } else if (series.size() < SERIES_MAX) {
            series.computeIfAbsent(name, _ -> new LongAdder()).add(by);
        }
    }

    private static String kind(Observation observation) {
        return observation
                .getClass()
                .getSimpleName()
                .replaceAll("(?<=.)([A-Z])", "_$1")
                .toLowerCase(Locale.ROOT);
    }

    private static String label(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /// All series, each `tollgate_…` on a line of its own.
    public String text() {
        StringBuilder text = new StringBuilder(4_096);
        answers.forEach((answer, n) ->
                line(
                        text,
                        "requests_total{door=\"%s\",status=\"%d\"}"
                                .formatted(answer.door(), answer.status()),
                        n.sum()));
        latencies.forEach((door, latency) -> latency.write(text, door));
        series.forEach((name, n) -> line(text, name, n.sum()));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append("tollgate_").append(name).append(' ').append(value).append('\n');
    }

    /// A histogram of one door.
    private static final class Latency {
        private final LongAdder[] buckets = new LongAdder[BUCKETS_MS.length + 1];
        private final LongAdder nanos = new LongAdder();

        Latency() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        void add(long took) {
            int i = 0;
            while (i < BUCKETS_MS.length && took > BUCKETS_MS[i] * 1_000_000) {
                i++;
            }
            buckets[i].increment();
            nanos.add(took);
        }

        void write(StringBuilder text, String door) {
            long sum = 0;
            for (int i = 0; i < buckets.length; i++) {
                sum += buckets[i].sum();
                String bound =
                        i < BUCKETS_MS.length ? Double.toString(BUCKETS_MS[i] / 1e3) : "+Inf";
                line(
                        text,
                        "request_seconds_bucket{door=\"%s\",le=\"%s\"}".formatted(door, bound),
                        sum);
            }
            line(text, "request_seconds_count{door=\"%s\"}".formatted(door), sum);
            line(text, "request_seconds_sum{door=\"%s\"}".formatted(door), nanos.sum() / 1e9);
        }
    }
}
