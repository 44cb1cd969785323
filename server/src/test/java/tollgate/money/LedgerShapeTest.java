package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.Audit;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.Script.End;

/// The shape of the ledger as an auditor sees it from outside, after any history (I-01 to I-09).
class LedgerShapeTest {
    private static final String WHOLE = ",\"max_tokens\":500";
    private static final String STREAM = ",\"stream\":true,\"max_tokens\":500";
    private static final int WORKERS = 4;
    private static final Duration AUDIT_EVERY = Duration.ofMillis(200);
    private static final Duration LOAD_MAX = Duration.ofMinutes(30);

    private Running running;
    private Gateway gateway;
    private FakeUpstream fake;

    @BeforeEach
    void open() throws IOException {
        fake = FakeUpstream.start();
        Shop shop =
                Shop.usual(fake.baseUrl())
                        .model(
                                "dust",
                                "{ input: 0.000000001, output: 0 }",
                                "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                                OraclePrice.usd("0.000000001", "0"));
        running = Running.open(fake, shop, 2);
        gateway = running.gateway;
    }

    @AfterEach
    void close() throws IOException {
        running.close();
    }

    /// Does something so often on several threads; what they throw fails the test.
    private static final class Load {
        private final CountDownLatch left = new CountDownLatch(WORKERS);
        private final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();

        interface Work {
            void run(int number) throws IOException;
        }

        static Load start(int count, Work work) {
            Load load = new Load();
            AtomicInteger next = new AtomicInteger();
            for (int worker = 0; worker < WORKERS; worker++) {
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int n = next.getAndIncrement();
                                        n < count;
                                        n = next.getAndIncrement()) {
                                    work.run(n);
                                }
                            } catch (IOException | RuntimeException | AssertionError e) {
                                load.problems.add(e);
                            } finally {
                                load.left.countDown();
                            }
                        });
            }
            return load;
        }

        /// Calls `meanwhile` with 0, 1, 2 … at that pace until all is done.
        void await(Duration pace, IntConsumer meanwhile) throws InterruptedException {
            long deadline = System.nanoTime() + LOAD_MAX.toNanos();
            int round = 0;
            do {
                meanwhile.accept(round++);
                assertThat(System.nanoTime()).isLessThan(deadline);
            } while (!left.await(pace.toNanos(), TimeUnit.NANOSECONDS));
            assertThat(problems).isEmpty();
        }

        void await() throws InterruptedException {
            await(AUDIT_EVERY, _ -> {});
        }
    }

    private static List<Script> endings() {
        return List.of(
                Script.text("one", " two", " three").usage(31, 7),
                Script.text("one", " two").withoutUsage(),
                Script.text("one")
                        .usage(90, 41)
                        .usageWith("\"prompt_tokens_details\":{\"cached_tokens\":40}")
                        .usageWith("\"completion_tokens_details\":{\"reasoning_tokens\":17}"),
                Script.text("one").usage(1_000_000, 9_000), // more than any hold
                Script.text("one", " two", " three").usage(9, 3).before(" two", End.RESET),
                Script.status(500),
                Script.status(400));
    }

    /// Calls of every end, refused ones, and money in and out.
    private void anything(List<Customer> customers, int number) throws IOException {
        SplittableRandom random = new SplittableRandom(number);
        Customer customer = customers.get(random.nextInt(customers.size()));
        String body = Gateway.ask("plain", random.nextBoolean() ? STREAM : WHOLE);
        switch (random.nextInt(12)) {
            case 0 -> gateway.give(customer, Gateway.usd(1 + random.nextInt(50_000)));
            case 1 -> take(customer, 1 + random.nextInt(50_000));
            case 2 -> {
                try (RawClient client = gateway.connect()) {
                    client.post(Gateway.CHAT, body, customer.bearer());
                    client.hangUpAfter(
                            random.nextInt(120), // shorter than any answer's head
                            random.nextBoolean() ? Leaving.FIN : Leaving.RESET);
                }
            }
            default -> gateway.chat(customer, body);
        }
    }

    /// An adjustment, which is refused when the money is not there.
    private Response take(Customer customer, long nanos) throws IOException {
        return credit(customer, "-" + Gateway.usd(nanos));
    }

    private Response credit(Customer customer, String credits) throws IOException {
        return RawClient.postJson(
                gateway.port(),
                "/admin/add_credits",
                "{\"user_id\":%d,\"credits\":%s}".formatted(customer.user(), credits),
                Gateway.ADMIN);
    }

    private List<Customer> customers(int count, long nanos) throws IOException {
        List<Customer> customers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            customers.add(gateway.customer(nanos));
        }
        return customers;
    }

    private void answerAnyhow() {
        fake.on("plain", endings().toArray(Script[]::new));
    }

    // ---------------------------------------------------------------- i01, i02, i04

    /// Every 200 ms, and at rest with the customers' money as the gateway tells it to them.
    @Test
    void i01AllPlacesTogetherAreZeroWhileCallsRunAndAfterwards() throws Exception {
        List<Customer> customers = customers(10, 20_000_000);
        int calls = Counts.of(200, 20_000);
        Load.start(
                        calls,
                        number -> {
                            if (number % 5 == 0) {
                                answerAnyhow();
                            }
                            anything(customers, number);
                        })
                .await(AUDIT_EVERY, _ -> audited());

        Audit audit = gateway.rest();
        BigInteger sum = BigInteger.ZERO;
        for (var place : audit.places().entrySet()) {
            boolean isCustomers =
                    customers.stream()
                            .anyMatch(its -> place.getKey().endsWith("account:" + its.account()));
            sum = isCustomers ? sum : sum.add(place.getValue());
        }
        for (Customer customer : customers) {
            sum = sum.add(gateway.balance(customer).whole());
        }
        assertThat(sum).isZero();
        assertThat(audit.lines())
                .extracting(LedgerLine::kind)
                .contains("hold", "post", "release", "void", "overage", "grant", "adjustment");
    }

    private void audited() {
        try {
            gateway.audit();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The customer's reading, the operator's and the ledger's, before and after a restart.
    @Test
    void i02EveryBalanceIsTheFoldOfTheExport() throws Exception {
        List<Customer> customers = customers(Counts.of(60, 1_000), 2_000_000);
        Load.start(
                        Counts.of(200, 20_000),
                        number -> {
                            if (number % 5 == 0) {
                                answerAnyhow();
                            }
                            anything(customers, number);
                        })
                .await();
        balancesAreTheFold(customers);
        running.restart();
        balancesAreTheFold(customers);
        for (Customer customer : customers) {
            BigInteger told =
                    Gateway.nanos(credit(customer, "0.000000001").json().path("new_balance"));
            assertThat(told).isEqualTo(gateway.audit().available(customer.account()));
        }
    }

    private void balancesAreTheFold(List<Customer> customers) throws IOException {
        Audit audit = gateway.rest();
        for (Customer customer : customers) {
            Gateway.Balance told = gateway.balance(customer);
            assertThat(told.available()).isEqualTo(audit.available(customer.account()));
            assertThat(told.held()).isZero();
        }
    }

    // ---------------------------------------------------------------- i03

    @Test
    void i03WhatWasExportedOnceStaysByteForByte() throws Exception {
        Customer customer = gateway.customer("1");
        Customer second = gateway.key(customer, "");
        String before = "";
        for (int round = 0; round < Counts.of(3, 50); round++) {
            for (int number = 0; number < 20; number++) {
                answerAnyhow();
                anything(List.of(customer, second), 20 * round + number);
                before = grown(before);
            }
            second = deleted(customer, second);
            before = grown(before);
            running.restart();
            before = grown(before);
        }
        assertThat(before.lines().count()).isGreaterThan(60);
    }

    private String grown(String before) throws IOException {
        gateway.rest();
        String now = gateway.export(0);
        assertThat(now).startsWith(before);
        return now;
    }

    /// The key that made calls goes; another takes its place.
    private Customer deleted(Customer owner, Customer key) throws IOException {
        Response list = RawClient.call(gateway.port(), "GET", "/user/api-keys", owner.bearer());
        String last = key.key().substring(key.key().length() - 4);
        for (var entry : list.json().path("data")) {
            if (entry.path("api_key").asString().endsWith(last)) {
                String id = entry.path("id").asString();
                Response answer =
                        RawClient.call(
                                gateway.port(), "DELETE", "/user/api-keys/" + id, owner.bearer());
                assertThat(answer.status()).isEqualTo(200);
                assertThat(gateway.chat(key, Gateway.ask("plain", WHOLE)).status()).isEqualTo(401);
                return gateway.key(owner, "");
            }
        }
        throw new AssertionError("not listed: " + list);
    }

    // ---------------------------------------------------------------- i05

    @Test
    void i05AThousandChargesOfOneUnitAreAThousand() throws Exception {
        fake.on("dust", Script.text("a").usage(20, 1));
        Customer customer = gateway.customer(1_010);
        Load.start(
                        1_000,
                        _ ->
                                assertThat(
                                                gateway.chat(customer, Gateway.ask("dust", WHOLE))
                                                        .status())
                                        .isEqualTo(200))
                .await();
        assertThat(gateway.rest().available(customer.account())).isEqualTo(BigInteger.TEN);
        assertThat(gateway.balance(customer).available()).isEqualTo(BigInteger.TEN);
    }

    // ---------------------------------------------------------------- i07

    private static final List<String> TRICKS =
            List.of(
                    "{\"prompt_tokens\":-5,\"completion_tokens\":-7,\"total_tokens\":-12}",
                    "{\"prompt_tokens\":-1000000,\"completion_tokens\":3}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":-1000000}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":-9,\"total_tokens\":0}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":-12}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":3,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":-900000}}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":3,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":900000}}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":3,"
                            + "\"completion_tokens_details\":{\"reasoning_tokens\":-900000}}",
                    "{\"prompt_tokens\":9,\"completion_tokens\":3,"
                            + "\"cache_creation_input_tokens\":-900000}",
                    "{\"prompt_tokens\":-9223372036854775808,\"completion_tokens\":1}",
                    "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":1}",
                    "{\"prompt_tokens\":18446744073709551615,\"completion_tokens\":1}",
                    "{\"prompt_tokens\":1e300,\"completion_tokens\":1}",
                    "{\"prompt_tokens\":2.5,\"completion_tokens\":-2.5}",
                    "{\"prompt_tokens\":\"-9\",\"completion_tokens\":null}");

    @Test
    void i07NothingThatProvidersOrCallersSayGivesMoney() throws IOException {
        Customer customer = gateway.customer("1");
        BigInteger whole = gateway.balance(customer).whole();
        for (String trick : TRICKS) {
            for (String more : List.of(WHOLE, STREAM)) {
                fake.on("plain", Script.text("some", " output").usageIs(trick));
                Response answer = gateway.chat(customer, Gateway.ask("plain", more));
                assertThat(answer.status()).as(trick).isEqualTo(200);
                LedgerLine post = Gateway.only(gateway.lines(answer), "post");
                assertThat(post.amount()).as(trick).isPositive();
                BigInteger now = gateway.balance(customer).whole();
                assertThat(now).as(trick).isEqualTo(whole.subtract(post.amount()));
                whole = now;
            }
        }
        for (String amount :
                List.of("-2", "0", "-0.0000000001", "1e30", "-1e30", "\"5\"", "null", "[5]")) {
            assertThat(credit(customer, amount).status()).as(amount).isEqualTo(400);
        }
        String body = Gateway.ask("plain", WHOLE);
        assertThat(gateway.chat(customer, body, "X-Max-Cost: -1").status()).isEqualTo(400);
        for (String limit : List.of("-1", "-9223372036854775808")) {
            Response refused =
                    gateway.chat(customer, Gateway.ask("plain", ",\"max_tokens\":" + limit));
            assertThat(refused.status()).isEqualTo(400);
        }
        assertThat(gateway.balance(customer).whole()).isEqualTo(whole);
        assertThat(gateway.rest().balance(customer.account())).isEqualTo(whole);
    }

    // ---------------------------------------------------------------- i09

    /// [Audit] recomputes each post from its line alone; here, that all kinds of usage come there.
    /// Estimated ones are those of a crash: KillPointTest.
    @Test
    void i09EachPostCanBeRecomputedFromItsLineAlone() throws IOException {
        Customer customer = gateway.customer("100");
        SplittableRandom random = new SplittableRandom(9);
        List<String> models = List.of("plain", "deep", "race");
        for (int i = 0; i < Counts.of(60, 1_000); i++) {
            Usage usage = usage(random);
            boolean isCounted = i % 6 == 0;
            String model = models.get(i % models.size());
            Script script = Script.text("one", " two").usageIs(json(usage));
            fake.on(model, isCounted ? script.withoutUsage() : script);
            String body = Gateway.ask(model, random.nextBoolean() ? WHOLE : STREAM);
            LedgerLine post = Gateway.only(gateway.lines(gateway.chat(customer, body)), "post");
            assertThat(post.source()).isEqualTo(isCounted ? "counted" : "provider");
            if (!isCounted) {
                assertThat(post.usage()).isEqualTo(usage);
            }
            assertThat(post.model()).isEqualTo(model);
            assertThat(post.attempt()).isEqualTo("1");
            assertThat(post.holdId()).isNotNull();
            assertThat(post.priceVersion()).isNotNull();
            assertThat(post.amount())
                    .isEqualTo(gateway.price(model).charge(Objects.requireNonNull(post.usage())));
        }
        gateway.rest();
    }

    /// Within the hold of a request of some hundred bytes.
    private static Usage usage(SplittableRandom random) {
        long input = random.nextLong(80);
        long cached = random.nextLong(input + 1);
        long written = random.nextLong(input - cached + 1);
        long output = random.nextLong(400);
        return new Usage(input, cached, written, output, random.nextLong(output + 1));
    }

    private static String json(Usage usage) {
        String json =
                """
                {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,
                "prompt_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d},
                "completion_tokens_details":{"reasoning_tokens":%d}}\
                """
                        .formatted(
                                usage.input(),
                                usage.output(),
                                usage.input() + usage.output(),
                                usage.cachedInput(),
                                usage.cacheWrite(),
                                usage.reasoning());
        assertThat(KitJson.read(json).isObject()).isTrue();
        return json.replace("\n", "");
    }
}
