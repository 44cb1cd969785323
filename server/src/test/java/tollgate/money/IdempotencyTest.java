package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;

/// `Idempotency-Key` (I-20 to I-24; DESIGN 3): one key, one call, one charge, one answer.
class IdempotencyTest {
    private static final String WHOLE = Gateway.ask("race", ",\"max_tokens\":100");
    private static final String STREAM = Gateway.ask("race", ",\"stream\":true,\"max_tokens\":100");
    private static final Usage USED = Usage.of(20, 3);

    private Running running;
    private Gateway gateway;
    private FakeUpstream fake;
    private Customer customer;

    @BeforeEach
    void open() throws IOException {
        fake = FakeUpstream.start();
        Shop shop = Shop.usual(fake.baseUrl()).with("timeouts: { idle: 2s }");
        running = Running.open(fake, shop, 2);
        gateway = running.gateway;
        customer = gateway.customer("100");
        fake.on("race", Script.text("once", " and", " for all").usage(20, 3));
    }

    @AfterEach
    void close() throws IOException {
        running.close();
    }

    private static String key(String name) {
        return "Idempotency-Key: " + name;
    }

    private BigInteger price() {
        return gateway.price("race").charge(USED);
    }

    private List<LedgerLine> posts() throws IOException {
        return gateway.audit().lines().stream().filter(line -> line.kind().equals("post")).toList();
    }

