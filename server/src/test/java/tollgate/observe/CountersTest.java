package tollgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class CountersTest {
    private final Counters counters = new Counters();

    private String text() {
        MetricsText text = new MetricsText();
        counters.write(text);
        return text.toString();
    }

    @Test
    void everyKindIsCounted() {
        Observer observer = Observer.all(counters, counters);
        Observations.all().forEach(observer::report);

        String text = text();
        assertThat(text.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("tollgate_[a-z_]+(\\{.*})? [0-9.E-]+"));
        assertThat(text)
                .contains("tollgate_requests_total{door=\"openai\",status=\"200\"} 2\n")
                .contains("tollgate_framing_refused_total{status=\"400\"} 2\n")
                .contains(
                        "tollgate_provider_failures_total{provider=\"openai\",status=\"503\"} 2\n")
                .contains("tollgate_overage_nanodollars_total 3000\n")
                .contains("tollgate_holds_reconciled_total{as=\"post\"} 4\n")
                .contains("tollgate_holds_reconciled_total{as=\"void\"} 10\n")
                .contains("tollgate_observations_total{kind=\"usage_unknown\"} 2\n")
                .contains("tollgate_observations_total{kind=\"own_error\"} 2\n");
    }

    @Test
    void latenciesFallIntoTheirBuckets() {
        counters.report(Observations.answered("openai", 200, 1_000_000));
        counters.report(Observations.answered("openai", 200, 1_000_001));
        counters.report(Observations.answered("openai", 500, 90_000_000_000L));

        assertThat(text())
                .contains("tollgate_request_seconds_bucket{door=\"openai\",le=\"0.001\"} 1\n")
                .contains("tollgate_request_seconds_bucket{door=\"openai\",le=\"0.005\"} 2\n")
                .contains("tollgate_request_seconds_bucket{door=\"openai\",le=\"30.0\"} 2\n")
                .contains("tollgate_request_seconds_bucket{door=\"openai\",le=\"+Inf\"} 3\n")
                .contains("tollgate_request_seconds_count{door=\"openai\"} 3\n")
                .contains("tollgate_request_seconds_sum{door=\"openai\"} 90.002000001\n");
    }

    @Test
    void labelsCannotForgeALine() {
        counters.report(new Observation.ProviderFailed(Observations.ID, "a\"b\\\nc", "m", 1, "r"));

        assertThat(text())
                .contains("provider_failures_total{provider=\"a\\\"b\\\\\\nc\",status=\"1\"} 1");
    }

    @Test
    void manyThreadsLoseNoCount() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(
                        threads.submit(() -> {
                            for (int n = 0; n < 100; n++) {
                                counters.report(Observations.answered("proxy", 200, n));
                            }
                        }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(text())
                .contains("tollgate_requests_total{door=\"proxy\",status=\"200\"} 10000\n");
    }
}
