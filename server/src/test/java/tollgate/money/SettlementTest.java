package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;

/// Who pays for each way in which a call can end: the rows of the settlement matrix (INVARIANTS
/// A.4) one by one. [OffsetTest] has those of cuts at every byte, [KillPointTest] S10 to S12,
/// [DiskTest] S14.
class SettlementTest {
    private static final String STREAM = ",\"stream\":true,\"max_tokens\":500";
    private static final String WHOLE = ",\"max_tokens\":500";

    private static Running running;
    private static Gateway gateway;
    private static FakeUpstream fake;
    private static Customer customer;

    private Gateway.Balance before;

    @BeforeAll
    static void open() throws IOException {
        fake = FakeUpstream.start();
        Shop shop =
                Shop.usual(fake.baseUrl())
                        .provider(
                                "closed",
                                "http://127.0.0.1:%d/v1".formatted(FakeUpstream.closedPort()))
                        .model(
                                "pair",
                                "[ { provider: fu, model: first }, { provider: fu, model: second,"
                                        + " fallback: true } ]",
                                "{ input: 1, output: 2 }",
                                "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                                OraclePrice.usd("1", "2"))
                        .model(
                                "nowhere",
                                "[ { provider: closed } ]",
                                "{ input: 1, output: 2 }",
                                "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                                OraclePrice.usd("1", "2"))
                        .with(
                                "timeouts: { idle: 400ms, first-byte: { stream: 700ms, whole: 700ms"
                                        + " } }");
        running = Running.open(fake, shop, 1);
        gateway = running.gateway;
        customer = gateway.customer("100");
    }

    @AfterAll
    static void close() throws IOException {
        running.close();
    }

    @BeforeEach
    void fresh() throws IOException {
        fake.reset();
        before = gateway.balance(customer);
    }

    private void spent(BigInteger nanos) {
        assertThat(gateway.spent(customer, before)).isEqualTo(nanos);
    }

    private static BigInteger charge(String model, long input, long output) {
        return gateway.price(model).charge(Usage.of(input, output));
    }

    private List<String> kinds(Response answer) throws IOException {
        return Gateway.kinds(gateway.lines(answer));
    }

    @Test
    void s1RefusedBeforeTheProviderCostsNothing() throws IOException {
        Response answer = gateway.chat(customer, Gateway.ask("nobody", WHOLE));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(fake.requests()).isEmpty();
        assertThat(gateway.lines(answer)).isEmpty();
        spent(BigInteger.ZERO);
    }

    @Test
    void s2NoProviderAnswersCostsNothing() throws IOException {
        for (int status : new int[] {500, 502, 503, 529, 401, 403}) {
            fake.on("plain", Script.status(status));
            Response answer = gateway.chat(customer, Gateway.ask("plain", WHOLE));
            assertThat(answer.status()).as("of " + status).isEqualTo(502);
            assertThat(kinds(answer)).containsExactly("hold", "void");
        }
        spent(BigInteger.ZERO);
    }

    @Test
    void s2TheProvidersLimitKeepsItsRetryAfter() throws IOException {
        fake.on("plain", Script.status(429).retryAfter("17"));
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("17");
        assertThat(kinds(answer)).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s2NobodyListensCostsNothing() throws IOException {
        Response answer = gateway.chat(customer, Gateway.ask("nowhere", WHOLE));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(kinds(answer)).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s2AProviderThatSaysNothingIs504AndCostsNothing() throws IOException {
        fake.on("plain", Script.text("late").delayed(Duration.ofSeconds(9)));
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.status()).isEqualTo(504);
        assertThat(kinds(answer)).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s2AnErrorAsTheFirstEventIsAFailureBeforeTheFirstByte() throws IOException {
        fake.on(
                "plain",
                Script.events("{\"error\":{\"message\":\"overloaded\",\"type\":\"x\"}}")
                        .withoutDone());
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(kinds(answer)).containsExactly("hold", "void");
        fake.on("plain", Script.body("{\"error\":{\"message\":\"overloaded\",\"code\":502}}"));
        answer = gateway.chat(customer, Gateway.ask("plain", WHOLE));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(kinds(answer)).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s3OnlyTheDeliveredAttemptIsPaid() throws IOException {
        for (String more : List.of(WHOLE, STREAM)) {
            before = gateway.balance(customer);
            fake.on("first", Script.status(500));
            fake.on("second", Script.text("here", " it", " is").usage(31, 7));
            Response answer = gateway.chat(customer, Gateway.ask("pair", more));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tollgate-route")).isEqualTo("fu/second");
            List<LedgerLine> lines = gateway.lines(answer);
            assertThat(Gateway.kinds(lines)).containsExactly("hold", "post", "release");
            assertThat(Gateway.only(lines, "post").attempt()).isEqualTo("2");
            spent(charge("pair", 31, 7));
        }
    }

    @Test
    void s4AnAnswerWithUsageCostsItsUsage() throws IOException {
        fake.on(
                "plain",
                Script.text("a", "b")
                        .usage(1_000, 77)
                        .usageWith("\"prompt_tokens_details\":{\"cached_tokens\":640}")
                        .usageWith("\"completion_tokens_details\":{\"reasoning_tokens\":33}"));
        BigInteger price = gateway.price("plain").charge(new Usage(1_000, 640, 0, 77, 33));
        String text = "x".repeat(2_000);
        Response answer = gateway.chat(customer, Gateway.ask("plain", text, WHOLE));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Gateway.nanos(cost(answer))).isEqualTo(price);
        LedgerLine post = Gateway.only(gateway.lines(answer), "post");
        assertThat(post.amount()).isEqualTo(price);
        assertThat(post.source()).isEqualTo("provider");
        assertThat(post.usage()).isEqualTo(new Usage(1_000, 640, 0, 77, 33));
        spent(price);
        before = gateway.balance(customer);
        Response stream = gateway.chat(customer, Gateway.ask("plain", text, STREAM));
        assertThat(stream.events().getLast().isDone()).isTrue();
        assertThat(comment(stream)).isEqualTo("x-tollgate-cost " + plain(price));
        spent(price);
    }

    private static tools.jackson.databind.JsonNode cost(Response answer) {
        return tollgate.kit.KitJson.read(String.valueOf(answer.header("x-tollgate-cost")));
    }

    private static String plain(BigInteger nanos) {
        return new java.math.BigDecimal(nanos, 9).stripTrailingZeros().toPlainString();
    }

    private static String comment(Response stream) {
        List<SseEvent> events = stream.events();
        return events.get(events.size() - 2).comments().getFirst();
    }

    @Test
    void s5AnAnswerWithoutUsageIsCounted() throws IOException {
        for (String more : List.of(WHOLE, STREAM)) {
            before = gateway.balance(customer);
            fake.on("plain", Script.text("Counting", " is", " what we do").withoutUsage());
            String body = Gateway.ask("plain", more);
            Response answer = gateway.chat(customer, body);
            assertThat(answer.status()).isEqualTo(200);
            LedgerLine post = Gateway.only(gateway.lines(answer), "post");
            assertThat(post.source()).isEqualTo("counted");
            assertThat(post.usage())
                    .isEqualTo(
                            Usage.of(Tokens.ofRequest(body), Tokens.of("Counting is what we do")));
            spent(post.amount());
        }
    }

    @Test
    void s5LongOutputIsCountedInPieces() throws IOException {
        String text = "Zwölf Boxkämpfer 🥊 jagen Viktor quer über den Sylter Deich. 漢字 ".repeat(60);
        int half = text.offsetByCodePoints(0, 1_000);
        String reasoning = "hmm, ".repeat(300);
        String arguments = "{\"city\":\"Zürich\",\"days\":[1,2,3]}";
        fake.on(
                "plain",
                Script.text(text.substring(0, half), text.substring(half))
                        .reasoning(reasoning)
                        .toolCall("weather", arguments)
                        .withoutUsage());
        Response answer =
                gateway.chat(
                        customer,
                        Gateway.ask(
                                "plain",
                                ",\"stream\":true,\"max_tokens\":4000,\"tools\":[{\"type\":"
                                        + "\"function\",\"function\":{\"name\":\"weather\"}}]"));
        LedgerLine post = Gateway.only(gateway.lines(answer), "post");
        assertThat(Objects.requireNonNull(post.usage()).output())
                .isEqualTo(Tokens.of(reasoning + text + arguments));
        spent(post.amount());
    }

    @Test
    void s6LeftBeforeAnyOutputCostsNothing() throws IOException {
        fake.on("plain", Script.text("never").held());
        for (String more : List.of(WHOLE, STREAM)) {
            leave(Gateway.ask("plain", more), Leaving.FIN);
            leave(Gateway.ask("plain", more), Leaving.RESET);
        }
        spent(BigInteger.ZERO);
    }

    private static void leave(String body, Leaving leaving) throws IOException {
        int count = fake.requests().size();
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body, customer.bearer());
            fake.awaitRequests(count + 1);
            client.leave(leaving);
            fake.awaitPeerClosed(fake.requests().getLast());
        }
    }

    @Test
    void s6AHeadACommentAndARoleAreNoOutput() throws IOException {
        fake.on("plain", Script.text("never").keepAlives(2).before("never", End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, Gateway.ask("plain", STREAM), customer.bearer());
            client.head();
            client.readUntil("assistant");
            client.leave(Leaving.FIN);
        }
        fake.awaitPeerClosed(fake.requests().getFirst());
        spent(BigInteger.ZERO);
    }

    @Test
    void s6AWholeAnswerLeftInItsMiddleCostsNothing() throws IOException {
        fake.on("plain", Script.text("half an answer").atBody(40, End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, Gateway.ask("plain", WHOLE), customer.bearer());
            fake.awaitRequests(1);
            fake.await("half of it", () -> fake.requests().getFirst().sentBytes() > 40);
            client.leave(Leaving.RESET);
        }
        fake.awaitPeerClosed(fake.requests().getFirst());
        spent(BigInteger.ZERO);
    }

    @Test
    void s7LeftInTheMiddleCostsWhatCame() throws IOException {
        for (Leaving leaving : Leaving.values()) {
            fake.reset();
            before = gateway.balance(customer);
            fake.on("plain", Script.text("one", " two", " three").before(" three", End.PAUSE));
            String body = Gateway.ask("plain", STREAM);
            try (RawClient client = gateway.connect()) {
                client.post(Gateway.CHAT, body, customer.bearer());
                client.head();
                client.readUntil(" two");
                client.leave(leaving);
            }
            fake.awaitPeerClosed(fake.requests().getFirst());
            spent(charge("plain", Tokens.ofRequest(body), Tokens.of("one two")));
        }
    }

    @Test
    void s7TheProvidersInputCountIsUsedIfItCame() throws IOException {
        fake.on(
                "plain",
                Script.text("one", " two", " three")
                        .usage(123, 9)
                        .usageAt(Script.UsageAt.EVERY_EVENT)
                        .usageUnasked()
                        .before(" three", End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, Gateway.ask("plain", STREAM), customer.bearer());
            client.head();
            client.readUntil(" two");
            client.leave(Leaving.FIN);
        }
        spent(charge("plain", 123, Tokens.of("one two")));
    }

    @Test
    void s8CutInTheMiddleCostsWhatCameAndSaysSo() throws IOException {
        Script script = Script.text("one", " two", " three").usage(50, 5);
        for (End end : List.of(End.FIN, End.RESET)) {
            before = gateway.balance(customer);
            fake.on("plain", script.before(" three", end));
            String body = Gateway.ask("plain", STREAM);
            Response answer = gateway.chat(customer, body);
            assertThat(answer.status()).isEqualTo(200);
            saysError(answer);
            LedgerLine post = Gateway.only(gateway.lines(answer), "post");
            assertThat(post.source()).isEqualTo("counted");
            spent(charge("plain", Tokens.ofRequest(body), Tokens.of("one two")));
        }
    }

    private static void saysError(Response answer) {
        List<SseEvent> events = answer.events();
        assertThat(events).noneMatch(SseEvent::isDone);
        assertThat(events.getLast().name()).isEqualTo("error");
        assertThat(events.getLast().json().path("error").path("message").isString()).isTrue();
    }

    @Test
    void s8AnErrorInsideTheStreamCostsWhatCame() throws IOException {
        fake.on(
                "plain",
                Script.text("one", " two").errorEvent("{\"error\":{\"message\":\"broken\"}}"));
        String body = Gateway.ask("plain", STREAM);
        Response answer = gateway.chat(customer, body);
        saysError(answer);
        spent(charge("plain", Tokens.ofRequest(body), Tokens.of("one two")));
    }

    @Test
    void s8CutAfterTheRoleCostsNothing() throws IOException {
        fake.on("plain", Script.text("one").before("one", End.FIN));
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.status()).isEqualTo(200);
        saysError(answer);
        assertThat(kinds(answer)).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s8WithFinishAndUsageButNoDoneIsChargedExactlyAndClosedProperly() throws IOException {
        Script script = Script.text("one", " two").usage(50, 5).withoutDone();
        for (Script each :
                List.of(
                        script,
                        Script.text("one", " two").usage(50, 5).before("[DONE]", End.RESET))) {
            before = gateway.balance(customer);
            fake.on("plain", each);
            Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
            assertThat(answer.ending()).isEqualTo(RawClient.Ending.COMPLETE);
            assertThat(answer.events().getLast().isDone()).isTrue();
            assertThat(Gateway.only(gateway.lines(answer), "post").source()).isEqualTo("provider");
            spent(charge("plain", 50, 5));
        }
    }

    @Test
    void s8WithFinishAloneAndNoDoneIsCounted() throws IOException {
        fake.on("plain", Script.text("one", " two").withoutUsage().withoutDone());
        String body = Gateway.ask("plain", STREAM);
        Response answer = gateway.chat(customer, body);
        saysError(answer);
        spent(charge("plain", Tokens.ofRequest(body), Tokens.of("one two")));
    }

    @Test
    void s9AStallCostsWhatCameAndClosesTheConnection() throws IOException {
        fake.on("plain", Script.text("one", " two", " three").before(" three", End.STALL));
        String body = Gateway.ask("plain", STREAM);
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body, customer.bearer());
            Response answer = client.response();
            saysError(answer);
            assertThat(client.endsNow()).isTrue();
            assertThat(Gateway.only(gateway.lines(answer), "post").source()).isEqualTo("counted");
        }
        fake.awaitPeerClosed(fake.requests().getFirst());
        spent(charge("plain", Tokens.ofRequest(body), Tokens.of("one two")));
    }

