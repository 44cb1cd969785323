package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;
import tollgate.observe.Observation;

/// What is reserved for a call, and when: DESIGN 4, *Hold*, to the nano-dollar (I-10, I-12, I-13).
class HoldTest {
    private static final long CONTEXT = 128_000;
    private static final int LONGEST = 4_096;
    private static final int SLICE = 1_024;

    private static Running running;
    private static Gateway gateway;
    private static FakeUpstream fake;
    private static Customer rich;

    @BeforeAll
    static void open() throws IOException {
        running = Running.usual(1);
        gateway = running.gateway;
        fake = running.fake;
        rich = gateway.customer("10000");
    }

    @AfterAll
    static void close() throws IOException {
        running.close();
    }

    @BeforeEach
    void fresh() {
        fake.reset();
    }

    private static BigInteger held(Response answer) throws IOException {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Gateway.only(gateway.lines(answer), "hold").amount();
    }

    private static BigInteger held(String body, String... headers) throws IOException {
        return held(gateway.chat(rich, body, headers));
    }

    private static BigInteger worst(String model, long input, long output) {
        return gateway.price(model).charge(Usage.of(input, output));
    }

    private static int bytes(String body) {
        return tollgate.kit.KitJson.utf8(body).length;
    }

    private static long sentLimit() {
        return fake.requests().getLast().json().path("max_tokens").asLong(-1);
    }

    // ---------------------------------------------------------------- before the provider

    @Test
    void i10TheHoldIsInTheJournalBeforeAnyByteGoesUpstream() throws IOException {
        var late = new AtomicInteger();
        var seen = new AtomicInteger();
        int port = gateway.port();
        fake.onRequest(request -> {
            try {
                List<LedgerLine> lines = LedgerLine.parse(Gateway.exported(port, 0));
                String model = request.model();
                boolean isHeld =
                        lines.stream()
                                .filter(line -> model.equals(line.model()))
                                .anyMatch(line ->
                                        line.kind().equals("hold")
                                                && lines.stream()
                                                        .noneMatch(other ->
                                                                Objects.equals(
                                                                                line.holdId(),
                                                                                other.holdId())
                                                                        && !other.kind()
                                                                                .equals("hold")));
                (isHeld ? seen : late).incrementAndGet();
            } catch (IOException e) {
                late.incrementAndGet();
            }
        });
        try {
            for (String more : List.of("", ",\"stream\":true", ",\"max_tokens\":5")) {
                for (String model : List.of("plain", "deep", "open", "race")) {
                    gateway.chat(rich, Gateway.ask(model, more));
                }
            }
        } finally {
            fake.onRequest(_ -> {});
        }
        assertThat(late.get()).isZero();
        assertThat(seen.get()).isEqualTo(12);
    }

    // ---------------------------------------------------------------- an upper bound

    /// Whatever is asked for: the most that the provider may count costs no more than was held.
    @Test
    void i12TheWorstUsageIsWithinTheHold() throws IOException {
        var random = new java.util.SplittableRandom(12);
        List<String> models = List.of("plain", "deep", "open", "race");
        for (int i = 0; i < Counts.of(60, 2_000); i++) {
            String model = models.get(random.nextInt(models.size()));
            int choices = 1 + random.nextInt(4);
            long limit = 1L + random.nextInt(LONGEST);
            String body =
                    Gateway.ask(
                            model,
                            "w\u00f6rds ".repeat(random.nextInt(200)),
                            ",\"max_tokens\":%d,\"n\":%d,\"stream\":%b%s"
                                    .formatted(
                                            limit,
                                            choices,
                                            random.nextBoolean(),
                                            random.nextInt(3) > 0 ? "" : TOOL));
            long input = (long) bytes(body) + (body.contains(TOOL) ? 2_048 : 0);
            fake.on(model, Script.text("a").usageIs(dearest(input, limit * choices)));
            Response answer = gateway.chat(rich, body);
            List<LedgerLine> lines = gateway.lines(answer);
            assertThat(Gateway.kinds(lines)).as(body).startsWith("hold", "post");
            assertThat(Gateway.kinds(lines)).as(body).doesNotContain("overage");
            assertThat(Gateway.only(lines, "post").amount())
                    .as(body)
                    .isLessThanOrEqualTo(Gateway.only(lines, "hold").amount());
        }
    }

