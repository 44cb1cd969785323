package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.Audit;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tollgate.observe.Observation;
import tools.jackson.databind.JsonNode;

/// What a call costs, to the nano-dollar, whatever the provider reports (I-05 to I-09, I-12, I-13,
/// I-31).
class ChargeTest {
    private static final String LIMIT = ",\"max_tokens\":300";
    private static final String STREAM_WITH_USAGE =
            ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

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
                        .model(
                                "tiered",
                                "{ input: 0.3, output: 0.7, request: 0.001, above: { tokens: 100,"
                                        + " input: 0.9, output: 2.1 } }",
                                "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                                OraclePrice.usd("0.3", "0.7")
                                        .withRequest("0.001")
                                        .above(
                                                100,
                                                OraclePrice.usd("0.9", "2.1")
                                                        .withRequest("0.001")));
        running = Running.open(fake, shop, 1);
        gateway = running.gateway;
        customer = gateway.customer("10000");
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

    private Response chat(String model, Script script, String more) throws IOException {
        fake.on(model, script);
        Response answer = gateway.chat(customer, Gateway.ask(model, "x".repeat(400), more));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    @Test
    void i06OneRoundingUpPerRequest() throws IOException {
        // 1 token of input: 0.137 USD per million, with 20 %: 164.4 nano-dollars
        for (int i = 0; i < 10; i++) {
            chat("plain", Script.text("a").usage(1, 0), LIMIT);
        }
        assertThat(gateway.spent(customer, before)).isEqualTo(BigInteger.valueOf(10 * 165));
        before = gateway.balance(customer);
        chat("plain", Script.text("a").usage(10, 0), LIMIT);
        assertThat(gateway.spent(customer, before)).isEqualTo(BigInteger.valueOf(1_644));
    }

    @Test
    void i05RandomUsagesCostExactlyWhatTheOracleSays() throws IOException {
        var random = new Random(20_261_125);
        for (int i = 0; i < Counts.of(60, 3_000); i++) {
            before = gateway.balance(customer);
            long input = random.nextLong(400);
            long cached = input == 0 ? 0 : random.nextLong(input + 1);
            long output = random.nextLong(300);
            long reasoning = output == 0 ? 0 : random.nextLong(output + 1);
            Script script =
                    Script.text("a")
                            .usage(input, output)
                            .usageWith(
                                    "\"prompt_tokens_details\":{\"cached_tokens\":%d}"
                                            .formatted(cached))
                            .usageWith(
                                    "\"completion_tokens_details\":{\"reasoning_tokens\":%d}"
                                            .formatted(reasoning));
            String model = List.of("plain", "tiered", "race").get(i % 3);
            chat(model, script, i % 2 == 0 ? LIMIT : LIMIT + ",\"stream\":true");
            assertThat(gateway.spent(customer, before))
                    .isEqualTo(
                            gateway.price(model)
                                    .charge(new Usage(input, cached, 0, output, reasoning)));
        }
    }

    @Test
    void i13ALyingProviderIsTheOperatorsLoss() throws IOException {
        for (String more : List.of(LIMIT, LIMIT + ",\"stream\":true")) {
            for (Usage lie :
                    List.of(
                            Usage.of(1_000_000, 5),
                            Usage.of(5, 1_000_000),
                            Usage.of(60_000_000_000L, 60_000_000_000L))) {
                before = gateway.balance(customer);
                Response answer =
                        chat("plain", Script.text("a").usage(lie.input(), lie.output()), more);
                List<LedgerLine> lines = gateway.lines(answer);
                assertThat(Gateway.kinds(lines)).containsExactly("hold", "post", "overage");
                BigInteger hold = lines.getFirst().amount();
                assertThat(gateway.spent(customer, before)).isEqualTo(hold);
                assertThat(Gateway.only(lines, "overage").amount())
                        .isEqualTo(gateway.price("plain").charge(lie).subtract(hold));
                assertThat(running.observed)
                        .anyMatch(seen ->
                                seen instanceof Observation.OverageBooked booked
                                        && booked.id()
                                                .toString()
                                                .equals(answer.header("x-request-id")));
            }
        }
    }

    @Test
    void i07NoAnswerMakesABalanceRise() throws IOException {
        for (String usage :
                List.of(
                        "{\"prompt_tokens\":-1000000,\"completion_tokens\":-5}",
                        "{\"prompt_tokens\":5,\"completion_tokens\":-999999999}",
                        "{\"prompt_tokens\":5,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":-7}}",
                        "{\"prompt_tokens\":1e300,\"completion_tokens\":1}",
                        "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807}",
                        "{\"prompt_tokens\":\"12\",\"completion_tokens\":null}",
                        "{\"prompt_tokens\":1.5,\"completion_tokens\":2.5}",
                        "{\"prompt_tokens\":{},\"completion_tokens\":[]}",
                        "null",
                        "[]",
                        "7")) {
            for (String more : List.of(LIMIT, LIMIT + ",\"stream\":true")) {
                before = gateway.balance(customer);
                Response answer = chat("plain", Script.text("some words").usageIs(usage), more);
                assertThat(gateway.spent(customer, before)).as(usage).isNotNegative();
                assertThat(Gateway.kinds(gateway.lines(answer))).as(usage).contains("post");
            }
        }
    }

    @Test
    void i12TheWorstThatAProviderMayReportIsWithinTheHold() throws IOException {
        var random = new Random(7);
        for (int i = 0; i < Counts.of(30, 1_000); i++) {
            String model = List.of("plain", "tiered", "race").get(random.nextInt(3));
            int n = 1 + random.nextInt(4);
            long limit = 1L + random.nextInt(400);
            String text = "y".repeat(random.nextInt(500));
            String body =
                    Gateway.ask(model, text, ",\"max_tokens\":%d,\"n\":%d".formatted(limit, n));
            long input = tollgate.kit.KitJson.utf8(body).length;
            boolean cachesAll = random.nextBoolean();
            fake.on(
                    model,
                    Script.text("a")
                            .usage(input, limit * n)
                            .usageWith(
                                    "\"prompt_tokens_details\":{\"%s\":%d}"
                                            .formatted(
                                                    cachesAll
                                                            ? "cached_tokens"
                                                            : "cache_write_tokens",
                                                    input))
                            .usageWith(
                                    "\"completion_tokens_details\":{\"reasoning_tokens\":%d}"
                                            .formatted(limit * n)));
            Response answer = gateway.chat(customer, body);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(Gateway.kinds(gateway.lines(answer))).doesNotContain("overage");
        }
    }

    @Test
    void i31UsageThatHasNoPriceIsAnAlarm() throws IOException {
        for (String more : List.of(LIMIT, LIMIT + ",\"stream\":true")) {
            Response answer =
                    chat(
                            "plain",
                            Script.text("a")
                                    .usage(50, 20)
                                    .usageWith(
                                            "\"completion_tokens_details\":{\"audio_tokens\":9},"
                                                + "\"server_tool_use\":{\"web_search_requests\":2}"),
                            more);
            assertThat(running.observed)
                    .anyMatch(seen ->
                            seen instanceof Observation.UsageUnknown unknown
                                    && unknown.id().toString().equals(answer.header("x-request-id"))
                                    && unknown.classes().toString().contains("audio_tokens")
                                    && unknown.classes()
                                            .toString()
                                            .contains("web_search_requests"));
            assertThat(Gateway.only(gateway.lines(answer), "post").amount())
                    .isEqualTo(gateway.price("plain").charge(Usage.of(50, 20)));
        }
    }

    @Test
    void i08ThePriceIsPinnedAtAdmission() throws IOException {
        OraclePrice old = gateway.price("deep");
        OraclePrice now = OraclePrice.usd("7", "11").withMarkup(Shop.MARKUP);
        fake.on("deep", Script.text("one", " two").usage(40, 8).before(" two", Script.End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(
                    Gateway.CHAT,
                    Gateway.ask("deep", ",\"stream\":true,\"max_tokens\":50"),
                    customer.bearer());
            String id = Objects.requireNonNull(client.head().header("x-request-id"));
            client.readUntil("one");
            running.reprice("deep", 7, 11);
            fake.release();
            client.rest();
            LedgerLine post = Gateway.only(gateway.audit().ofRequest(id), "post");
            assertThat(post.amount()).isEqualTo(old.charge(Usage.of(40, 8)));
        }
        Response next = chat("deep", Script.text("one").usage(40, 8), LIMIT);
        LedgerLine post = Gateway.only(gateway.lines(next), "post");
        assertThat(post.amount()).isEqualTo(now.charge(Usage.of(40, 8)));
        running.restart();
        Response later = chat("deep", Script.text("one").usage(40, 8), LIMIT);
        assertThat(Gateway.only(gateway.lines(later), "post").priceVersion())
                .isEqualTo(post.priceVersion());
    }

    @Test
    void i09EveryChargeIsExplainedByItsOwnLine() throws IOException {
        chat("plain", Script.text("a").usage(50, 20), LIMIT);
        Audit audit = gateway.audit();
        LedgerLine post =
                audit.lines().stream()
                        .filter(line -> line.kind().equals("post"))
                        .reduce((_, last) -> last)
                        .orElseThrow();
        assertThat(post.requestId()).isNotNull();
        assertThat(post.holdId()).isNotNull();
        assertThat(post.attempt()).isEqualTo("1");
        assertThat(post.model()).isEqualTo("plain");
        assertThat(post.priceVersion()).isNotNull();
        Usage used = Usage.of(50, 20);
        assertThat(post.usage()).isEqualTo(used);
        assertThat(post.amount()).isEqualTo(gateway.price("plain").charge(used));
    }

    @Test
    void i30WhatACallCostIsTheSameWhereverItIsRead() throws IOException {
        var random = new Random(30);
        for (int i = 0; i < Counts.of(20, 1_000); i++) {
            before = gateway.balance(customer);
            long input = 1 + random.nextLong(400);
            long output = 1 + random.nextLong(300);
            long cached = random.nextLong(input);
            String more = i % 2 == 0 ? LIMIT : LIMIT + STREAM_WITH_USAGE;
            Response answer =
                    chat(
                            "plain",
                            Script.text("a")
                                    .usage(input, output)
                                    .usageWith(
                                            "\"prompt_tokens_details\":{\"cached_tokens\":%d}"
                                                    .formatted(cached)),
                            more);
            Usage usage = new Usage(input, cached, 0, output, 0);
            BigInteger price = gateway.price("plain").charge(usage);
            JsonNode told = told(answer);
            assertThat(told.path("prompt_tokens").longValue()).isEqualTo(input);
            assertThat(told.path("completion_tokens").longValue()).isEqualTo(output);
            assertThat(cost(answer)).isEqualTo(price);
            LedgerLine post = Gateway.only(gateway.lines(answer), "post");
            assertThat(post.usage()).isEqualTo(usage);
            assertThat(post.amount()).isEqualTo(price);
            JsonNode row = row(answer);
            assertThat(Gateway.nanos(row.path("cost"))).isEqualTo(price);
            assertThat(row.path("usage").path("input_tokens").longValue()).isEqualTo(input);
            assertThat(row.path("usage").path("cached_input_tokens").longValue()).isEqualTo(cached);
            assertThat(row.path("usage").path("output_tokens").longValue()).isEqualTo(output);
            assertThat(gateway.spent(customer, before)).isEqualTo(price);
        }
    }

    private static JsonNode told(Response answer) {
        if (answer.header("x-tollgate-cost") != null) {
            return answer.json().path("usage");
        }
        return answer.events().stream()
                .filter(event -> event.data() != null && event.data().contains("prompt_tokens"))
                .findFirst()
                .orElseThrow()
                .json()
                .path("usage");
    }

    private static BigInteger cost(Response answer) {
        String header = answer.header("x-tollgate-cost");
        List<SseEvent> events = header == null ? answer.events() : List.of();
        String said =
                header == null
                        ? events.get(events.size() - 2).comments().getFirst().split(" ", -1)[1]
                        : header;
        return new java.math.BigDecimal(said).movePointRight(9).toBigIntegerExact();
    }

    private static JsonNode row(Response answer) throws IOException {
        Response row =
                RawClient.call(
                        gateway.port(),
                        "GET",
                        "/user/requests/" + answer.header("x-request-id"),
                        customer.bearer());
        assertThat(row.status()).as(row.text()).isEqualTo(200);
        return row.json();
    }

    @Test
    void i06ManySmallChargesSumUp() throws IOException {
        Customer one = gateway.customer("1");
        Gateway.Balance start = gateway.balance(one);
        fake.on("race", Script.text("a").usage(0, 1));
        int count = Counts.of(40, 1_000);
        for (int i = 0; i < count; i++) {
            gateway.chat(one, Gateway.ask("race", ",\"max_tokens\":1"));
        }
        assertThat(gateway.spent(one, start)).isEqualTo(BigInteger.valueOf(2_400L * count));
    }
}