    @Test
    void s9KeepAlivesResetTheIdleClockAndCommitNothing() throws IOException {
        fake.on(
                "plain",
                Script.text("one")
                        .usage(5, 1)
                        .insert(2, ": still here\n\n")
                        .insert(3, ": still here\n\n")
                        .insert(4, ": still here\n\n")
                        .paced(Duration.ofMillis(250)));
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.events().getLast().isDone()).isTrue();
        spent(charge("plain", 5, 1));
        fake.on("plain", Script.text("late").keepAlives(30).paced(Duration.ofMillis(200)));
        answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.status()).as("comments are not the first byte").isEqualTo(504);
    }

    @Test
    void s13AProvidersFilterIsAnEndLikeAnyOther() throws IOException {
        fake.on("plain", Script.text("one").finish("content_filter").usage(11, 2));
        Response answer = gateway.chat(customer, Gateway.ask("plain", STREAM));
        assertThat(answer.text()).contains("\"finish_reason\":\"content_filter\"");
        spent(charge("plain", 11, 2));
    }

    @Test
    void embeddingsCostTheirInput() throws IOException {
        fake.on("plain", Script.text().usage(8, 0));
        Response answer =
                gateway.post(
                        "/v1/embeddings",
                        customer,
                        "{\"model\":\"plain\",\"input\":[\"a\",\"b\"]}");
        assertThat(answer.status()).isEqualTo(200);
        spent(charge("plain", 8, 0));
    }

    @Test
    void aFreeModelLeavesNoLine() throws IOException {
        fake.on("gift", Script.text("for nothing").usage(5, 5));
        Response answer = gateway.chat(customer, Gateway.ask("gift", WHOLE));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(gateway.lines(answer)).isEmpty();
        spent(BigInteger.ZERO);
    }

    @Test
    void thePostpaidProxyKeyPaysAllTheSame() throws IOException {
        fake.on("plain", Script.text("one").usage(100, 20));
        Response answer =
                RawClient.postJson(
                        gateway.port(),
                        "/proxy/chat",
                        Gateway.ask("plain", WHOLE),
                        "Authorization: Bearer " + Gateway.PROXY_KEY);
        assertThat(answer.status()).isEqualTo(200);
        List<LedgerLine> lines =
                tollgate.kit.LedgerLine.parse(gateway.export(0)).stream()
                        .filter(line ->
                                Objects.equals(answer.header("x-request-id"), line.requestId()))
                        .toList();
        gateway.postpaid(lines.getFirst().debit().substring("account:".length()));
        assertThat(Gateway.only(lines, "post").amount()).isEqualTo(charge("plain", 100, 20));
    }
}