    private static final String TOOL =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";

    /// All input written to a cache, all output reasoning.
    private static String dearest(long input, long output) {
        return """
        {"prompt_tokens":%d,"prompt_tokens_details":{"cache_write_tokens":%d},\
        "completion_tokens":%d,"completion_tokens_details":{"reasoning_tokens":%d}}\
        """
                .formatted(input, input, output, output)
                .strip();
    }

    @Test
    void i13WhatIsClaimedAboveTheHoldIsTheOperatorsAndRaisesAnAlarm() throws IOException {
        for (String more : List.of("", ",\"stream\":true")) {
            String body = Gateway.ask("race", ",\"max_tokens\":20" + more);
            BigInteger hold = worst("race", bytes(body), 20);
            Customer customer = gateway.customer(2 * hold.longValueExact());
            Gateway.Balance before = gateway.balance(customer);
            fake.on("race", Script.text("a", " lie").usage(1_000_000, 50_000));
            Response answer = gateway.chat(customer, body);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(gateway.spent(customer, before)).isEqualTo(hold);
            List<LedgerLine> lines = gateway.lines(answer);
            assertThat(Gateway.kinds(lines)).containsExactly("hold", "post", "overage");
            BigInteger rest = worst("race", 1_000_000, 50_000).subtract(hold);
            assertThat(Gateway.only(lines, "post").amount()).isEqualTo(hold);
            assertThat(Gateway.only(lines, "overage").amount()).isEqualTo(rest);
            assertThat(running.observed)
                    .filteredOn(Observation.OverageBooked.class::isInstance)
                    .extracting(seen -> ((Observation.OverageBooked) seen).amount().nanos())
                    .contains(rest.longValueExact());
        }
    }

    // ---------------------------------------------------------------- a limit is given

    @Test
    void aLimitGivenIsHeldWhateverTheBalance() throws IOException {
        for (String more :
                List.of(
                        ",\"max_tokens\":300",
                        ",\"max_completion_tokens\":300",
                        ",\"max_tokens\":900,\"max_completion_tokens\":300",
                        ",\"max_tokens\":300,\"stream\":true")) {
            String body = Gateway.ask("race", more);
            assertThat(held(body)).as(more).isEqualTo(worst("race", bytes(body), 300));
            assertThat(fake.requests().getLast().json().path("stream_options").isMissingNode())
                    .isEqualTo(!more.contains("stream"));
        }
        String body = Gateway.ask("race", ",\"max_tokens\":300");
        Customer poor = gateway.customer(worst("race", bytes(body), 300).longValue());
        assertThat(held(gateway.chat(poor, body))).isEqualTo(worst("race", bytes(body), 300));
        Customer poorer = gateway.customer(worst("race", bytes(body), 300).longValue() - 1);
        assertThat(gateway.chat(poorer, body).status()).isEqualTo(402);
    }

    @Test
    void theDearestClassesAreHeld() throws IOException {
        String body = Gateway.ask("plain", ",\"max_tokens\":100");
        // cache-write 0.173 is dearer than input, reasoning 0.911 than output
        assertThat(held(body))
                .isEqualTo(
                        gateway.price("plain")
                                .charge(new Usage(bytes(body), 0, bytes(body), 100, 100)));
    }

    @Test
    void nMultipliesTheOutput() throws IOException {
        fake.on("race", Script.text("a"));
        String body = Gateway.ask("race", ",\"max_tokens\":100,\"n\":5");
        assertThat(held(body)).isEqualTo(worst("race", bytes(body), 500));
        String noLimit = Gateway.ask("race", ",\"n\":2");
        assertThat(held(noLimit)).isEqualTo(worst("race", bytes(noLimit), 2 * LONGEST));
        String stream = Gateway.ask("race", ",\"n\":3,\"stream\":true");
        assertThat(held(stream)).isEqualTo(worst("race", bytes(stream), 3 * SLICE));
    }

    @Test
    void toolsAndSchemasHaveAnOverhead() throws IOException {
        for (String more :
                List.of(
                        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                        ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                                + "{\"name\":\"s\",\"schema\":{\"type\":\"object\"}}}")) {
            String body = Gateway.ask("race", ",\"max_tokens\":100" + more);
            assertThat(held(body)).isEqualTo(worst("race", bytes(body) + 2_048, 100));
        }
    }

