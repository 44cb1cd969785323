package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;

/// Limits of keys as their callers see them, by HTTP (I-53, I-55, I-56), and keys that end.
class LimitTest {
    private static final String BODY = Gateway.ask("race", ",\"max_tokens\":100");

    private static Running running;
    private static Gateway gateway;
    private static FakeUpstream fake;
    private static Customer owner;

    @BeforeAll
    static void open() throws IOException {
        running = Running.usual(2);
        gateway = running.gateway;
        fake = running.fake;
        owner = gateway.customer("100");
    }

    @AfterAll
    static void close() throws IOException {
        running.close();
    }

    @BeforeEach
    void fresh() {
        fake.reset();
    }

    private static Customer limited(String limits) throws IOException {
        return gateway.key(owner, ",\"limits\":{%s}".formatted(limits));
    }

    private static void isRefusedForAMinute(Response answer, long sinceNanos) throws IOException {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.json().path("error").path("code").asString())
                .isEqualTo("rate_limit_exceeded");
        assertThat(gateway.lines(answer)).isEmpty();
        long seconds = Long.parseLong(String.valueOf(answer.header("retry-after")));
        long passed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos);
        assertThat(seconds).isBetween(60 - passed - 1, 60L);
    }

    @Test
    void i53RequestsAMinute() throws Exception {
        Customer key = limited("\"requests_per_minute\":7");
        long start = System.nanoTime();
        var answers = new ConcurrentLinkedQueue<Response>();
        var ended = new CountDownLatch(40);
        for (int i = 0; i < 40; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            answers.add(gateway.chat(key, BODY));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        } finally {
                            ended.countDown();
                        }
                    });
        }
        ended.await();
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(7);
        for (Response answer : answers) {
            if (answer.status() != 200) {
                isRefusedForAMinute(answer, start);
            }
        }
        assertThat(fake.requests()).hasSize(7);
        assertThat(gateway.chat(owner, BODY).status()).as("another key").isEqualTo(200);
        assertThat(RawClient.call(gateway.port(), "GET", "/user/balance", key.bearer()).status())
                .as("reading uses up nothing")
                .isEqualTo(200);
    }

    @Test
    void aRefusalAndAFailureGiveTheirSlotBack() throws IOException {
        Customer key = limited("\"requests_per_minute\":2");
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.chat(key, Gateway.ask("nobody", "")).status()).isEqualTo(404);
            assertThat(gateway.chat(key, BODY, "X-Max-Cost: 0.000000001").status()).isEqualTo(402);
        }
        fake.on("race", Script.status(400));
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.chat(key, BODY).status()).isEqualTo(400);
        }
        fake.on("race", Script.text("fine"));
        assertThat(gateway.chat(key, BODY).status()).isEqualTo(200);
        assertThat(gateway.chat(key, BODY).status()).isEqualTo(200);
        assertThat(gateway.chat(key, BODY).status()).isEqualTo(429);
    }

    @Test
    void tokensAMinuteAreTheHeldOnesThenThePostedOnes() throws IOException {
        int input = tollgate.kit.KitJson.utf8(BODY).length;
        int most = 2 * (input + 100) + 60;
        Customer key = limited("\"tokens_per_minute\":" + most);
        fake.on("race", Script.text("a").usage(20, 10));
        long start = System.nanoTime();
        int admitted = 0;
        Response answer = gateway.chat(key, BODY);
        while (answer.status() == 200) {
            admitted++;
            answer = gateway.chat(key, BODY);
        }
        // each leaves its 30 posted tokens behind, and needs its held ones to begin
        assertThat(admitted).isEqualTo((most - (input + 100)) / 30 + 1);
        isRefusedForAMinute(answer, start);
    }

    @Test
    void i56ConcurrentCallsAndTheirSlots() throws Exception {
        Customer key = limited("\"concurrent\":3");
        fake.on("race", Script.text("one", " two").before(" two", Script.End.PAUSE));
        String stream = Gateway.ask("race", ",\"stream\":true,\"max_tokens\":100");
        for (int round = 0; round < 3; round++) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RawClient client = gateway.connect();
                client.post(Gateway.CHAT, stream, key.bearer());
                client.head();
                clients.add(client);
            }
            Response refused = gateway.chat(key, BODY);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            clients.get(0).leave(Leaving.FIN);
            clients.get(1).leave(Leaving.RESET);
            clients.get(2).leave(Leaving.RESET);
            Waiting.until("no hold", () -> gateway.balance(key).held().signum() == 0);
        }
    }

    @Test
    void aRevokedKeyIsDeadWithinASecond() throws Exception {
        fake.on("race", Script.text("fine"));
        for (int i = 0; i < Counts.of(3, 30); i++) {
            Customer key = gateway.key(owner, "");
            assertThat(gateway.chat(key, BODY).status()).isEqualTo(200);
            long id =
                    RawClient.call(gateway.port(), "GET", "/user/api-keys", owner.bearer())
                            .json()
                            .path("data")
                            .valueStream()
                            .mapToLong(each -> each.path("id").longValue())
                            .max()
                            .orElseThrow();
            Response deleted =
                    RawClient.call(
                            gateway.port(), "DELETE", "/user/api-keys/" + id, owner.bearer());
            assertThat(deleted.status()).as(deleted.toString()).isEqualTo(200);
            long at = System.nanoTime();
            Waiting.until(
                    "the end of a key",
                    Duration.ofSeconds(1),
                    () -> gateway.chat(key, BODY).status() == 401);
            assertThat(System.nanoTime() - at).isLessThan(TimeUnit.SECONDS.toNanos(1));
            assertThat(gateway.chat(key, BODY).status()).isEqualTo(401);
        }
    }
}
