package tollgate.observe;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts observations for `/metrics`. Any thread may report; a count is one addition without a
/// lock.
public final class Counters implements Observer {
    /// Upper bounds of the latency buckets, in milliseconds.
    private static final long[] BUCKETS_MS = {1, 5, 10, 50, 100, 500, 1_000, 5_000, 30_000};

    /// Far above doors times statuses; a series beyond it is not counted.
    private static final int SERIES_MAX = 5_000;

    private static final String FRAMING = "framing_refused_total";
    private static final String FAILURES = "provider_failures_total";
    private static final String OVERAGE = "overage_nanodollars_total";
    private static final String RECONCILED = "holds_reconciled_total";
    private static final String OBSERVATIONS = "observations_total";

    /// The families of `series`.
    private static final Map<String, String> HELP =
            Map.of(
                    FRAMING, "Requests that could not be framed.",
                    FAILURES, "Attempts that a provider failed; status 0: no answer.",
                    OVERAGE, "Used beyond what was held, paid by the operator.",
                    RECONCILED, "Holds that a dead process left open.",
                    OBSERVATIONS, "Everything else that was reported, by kind.");

    private static final String REQUESTS = "requests_total";
    private static final String LATENCY = "request_seconds";

    private final ConcurrentMap<String, LongAdder> series = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<Answer, LongAdder> answers = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Latency> latencies = new ConcurrentHashMap<>();

    private record Answer(String door, int status) {}

    @Override
    public void report(Observation observation) {
        switch (observation) {
            case Observation.RequestAnswered o -> answered(o);
            case Observation.FramingRefused o -> count(FRAMING + "{" + status(o.status()) + "}", 1);
            case Observation.ProviderFailed o ->
                    count(
                            FAILURES
                                    + "{"
                                    + MetricsText.label("provider", o.provider())
                                    + ","
                                    + status(o.status())
                                    + "}",
                            1);
            case Observation.OverageBooked o -> count(OVERAGE, o.amount().nanos());
            case Observation.HoldsReconciled o -> {
                count(RECONCILED + "{as=\"post\"}", o.posted());
                count(RECONCILED + "{as=\"void\"}", o.voided());
            }
            default -> {
                // Counted by kind alone, below.
            }
        }
        if (!(observation instanceof Observation.RequestAnswered)) {
            count(OBSERVATIONS + "{" + MetricsText.label("kind", kind(observation)) + "}", 1);
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

    private static String status(int status) {
        return MetricsText.label("status", Integer.toString(status));
    }

    /// Adds all families.
    public void write(MetricsText text) {
        text.family(
                REQUESTS,
                MetricsText.Type.COUNTER,
                "Requests answered; status 499: the caller left.");
        answers.forEach((answer, n) ->
                text.sample(
                        "%s{%s,%s}"
                                .formatted(REQUESTS, door(answer.door()), status(answer.status())),
                        n.sum()));
        text.family(
                LATENCY,
                MetricsText.Type.HISTOGRAM,
                "From a request's head to its answer's last byte.");
        latencies.forEach((door, latency) -> latency.write(text, door(door)));
        String family = "";
        for (Map.Entry<String, LongAdder> each : series.entrySet()) {
            int labels = each.getKey().indexOf('{');
            String name = labels < 0 ? each.getKey() : each.getKey().substring(0, labels);
            if (!name.equals(family)) {
                family = name;
                text.family(name, MetricsText.Type.COUNTER, HELP.getOrDefault(name, ""));
            }
            text.sample(each.getKey(), each.getValue().sum());
        }
    }

    private static String door(String name) {
        return MetricsText.label("door", name);
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

        void write(MetricsText text, String door) {
            long sum = 0;
            for (int i = 0; i < buckets.length; i++) {
                sum += buckets[i].sum();
                String bound =
                        i < BUCKETS_MS.length ? Double.toString(BUCKETS_MS[i] / 1e3) : "+Inf";
                String le = MetricsText.label("le", bound);
                text.sample("%s_bucket{%s,%s}".formatted(LATENCY, door, le), sum);
            }
            text.sample("%s_count{%s}".formatted(LATENCY, door), sum);
            text.sample("%s_sum{%s}".formatted(LATENCY, door), nanos.sum() / 1e9);
        }
    }
}