    @Test
    void aPredictionIsHeldAsOutput() throws IOException {
        String prediction = ",\"prediction\":{\"type\":\"content\",\"content\":\"abcdef\"}";
        String body = Gateway.ask("race", ",\"max_tokens\":100" + prediction);
        BigInteger least = worst("race", bytes(body), 100 + 6);
        BigInteger most = worst("race", bytes(body), 100 + prediction.length());
        assertThat(held(body)).isBetween(least, most);
    }

    @Test
    void imagesCountAtTheirMostAndTheirBase64DoesNot() throws IOException {
        String payload = Base64.getEncoder().encodeToString(new byte[30_000]);
        String body =
                """
                {"model":"race","max_tokens":10,"messages":[{"role":"user","content":[
                {"type":"text","text":"two"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,%s"}},
                {"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}]}\
                """
                        .formatted(payload);
        long most = (long) bytes(body) - payload.length() + 2 * 16_384;
        assertThat(held(body)).isEqualTo(worst("race", most, 10));
    }

    @Test
    void theContextBoundsTheInput() throws IOException {
        String body = Gateway.ask("race", "long ".repeat(30_000), ",\"max_tokens\":10");
        assertThat(bytes(body)).isGreaterThan((int) CONTEXT);
        assertThat(held(body)).isEqualTo(worst("race", CONTEXT, 10));
        String audio =
                """
                {"model":"race","max_tokens":10,"messages":[{"role":"user","content":[
                {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}\
                """;
        assertThat(held(audio)).isEqualTo(worst("race", CONTEXT, 10));
    }

    // ---------------------------------------------------------------- no limit, whole

    @Test
    void aWholeAnswerWithoutLimitHoldsTheModelsLongest() throws IOException {
        for (String model : List.of("race", "deep")) {
            String body = Gateway.ask(model, "");
            assertThat(held(body)).isEqualTo(worst(model, bytes(body), LONGEST));
            assertThat(sentLimit()).as("nothing is sent").isEqualTo(-1);
        }
    }

    @Test
    void aWholeAnswerWithoutLimitIsLimitedToWhatTheBalancePays() throws IOException {
        String body = Gateway.ask("race", "");
        Customer poor = gateway.customer(worst("race", bytes(body), 100).longValue());
        assertThat(held(gateway.chat(poor, body))).isEqualTo(worst("race", bytes(body), 100));
        assertThat(sentLimit()).isEqualTo(100);
        Customer sixteen = gateway.customer(worst("race", bytes(body), 16).longValue());
        assertThat(gateway.chat(sixteen, body).status()).isEqualTo(200);
        assertThat(sentLimit()).isEqualTo(16);
        Customer fifteen = gateway.customer(worst("race", bytes(body), 16).longValue() - 1);
        assertThat(gateway.chat(fifteen, body).status()).isEqualTo(402);
    }

    @Test
    void anUnknownLongestAnswerIsLimitedToTheDefault() throws IOException {
        String body = Gateway.ask("open", "");
        assertThat(held(body)).isEqualTo(worst("open", bytes(body), 16_384));
        assertThat(sentLimit()).isEqualTo(16_384);
        String stream = Gateway.ask("open", ",\"stream\":true");
        assertThat(held(stream)).isEqualTo(worst("open", bytes(stream), 16_384));
        assertThat(sentLimit()).isEqualTo(16_384);
    }

    // ---------------------------------------------------------------- no limit, stream

    @Test
    void aStreamThatMayHideReasoningHoldsLikeAWholeAnswer() throws IOException {
        String body = Gateway.ask("deep", ",\"stream\":true");
        assertThat(held(body)).isEqualTo(worst("deep", bytes(body), LONGEST));
        Customer poor = gateway.customer(worst("deep", bytes(body), 200).longValue());
        assertThat(held(gateway.chat(poor, body))).isEqualTo(worst("deep", bytes(body), 200));
        assertThat(sentLimit()).isEqualTo(200);
    }

