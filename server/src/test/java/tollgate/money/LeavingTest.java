package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;

/// What happens upstream when callers leave, are slow, or when a provider fails: I-27 to I-29,
/// fallbacks, weights and second tries, back-pressure.
class LeavingTest {
    private static final String STREAM = ",\"stream\":true,\"max_tokens\":4000";
    private static final String WHOLE = ",\"max_tokens\":100";
    private static final String ABOUT =
            "{ context: 128000, max-output: 4096, hidden-reasoning: false }";

    private Running running;
    private Gateway gateway;
    private FakeUpstream fake;
    private FakeUpstream other;
    private Customer customer;

    @BeforeEach
    void open() throws IOException {
        fake = FakeUpstream.start();
        other = FakeUpstream.start();
        Shop shop =
                Shop.usual(fake.baseUrl())
                        .provider("other", other.baseUrl())
                        .model(
                                "back",
                                "[ { provider: other, model: b, fallback: true },"
                                        + " { provider: fu, model: a } ]",
                                "{ input: 1, output: 2 }",
                                ABOUT,
                                OraclePrice.usd("1", "2"))
                        .model(
                                "heavy",
                                "[ { provider: fu, weight: 3 }, { provider: other } ]",
                                "{ input: 1, output: 2 }",
                                ABOUT,
                                OraclePrice.usd("1", "2"));
        running = Running.open(fake, shop, 1);
        gateway = running.gateway;
        customer = gateway.customer("100");
    }

    @AfterEach
    void close() throws IOException {
        running.close();
        other.close();
    }

    private static String[] words(int count) {
        String[] words = new String[count];
        Arrays.fill(words, " cat");
        return words;
    }

    // ---------------------------------------------------------------- leaving

    @Test
    void i27ALeavingCallerClosesTheProvidersConnectionWithinASecond() throws IOException {
        fake.on("race", Script.text(words(50)).before(" cat", End.PAUSE));
        fake.on("deep", Script.text(words(50)).paced(Duration.ofMillis(20)));
        fake.on("open", Script.text("x").held());
        for (String model : List.of("race", "deep", "open")) {
            for (Leaving leaving : Leaving.values()) {
                int count = fake.requests(model).size();
                long left;
                try (RawClient client = gateway.connect()) {
                    client.post(Gateway.CHAT, Gateway.ask(model, STREAM), customer.bearer());
                    fake.awaitRequests(count + 1, model);
                    if (model.equals("deep")) {
                        client.head();
                        client.readUntil("cat");
                    }
                    left = System.nanoTime();
                    client.leave(leaving);
                }
                Received request = fake.requests(model).getLast();
                fake.awaitPeerClosed(request);
                assertThat(request.peerClosedNanos() - left)
                        .as("%s left by %s", model, leaving)
                        .isLessThan(TimeUnit.SECONDS.toNanos(1));
            }
        }
        fake.awaitOpenSockets(0);
    }