    private static void isReplay(Response first, Response later) {
        assertThat(later.status()).as(later.toString()).isEqualTo(200);
        assertThat(later.header("x-tollgate-replay")).isEqualTo("true");
        assertThat(later.body()).isEqualTo(first.body());
        assertThat(later.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(later.header("x-tollgate-cost")).isEqualTo(first.header("x-tollgate-cost"));
    }

    @Test
    void i20OneCallHoweverOftenItIsSent() throws Exception {
        for (String body : List.of(WHOLE, STREAM)) {
            fake.reset();
            fake.on("race", Script.text("once", " and", " for all").usage(20, 3).held());
            Gateway.Balance before = gateway.balance(customer);
            String key = key("k-" + body.length());
            var answers = new ConcurrentLinkedQueue<Response>();
            var start = new CyclicBarrier(64);
            var ended = new CountDownLatch(64);
            for (int i = 0; i < 64; i++) {
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                start.await();
                                answers.add(gateway.chat(customer, body, key));
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            } finally {
                                ended.countDown();
                            }
                        });
            }
            Waiting.until("63 refusals", () -> answers.size() == 63);
            assertThat(answers)
                    .allMatch(answer -> answer.status() == 409)
                    .allMatch(answer -> "1".equals(answer.header("retry-after")));
            fake.release();
            ended.await();
            Response first =
                    answers.stream()
                            .filter(answer -> answer.status() == 200)
                            .findFirst()
                            .orElseThrow();
            assertThat(first.header("x-tollgate-replay")).isNull();
            for (int i = 0; i < 64; i++) {
                isReplay(first, gateway.chat(customer, body, key));
            }
            assertThat(fake.requests()).hasSize(1);
            assertThat(gateway.spent(customer, before)).isEqualTo(price());
        }
        assertThat(posts()).hasSize(2);
    }

    @Test
    void i24AReplaySurvivesARestart() throws IOException {
        Response whole = gateway.chat(customer, WHOLE, key("w"));
        Response stream = gateway.chat(customer, STREAM, key("s"));
        assertThat(stream.events().getLast().isDone()).isTrue();
        running.restart();
        isReplay(whole, gateway.chat(customer, WHOLE, key("w")));
        isReplay(stream, gateway.chat(customer, STREAM, key("s")));
        running.restart();
        isReplay(whole, gateway.chat(customer, WHOLE, key("w")));
        assertThat(gateway.chat(customer, STREAM, key("w")).status()).isEqualTo(422);
        assertThat(fake.requests()).hasSize(2);
        assertThat(posts()).hasSize(2);
    }

    @Test
    void i21AnotherBodyPathOrQueryIs422() throws IOException {
        Response first = gateway.chat(customer, WHOLE, key("k"));
        assertThat(gateway.chat(customer, WHOLE.replace("How", "Who"), key("k")).status())
                .isEqualTo(422);
        assertThat(gateway.post("/openai" + Gateway.CHAT, customer, WHOLE, key("k")).status())
                .isEqualTo(422);
        assertThat(gateway.post(Gateway.CHAT + "?a=b", customer, WHOLE, key("k")).status())
                .isEqualTo(422);
        assertThat(
                        gateway.post(
                                        "/v1/embeddings",
                                        customer,
                                        "{\"model\":\"race\",\"input\":\"x\"}",
                                        key("k"))
                                .status())
                .isEqualTo(422);
        isReplay(first, gateway.chat(customer, WHOLE, key("k")));
        assertThat(fake.requests()).hasSize(1);
        assertThat(posts()).hasSize(1);
    }

    @Test
    void i21WhileItRunsAnotherBodyIs422AndTheSameIs409() throws IOException {
        fake.on("race", Script.text("once").held());
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, WHOLE, Gateway.with(customer, key("k")));
            fake.awaitRequests(1);
            assertThat(gateway.chat(customer, WHOLE, key("k")).status()).isEqualTo(409);
            assertThat(gateway.chat(customer, STREAM, key("k")).status()).isEqualTo(422);
            fake.release();
            isReplay(client.response(), gateway.chat(customer, WHOLE, key("k")));
        }
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void i22EachAccountHasItsOwnKeysAndAnAccountsKeysShareThem() throws IOException {
        Customer other = gateway.customer("100");
        Response mine = gateway.chat(customer, WHOLE, key("k"));
        Response its = gateway.chat(other, WHOLE, key("k"));
        assertThat(its.status()).isEqualTo(200);
        assertThat(its.header("x-tollgate-replay")).isNull();
        assertThat(fake.requests()).hasSize(2);
        isReplay(mine, gateway.chat(gateway.key(customer, ""), WHOLE, key("k")));
        assertThat(posts()).hasSize(2);
    }

    @Test
    void i23ARefusedRequestIsRefusedUntilItsCauseIsGone() throws IOException {
        Customer poor = gateway.customer(0);
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.chat(poor, WHOLE, key("k")).status()).isEqualTo(402);
        }
        gateway.give(poor, "1");
        Response paid = gateway.chat(poor, WHOLE, key("k"));
        assertThat(paid.status()).isEqualTo(200);
        assertThat(paid.header("x-tollgate-replay")).isNull();
        isReplay(paid, gateway.chat(poor, WHOLE, key("k")));
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void s2AFailedCallFreesItsKey() throws IOException {
        fake.on("race", Script.status(400), Script.status(401), Script.text("fine"));
        assertThat(gateway.chat(customer, WHOLE, key("k")).status()).isEqualTo(400);
        assertThat(gateway.chat(customer, WHOLE, key("k")).status()).isEqualTo(502);
        assertThat(gateway.chat(customer, WHOLE, key("k")).status()).isEqualTo(200);
        assertThat(posts()).hasSize(1);
    }

    @Test
    void s8ACutStreamsReplayStatesTheCharge() throws IOException {
        for (End end : List.of(End.FIN, End.STALL)) {
            fake.on("race", Script.text("once", " and", " for all").before(" for all", end));
            Gateway.Balance before = gateway.balance(customer);
            Response cut = gateway.chat(customer, STREAM, key("k" + end));
            assertThat(cut.events()).noneMatch(SseEvent::isDone);
            BigInteger charge =
                    gateway.price("race")
                            .charge(Usage.of(Tokens.ofRequest(STREAM), Tokens.of("once and")));
            assertThat(gateway.spent(customer, before)).isEqualTo(charge);
            for (int i = 0; i < 2; i++) {
                Response replay = gateway.chat(customer, STREAM, key("k" + end));
                assertThat(replay.status()).isEqualTo(409);
                assertThat(replay.header("retry-after")).isNull();
                assertThat(replay.text())
                        .contains(Gateway.usd(charge.longValueExact()).replaceAll("0+$", ""));
                running.restart();
            }
            assertThat(gateway.spent(customer, before)).isEqualTo(charge);
        }
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void aCallWithAKeyRunsOnWhenItsCallerLeaves() throws IOException {
        for (String body : List.of(WHOLE, STREAM)) {
            fake.reset();
            fake.on(
                    "race",
                    Script.text("once", " and", " for all").usage(20, 3).before("once", End.PAUSE));
            String key = key("k-" + body.length());
            try (RawClient client = gateway.connect()) {
                client.post(Gateway.CHAT, body, Gateway.with(customer, key));
                fake.awaitRequests(1);
                client.leave(Leaving.RESET);
            }
            Response running = gateway.chat(customer, body, key);
            assertThat(running.status()).isEqualTo(409);
            fake.release();
            var later = new Response[1];
            Waiting.until(
                    "the end of the call",
                    () -> {
                        later[0] = gateway.chat(customer, body, key);
                        return later[0].status() == 200;
                    });
            assertThat(later[0].header("x-tollgate-replay")).isEqualTo("true");
            assertThat(later[0].text()).contains("for all");
            assertThat(fake.requests()).hasSize(1);
        }
        assertThat(posts()).hasSize(2).allMatch(post -> post.amount().equals(price()));
    }

    @Test
    void aCallerWhoLeavesInTheMiddleOfALargeStreamHoldsNothingUp() throws IOException {
        String[] words = new String[30_000];
        java.util.Arrays.fill(words, " wordswordswords");
        fake.on("race", Script.text(words).usage(20, 3));
        try (RawClient client = gateway.connect()) {
            client.receiveBuffer(4_096)
                    .post(Gateway.CHAT, STREAM, Gateway.with(customer, key("k")));
            client.head();
            fake.await("a full pipe", () -> stands(fake.requests().getFirst()));
            client.leave(Leaving.RESET);
        }
        var later = new Response[1];
        Waiting.until(
                "the end of the call",
                () -> {
                    later[0] = gateway.chat(customer, STREAM, key("k"));
                    return later[0].status() == 200;
                });
        assertThat(later[0].events().getLast().isDone()).isTrue();
        assertThat(HoldTest.text(later[0].events())).isEqualTo(String.join("", words));
    }

    /// Whether no more of the answer could be sent for a while.
    private static boolean stands(tollgate.kit.Received request) {
        long sent = request.sentBytes();
        java.util.concurrent.locks.LockSupport.parkNanos(150_000_000);
        return sent > 0 && request.sentBytes() == sent && !request.answered();
    }

    @Test
    void anAnswerThatIsTooLargeToKeepIsPaidAndItsReplaySaysSo() throws IOException {
        String large = "x".repeat(8 * 1024 * 1024);
        for (String body : List.of(WHOLE, STREAM)) {
            fake.on("race", Script.text(large, "end").usage(20, 3));
            String key = key("k-" + body.length());
            Gateway.Balance before = gateway.balance(customer);
            Response first;
            if (body.equals(STREAM)) {
                String half = "y".repeat(900_000);
                fake.on(
                        "race",
                        Script.text(
                                        half, half, half, half, half, half, half, half, half, half,
                                        "end")
                                .usage(20, 3));
            }
            first = gateway.chat(customer, body, key);
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.text()).contains("end");
            assertThat(gateway.spent(customer, before)).isEqualTo(price());
            Response replay = gateway.chat(customer, body, key);
            assertThat(replay.status()).isEqualTo(409);
            assertThat(replay.text())
                    .contains(Gateway.usd(price().longValueExact()).replaceAll("0+$", ""));
        }
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void aKeyMustBeAWordOfSomeLength() throws IOException {
        for (String wrong : List.of("", "x".repeat(256))) {
            Response answer = gateway.chat(customer, WHOLE, key(wrong));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(gateway.lines(answer)).isEmpty();
        }
        assertThat(gateway.chat(customer, WHOLE, key("x".repeat(255))).status()).isEqualTo(200);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void aTestKeysCallsAreOthers() throws IOException {
        Customer test = gateway.key(customer, ",\"environment_tag\":\"test\"");
        Response live = gateway.chat(customer, WHOLE, key("k"));
        Response played = gateway.chat(test, WHOLE, key("k"));
        assertThat(played.status()).isEqualTo(200);
        assertThat(played.header("x-tollgate-replay")).isNull();
        assertThat(played.header("x-tollgate-sandbox")).isEqualTo("true");
        isReplay(live, gateway.chat(customer, WHOLE, key("k")));
        isReplay(played, gateway.chat(test, WHOLE, key("k")));
    }

    @Test
    void i20ManyKeysAtOnceAreManyCalls() throws Exception {
        int count = Counts.of(100, 2_000);
        var answers = new ConcurrentLinkedQueue<Response>();
        var ended = new CountDownLatch(count);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(key("many-" + i));
            String key = keys.getLast();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            answers.add(gateway.chat(customer, WHOLE, key));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        } finally {
                            ended.countDown();
                        }
                    });
        }
        ended.await();
        assertThat(answers).hasSize(count).allMatch(answer -> answer.status() == 200);
        assertThat(posts()).hasSize(count);
        assertThat(fake.requests()).hasSize(count);
    }
}