    @Test
    void aVisibleStreamHoldsAFirstSlice() throws IOException {
        String body = Gateway.ask("race", ",\"stream\":true");
        Response answer = gateway.chat(rich, body);
        assertThat(held(answer)).isEqualTo(worst("race", bytes(body), SLICE));
        assertThat(Gateway.kinds(gateway.lines(answer))).containsExactly("hold", "post", "release");
        assertThat(sentLimit()).isEqualTo(-1);
        Customer poor = gateway.customer(worst("race", bytes(body), 20).longValue());
        assertThat(held(gateway.chat(poor, body))).isEqualTo(worst("race", bytes(body), 20));
        Customer poorer = gateway.customer(worst("race", bytes(body), 16).longValue() - 1);
        assertThat(gateway.chat(poorer, body).status()).isEqualTo(402);
    }

    /// Each word is a token of its own, and a piece of the count holds whole words.
    private static String[] words(int count) {
        String[] words = new String[count];
        for (int i = 0; i < count; i++) {
            words[i] = i % 2 == 0 ? " cat" : " dog";
        }
        return words;
    }

    @Test
    void theHoldIsExtendedWhenTwoThirdsAreUsed() throws IOException {
        int twoThirds = SLICE * 2 / 3;
        // Fewer than two thirds of two slices: one extension, however the events are read.
        String[] words = words(1_300);
        words[twoThirds - 2] = " sun";
        words[twoThirds + 2] = " sky";
        assertThat(Tokens.of(String.join("", words))).isEqualTo(1_300);
        fake.on("race", Script.text(words).usage(10, 1_300).before(" sun", End.PAUSE));
        String body = Gateway.ask("race", ",\"stream\":true");
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body, rich.bearer());
            String id = Objects.requireNonNull(client.head().header("x-request-id"));
            client.readUntilCount(" dog", twoThirds / 2 - 2);
            assertThat(Gateway.kinds(gateway.audit().ofRequest(id))).containsExactly("hold");
            fake.release();
            client.rest();
            List<LedgerLine> lines = gateway.audit().ofRequest(id);
            assertThat(Gateway.kinds(lines)).containsExactly("hold", "extend", "post", "release");
            assertThat(lines.get(0).amount().add(lines.get(1).amount()))
                    .isEqualTo(worst("race", bytes(body), 2 * SLICE));
        }
    }

    @Test
    void aBalanceThatCannotExtendEndsTheStreamProperly() throws IOException {
        String[] words = words(400);
        words[300] = " sun";
        fake.on("race", Script.text(words).usage(10, 400).before(" sun", End.PAUSE));
        String body = Gateway.ask("race", ",\"stream\":true");
        Customer poor = gateway.customer(worst("race", bytes(body), 100).longValue());
        Gateway.Balance before = gateway.balance(poor);
        Response answer = gateway.chat(poor, body);
        List<SseEvent> events =
                answer.events().stream().filter(event -> event.data() != null).toList();
        assertThat(events.getLast().isDone()).isTrue();
        SseEvent last = events.get(events.size() - 2);
        assertThat(last.json().path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("length");
        assertThat(last.json().path("object").asString()).isEqualTo("chat.completion.chunk");
        String text = text(events);
        assertThat(Tokens.of(text)).isEqualTo(100);
        assertThat(gateway.spent(poor, before))
                .isEqualTo(worst("race", Tokens.ofRequest(body), 100));
        assertThat(Gateway.only(gateway.lines(answer), "post").source()).isEqualTo("counted");
        fake.awaitPeerClosed(fake.requests().getFirst());
    }

    static String text(List<SseEvent> events) {
        var text = new StringBuilder();
        for (SseEvent event : events) {
            if (event.data() != null && event.data().startsWith("{")) {
                text.append(
                        event.json()
                                .path("choices")
                                .path(0)
                                .path("delta")
                                .path("content")
                                .asString(""));
            }
        }
        return text.toString();
    }

    @Test
    void anEventLargerThanASliceWaitsForItsExtensions() throws IOException {
        String large = String.join("", words(3_500));
        fake.on("race", Script.text("small", large, " end").usage(10, 3_502));
        Response answer = gateway.chat(rich, Gateway.ask("race", ",\"stream\":true"));
        assertThat(answer.events().getLast().isDone()).isTrue();
        assertThat(text(answer.events())).isEqualTo("small" + large + " end");
        assertThat(Gateway.kinds(gateway.lines(answer)))
                .containsExactly("hold", "extend", "extend", "extend", "post", "release");
    }

    @Test
    void anEventThatCannotBePaidIsNotShownAndNotCharged() throws IOException {
        String large = String.join("", words(1_500));
        fake.on("race", Script.text("small", " talk", large));
        String body = Gateway.ask("race", ",\"stream\":true");
        Customer poor = gateway.customer(worst("race", bytes(body), 1_100).longValue());
        Gateway.Balance before = gateway.balance(poor);
        Response answer = gateway.chat(poor, body);
        assertThat(answer.events().getLast().isDone()).isTrue();
        assertThat(text(answer.events())).isEqualTo("small talk");
        assertThat(gateway.spent(poor, before)).isEqualTo(worst("race", Tokens.ofRequest(body), 2));
    }

    @Test
    void thePostpaidKeysStreamIsExtendedToo() throws IOException {
        fake.on("race", Script.text(words(1_500)).usage(10, 1_500));
        Response answer =
                RawClient.postJson(
                        gateway.port(),
                        "/proxy/chat",
                        Gateway.ask("race", ",\"stream\":true"),
                        "Authorization: Bearer " + Gateway.PROXY_KEY);
        assertThat(answer.events().getLast().isDone()).isTrue();
        List<LedgerLine> lines =
                LedgerLine.parse(gateway.export(0)).stream()
                        .filter(line ->
                                Objects.equals(answer.header("x-request-id"), line.requestId()))
                        .toList();
        gateway.postpaid(lines.getFirst().debit().substring("account:".length()));
        assertThat(Gateway.kinds(lines)).containsExactly("hold", "extend", "post", "release");
    }

    // ---------------------------------------------------------------- X-Max-Cost

    private static String maxCost(BigInteger nanos) {
        return "X-Max-Cost: " + Gateway.usd(nanos.longValueExact());
    }

    @Test
    void maxCostClampsTheOutput() throws IOException {
        for (String more : List.of("", ",\"stream\":true", ",\"max_tokens\":1000")) {
            String body = Gateway.ask("race", more);
            BigInteger cost = worst("race", bytes(body), 50);
            assertThat(held(body, maxCost(cost))).isEqualTo(cost);
            assertThat(sentLimit()).isEqualTo(50);
        }
    }

    @Test
    void aMaxCostThatIsNotReachedChangesNothing() throws IOException {
        String body = Gateway.ask("race", ",\"max_tokens\":100");
        assertThat(held(body, "X-Max-Cost: 5")).isEqualTo(worst("race", bytes(body), 100));
        assertThat(sentLimit()).isEqualTo(100);
        String small = Gateway.ask("race", ",\"max_tokens\":4");
        assertThat(held(small, maxCost(worst("race", bytes(small), 4))))
                .isEqualTo(worst("race", bytes(small), 4));
        String open = Gateway.ask("race", "");
        assertThat(held(open, "X-Max-Cost: 5")).isEqualTo(worst("race", bytes(open), LONGEST));
    }

    @Test
    void aMaxCostAboveTheBalanceRefusesNobody() throws IOException {
        for (String more : List.of("", ",\"stream\":true")) {
            String body = Gateway.ask("race", more);
            Customer poor = gateway.customer(worst("race", bytes(body), 40).longValue());
            Response answer = gateway.chat(poor, body, "X-Max-Cost: 1.00");
            assertThat(held(answer)).isEqualTo(worst("race", bytes(body), 40));
        }
    }

    @Test
    void aMaxCostBelowSixteenTokensIs402() throws IOException {
        for (String more : List.of("", ",\"stream\":true", ",\"max_tokens\":1000")) {
            String body = Gateway.ask("race", more);
            for (long tokens : new long[] {0, 15}) {
                Response answer =
                        gateway.chat(rich, body, maxCost(worst("race", bytes(body), tokens)));
                assertThat(answer.status()).isEqualTo(402);
            }
            assertThat(gateway.chat(rich, body, "X-Max-Cost: 0.000000001").status()).isEqualTo(402);
            assertThat(gateway.chat(rich, body, maxCost(worst("race", bytes(body), 16))).status())
                    .isEqualTo(200);
        }
        for (String wrong : List.of("0", "-1", "much", "1e3", "NaN", "0.0000000001")) {
            Response answer = gateway.chat(rich, Gateway.ask("race", ""), "X-Max-Cost: " + wrong);
            assertThat(answer.status()).as(wrong).isEqualTo(400);
        }
    }
}
