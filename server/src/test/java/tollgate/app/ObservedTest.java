package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.RawClient;
import tollgate.observe.Observation;
import tollgate.observe.Observation.RequestAnswered;

final class ObservedTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir private Path folder;

    private static List<RequestAnswered> answered(Gateway gateway, int count) {
        long deadline = System.nanoTime() + SOON.toNanos();
        List<RequestAnswered> found = answered(gateway);
        while (found.size() < count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            found = answered(gateway);
        }
        assertThat(found).hasSize(count);
        return found;
    }

    private static List<RequestAnswered> answered(Gateway gateway) {
        return gateway.observations.stream()
                .filter(RequestAnswered.class::isInstance)
                .map(RequestAnswered.class::cast)
                .toList();
    }

    @Test
    void eachAnswerIsReportedOnceWithTheRoutesPatternAndNeverThePath() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            String bearer = "Authorization: Bearer " + gateway.testKey();
            int port = gateway.port();
            RawClient.call(port, "GET", "/v1/models/canary", bearer);
            RawClient.call(port, "GET", "/canary?canary=1");
            RawClient.call(port, "HEAD", "/health");
            RawClient.call(port, "OPTIONS", "/v1/models");
            RawClient.call(port, "GET", "/user/balance");
            gateway.chat(gateway.testKey(), "sandbox/echo");

            List<RequestAnswered> found = answered(gateway, 6);
            assertThat(found)
                    .extracting(
                            a -> a.door() + " " + a.method() + " " + a.route() + " " + a.status())
                    .containsExactly(
                            "openai GET /v1/models/{id*} 404",
                            "root GET none 404",
                            "root HEAD /health 200",
                            "openai OPTIONS /v1/models 204",
                            "gateway GET /user/balance 401",
                            "openai POST /v1/chat/completions 200");
            assertThat(found).allMatch(answer -> answer.nanos() > 0);
        }
    }

    @Test
    void whatCannotBeFramedIsReportedWithOurWords() throws Exception {
        try (Gateway gateway = Gateway.start(folder);
                RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /canary HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(400);
            answered(gateway, 1);
            assertThat(gateway.observations)
                    .filteredOn(Observation.FramingRefused.class::isInstance)
                    .hasSize(1)
                    .noneMatch(o -> o.toString().contains("canary"));
        }
    }

    @Test
    void aCallerWhoLeftBeforeTheAnswerIsReportedAsSuch() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            RawClient client = RawClient.connect(gateway.port());
            client.post(
                    "/v1/chat/completions",
                    Gateway.question("sandbox/stall"),
                    "Authorization: Bearer " + gateway.testKey());
            awaitHold(gateway);
            client.leave(RawClient.Leaving.RESET);
            assertThat(answered(gateway).stream().filter(a -> a.status() == 499).count())
                    .isLessThanOrEqualTo(1);
            long deadline = System.nanoTime() + SOON.toNanos();
            while (answered(gateway).stream().noneMatch(a -> a.status() == 499)
                    && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(answered(gateway))
                    .extracting(RequestAnswered::status, RequestAnswered::route)
                    .contains(org.assertj.core.groups.Tuple.tuple(499, "/v1/chat/completions"));
        }
    }

    private static void awaitHold(Gateway gateway) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!gateway.admin("GET", "/metrics").text().contains("tollgate_open_holds 1")) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }
}
