package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;

final class MetricsTest {
    private static final String LABEL = "[a-z_]+=\"(?:[^\"\\\\\n]|\\\\[\\\\n\"])*\"";
    private static final String SAMPLE =
            "tollgate_[a-z_]+(?:\\{" + LABEL + "(?:," + LABEL + ")*})? [-+0-9.Ee]+";

    @TempDir private Path folder;

    /// The text format, version 0.0.4: each family has its help and type before its samples, once.
    private static void checkFormat(String text) {
        Set<String> families = new HashSet<>();
        String family = "";
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# HELP ")) {
                family = line.split(" ", -1)[2];
                assertThat(families.add(family)).as(line).isTrue();
            } else if (line.startsWith("# TYPE ")) {
                assertThat(line).matches("# TYPE " + family + " (counter|gauge|histogram)");
            } else if (!line.isEmpty()) {
                assertThat(line).matches(SAMPLE).startsWith(family);
            }
        }
        assertThat(text).endsWith("\n");
    }

    @Test
    void theAdminKeySeesWhatWasCountedAndNothingThatACallerSent() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            String key = gateway.testKey();
            assertThat(gateway.chat(key, "sandbox/echo").status()).isEqualTo(200);
            assertThat(
                            RawClient.call(
                                            gateway.port(),
                                            "GET",
                                            "/v1/models/canary-path?canary-query=1",
                                            "Authorization: Bearer " + key)
                                    .status())
                    .isEqualTo(404);
            RawClient.Response answer = gateway.admin("GET", "/metrics");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type")).startsWith("text/plain; version=0.0.4");
            String text = answer.text();
            checkFormat(text);
            assertThat(text)
                    .contains("tollgate_requests_total{door=\"openai\",status=\"200\"} 1\n")
                    .contains("tollgate_requests_total{door=\"openai\",status=\"404\"} 1\n")
                    .contains("tollgate_request_seconds_count{door=\"openai\"} 2\n")
                    .containsPattern("tollgate_journal_records_total [1-9]")
                    .containsPattern("tollgate_journal_frames_total [1-9]")
                    .containsPattern("tollgate_journal_syncs_total [0-9]")
                    .contains("tollgate_journal_failures_total 0\n", "tollgate_open_holds 0\n")
                    .containsPattern("tollgate_fold_lag_records [0-9]+\n")
                    .containsPattern("tollgate_connections [1-9]")
                    .contains("tollgate_healthy 1\n", "tollgate_buffered_bytes 0\n")
                    .doesNotContain("canary", key.substring(10), Gateway.ADMIN_KEY, "Hello!");
        }
    }

    @Test
    void nobodyElseSeesThem() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            assertThat(RawClient.call(gateway.port(), "GET", "/metrics").status()).isEqualTo(401);
            assertThat(
                            RawClient.call(
                                            gateway.port(),
                                            "GET",
                                            "/metrics",
                                            "Authorization: Bearer " + gateway.testKey())
                                    .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void aPortOfTheirOwnNeedsNoKeyAndHasNothingElse() throws Exception {
        int port = FakeUpstream.closedPort();
        try (Gateway gateway =
                Gateway.start(folder, "server: { metrics-port: %d }".formatted(port))) {
            RawClient.Response answer = RawClient.call(port, "GET", "/metrics");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("access-control-allow-origin")).isNull();
            checkFormat(answer.text());
            assertThat(RawClient.call(port, "GET", "/v1/models").status()).isEqualTo(404);
            assertThat(gateway.port()).isNotEqualTo(port);
        }
    }
}