    @Test
    void i27AThousandAbandonedStreamsLeaveNoSocketOpen() throws Exception {
        fake.on("race", Script.text(words(3)).before(" cat", End.PAUSE));
        int count = 1_000;
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawClient client = gateway.connect();
            client.post(
                    Gateway.CHAT,
                    Gateway.ask("race", WHOLE + ",\"stream\":true"),
                    customer.bearer());
            clients.add(client);
        }
        fake.awaitRequests(count);
        for (int i = 0; i < count; i++) {
            clients.get(i).leave(i % 2 == 0 ? Leaving.FIN : Leaving.RESET);
        }
        long left = System.nanoTime();
        fake.awaitOpenSockets(0);
        assertThat(System.nanoTime() - left).isLessThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(gateway.rest().charged("none")).isZero();
        assertThat(gateway.balance(customer).available())
                .isEqualTo(BigInteger.valueOf(100_000_000_000L));
    }

    // ---------------------------------------------------------------- no splice

    @Test
    void i28AfterTheFirstByteNoOtherAttemptIsMade() throws IOException {
        fake.on("a", Script.text("one", " two").before(" two", End.RESET));
        Response answer = gateway.chat(customer, Gateway.ask("back", STREAM));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.events().getLast().name()).isEqualTo("error");
        assertThat(HoldTest.text(answer.events().subList(0, answer.events().size() - 1)))
                .isEqualTo("one");
        assertThat(other.requests()).isEmpty();
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void beforeTheFirstByteTheFallbackIsTried() throws IOException {
        other.on("b", Script.text("fallback").usage(7, 3));
        for (Script failing :
                List.of(
                        Script.status(500),
                        Script.status(429),
                        Script.status(401),
                        Script.text("x").keepAlives(3).before("assistant", End.RESET),
                        Script.events("{\"error\":{\"message\":\"no\"}}").withoutDone())) {
            other.reset();
            other.on("b", Script.text("fallback").usage(7, 3));
            fake.on("a", failing);
            Gateway.Balance before = gateway.balance(customer);
            Response answer = gateway.chat(customer, Gateway.ask("back", STREAM));
            assertThat(HoldTest.text(answer.events())).isEqualTo("fallback");
            assertThat(answer.header("x-tollgate-route")).isEqualTo("other/b");
            assertThat(other.requests()).hasSize(1);
            assertThat(other.requests().getFirst().header("authorization"))
                    .isEqualTo("Bearer sk-other-secret");
            assertThat(gateway.spent(customer, before))
                    .isEqualTo(gateway.price("back").charge(Usage.of(7, 3)));
        }
    }

    @Test
    void aRequestThatIsRefusedIsNotTriedElsewhere() throws IOException {
        for (int status : new int[] {400, 413, 422}) {
            fake.on("a", Script.status(status));
            Response answer = gateway.chat(customer, Gateway.ask("back", STREAM));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.json().path("error").path("message").asString())
                    .isEqualTo("fake upstream says " + status);
        }
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void theLastRouteIsTriedOnceMore() throws IOException {
        fake.on("race", Script.status(503), Script.text("second").usage(3, 1));
        Response answer = gateway.chat(customer, Gateway.ask("race", WHOLE));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Gateway.only(gateway.lines(answer), "post").attempt()).isEqualTo("2");
        fake.on("race", Script.status(503));
        fake.reset();
        fake.on("race", Script.status(503));
        assertThat(gateway.chat(customer, Gateway.ask("race", WHOLE)).status()).isEqualTo(502);
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void retryAfterIsHonouredBeforeASecondTry() throws IOException {
        fake.on("race", Script.status(429).retryAfter("1"), Script.text("later").usage(3, 1));
        Response answer = gateway.chat(customer, Gateway.ask("race", WHOLE));
        assertThat(answer.status()).isEqualTo(200);
        List<Received> requests = fake.requests();
        assertThat(requests.get(1).firstNanos() - requests.get(0).answeredNanos())
                .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(950));
        fake.reset();
        fake.on("race", Script.status(503).retryAfter("30"));
        assertThat(gateway.chat(customer, Gateway.ask("race", WHOLE)).status()).isEqualTo(502);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void weightsShareTheCalls() throws IOException {
        int count = Counts.of(120, 1_000);
        for (int i = 0; i < count; i++) {
            gateway.chat(customer, Gateway.ask("heavy", WHOLE));
        }
        assertThat(other.requests().size()).isBetween(count / 10, count * 2 / 5);
        assertThat(fake.requests().size() + other.requests().size()).isEqualTo(count);
    }

    // ---------------------------------------------------------------- usage

    @Test
    void i29TheUsageChunkIsAskedForAndHidden() throws IOException {
        fake.on("race", Script.text("one", " two").usage(10, 2));
        for (String more :
                List.of(
                        STREAM,
                        STREAM + ",\"stream_options\":{\"include_usage\":false}",
                        STREAM + ",\"stream_options\":{}",
                        STREAM + ",\"stream_options\":null")) {
            Response answer = gateway.chat(customer, Gateway.ask("race", more));
            Received request = fake.requests().getLast();
            assertThat(request.json().path("stream_options").path("include_usage").asBoolean(false))
                    .as(more)
                    .isTrue();
            assertThat(answer.text()).as(more).doesNotContain("prompt_tokens");
            assertThat(Gateway.only(gateway.lines(answer), "post").source()).isEqualTo("provider");
        }
        String asked = STREAM + ",\"stream_options\":{\"include_usage\":true}";
        Response answer = gateway.chat(customer, Gateway.ask("race", asked));
        assertThat(answer.text()).contains("\"prompt_tokens\":10");
        assertThat(fake.requests().getLast().text()).isEqualTo(Gateway.ask("race", asked));
    }

    @Test
    void theBytesThatAreJudgedAreTheBytesThatAreSent() throws IOException {
        String body =
                Gateway.ask("race", "“quotes” \\u00e9 \uD83D\uDE00", WHOLE + ",\"x\" : [ 1.0e1 ]");
        gateway.chat(customer, body);
        assertThat(fake.requests().getLast().text()).isEqualTo(body);
        gateway.chat(customer, Gateway.ask("back", WHOLE));
        assertThat(fake.requests().getLast().text()).isEqualTo(Gateway.ask("a", WHOLE));
    }

    // ---------------------------------------------------------------- slow readers

    @Test
    void aSlowReaderPausesTheProvider() throws IOException {
        String[] words = new String[40_000];
        Arrays.fill(words, " wordswordswordswords");
        fake.on("race", Script.text(words).usage(10, 4_000));
        Gateway.Balance before = gateway.balance(customer);
        try (RawClient client = gateway.connect().receiveBuffer(64 * 1024)) {
            client.post(Gateway.CHAT, Gateway.ask("race", STREAM), customer.bearer());
            Received request = fake.awaitRequests(1).getFirst();
            fake.await("a provider that stands still", () -> stands(request));
            long most = 16L * 1024 * 1024;
            assertThat(request.sentBytes()).isLessThan(most);
            assertThat(request.answered()).isFalse();
            client.head();
            String all = client.rest();
            assertThat(all).endsWith("data: [DONE]\n\n");
        }
        assertThat(gateway.spent(customer, before))
                .isEqualTo(gateway.price("race").charge(Usage.of(10, 4_000)));
    }

    private static boolean stands(Received request) {
        long sent = request.sentBytes();
        LockSupport.parkNanos(150_000_000);
        return sent > 0 && request.sentBytes() == sent;
    }

    @Test
    void aStreamWrittenByteByByteIsTheSameStream() throws IOException {
        fake.on("race", Script.text("one", " two", " \u00fc").usage(10, 3).writes(7).chunks(5));
        Response answer = gateway.chat(customer, Gateway.ask("race", STREAM));
        List<SseEvent> events = answer.events();
        assertThat(HoldTest.text(events)).isEqualTo("one two \u00fc");
        assertThat(events.getLast().isDone()).isTrue();
    }
}
