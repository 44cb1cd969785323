package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
import tollgate.ledger.Step;

/// A gateway that dies between any two durable steps of a call, and the one that is started after
/// it on the same folder (I-08, I-10, I-33 to I-37; S10 to S12). One folder and one ledger for all
/// tests, so that each death has the others behind it.
class KillPointTest {
    private static final String WHOLE = ",\"max_tokens\":100";
    private static final String STREAM = ",\"stream\":true,\"max_tokens\":3000";
    private static final AtomicInteger KEYS = new AtomicInteger();

    private static FakeUpstream fake;
    private static Path folder;
    private static Gateway gateway;
    private static Child child;

    private Customer customer;
    private String key;

    @BeforeAll
    static void open() throws IOException {
        fake = FakeUpstream.start();
        folder = Files.createTempDirectory("tollgate-kill");
        Shop shop = shop(1, 2);
        Child.configure(folder, shop);
        child = Child.start(folder);
        gateway = new Gateway(child.port(), shop.prices);
    }

    /// @param input of the model `sold`, as is its output
    private static Shop shop(int input, int output) {
        return Shop.usual(fake.baseUrl())
                .model("sold", input, output, "max-output: 4096, hidden-reasoning: false")
                .model(
                        "pair",
                        "[ { provider: fu, model: first }, { provider: fu, model: second,"
                                + " fallback: true } ]",
                        "{ input: 1, output: 2 }",
                        "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                        OraclePrice.usd("1", "2"));
    }

    @AfterAll
    static void close() throws IOException {
        try {
            gateway.rest();
        } finally {
            child.close();
            fake.close();
            Running.delete(folder);
        }
    }

    @BeforeEach
    void fresh() throws IOException {
        fake.reset();
        customer = gateway.customer("10");
        key = "Idempotency-Key: kill-" + KEYS.incrementAndGet();
    }

    /// The armed process dies of the call, and nobody gets a whole answer.
    private void diesOf(Step step, int number, String body, String... headers) throws IOException {
        child.dieAt(step, number);
        assertThatThrownBy(
                        () -> {
                            Response answer = gateway.chat(customer, body, headers);
                            if (answer.ending() == RawClient.Ending.CUT) {
                                throw new IOException("cut");
                            }
                        })
                .isInstanceOf(IOException.class);
        child.awaitDeath();
    }

    /// A new process on the folder; held is 0 within ten seconds.
    private void restart() throws IOException {
        child = Child.start(folder);
        gateway.movedTo(child.port());
        gateway.rest();
    }

    private List<LedgerLine> lines() throws IOException {
        return gateway.audit().lines().stream()
                .filter(line -> line.requestId() != null)
                .filter(line -> (line.debit() + " " + line.credit()).contains(customer.account()))
                .toList();
    }

    private void spent(BigInteger nanos) throws IOException {
        Gateway.Balance balance = gateway.balance(customer);
        assertThat(balance.held()).isZero();
        assertThat(BigInteger.valueOf(10_000_000_000L).subtract(balance.available()))
                .isEqualTo(nanos);
    }

    private BigInteger charge(long input, long output) {
        return gateway.price("race").charge(Usage.of(input, output));
    }

    private Response paysOnce(String body, int calls) throws IOException {
        Response again = gateway.chat(customer, body, key);
        assertThat(again.status()).isEqualTo(200);
        assertThat(fake.requests()).hasSize(calls);
        assertThat(lines().stream().filter(line -> line.kind().equals("post"))).hasSize(1);
        return again;
    }

    @Test
    void i08ACallSettlesAtThePriceItBeganWithAndTheNextAtTheNewOne() throws IOException {
        fake.on("sold", Script.text("one two", " three four").before(" three", Script.End.PAUSE));
        diesOf(Step.MARK, 1, Gateway.ask("sold", STREAM));
        OraclePrice before = gateway.price("sold");
        Shop dearer = shop(3, 5);
        OraclePrice after = java.util.Objects.requireNonNull(dearer.prices.get("sold"));
        Child.configure(folder, dearer);
        gateway.reprice("sold", after);
        restart();
        LedgerLine old = Gateway.only(lines(), "post");
        assertThat(old.amount())
                .isEqualTo(before.charge(java.util.Objects.requireNonNull(old.usage())));
        fake.on("sold", Script.text("once").usage(20, 1));
        Response answer = gateway.chat(customer, Gateway.ask("sold", WHOLE));
        LedgerLine next = Gateway.only(gateway.lines(answer), "post");
        assertThat(next.amount()).isEqualTo(after.charge(Usage.of(20, 1)));
        assertThat(next.priceVersion()).isNotEqualTo(old.priceVersion());
        assertThat(Gateway.only(gateway.lines(answer), "hold").priceVersion())
                .isEqualTo(next.priceVersion());
    }

    /// `kill -9` the moment a provider accepts the connection, or has the request.
    @Test
    void i10WhatAProviderAcceptedHasAHoldAfterAKill() throws IOException {
        for (int round = 1; round <= Counts.of(2, 50); round++) {
            Child dying = child;
            fake.onAccept(_ -> dying.kill());
            fake.onRequest(_ -> dying.kill());
            try {
                assertThatThrownBy(() -> gateway.chat(customer, Gateway.ask("race", WHOLE)))
                        .isInstanceOf(IOException.class);
            } finally {
                fake.onAccept(_ -> {});
                fake.onRequest(_ -> {});
            }
            restart();
            assertThat(lines().stream().filter(line -> line.kind().equals("hold"))).hasSize(round);
            spent(BigInteger.ZERO);
        }
    }

    @Test
    void s10AfterTheHold() throws IOException {
        fake.on("race", Script.text("once").usage(20, 1));
        String body = Gateway.ask("race", WHOLE);
        diesOf(Step.HOLD, 1, body, key);
        assertThat(fake.requests()).isEmpty();
        restart();
        assertThat(Gateway.kinds(lines())).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
        assertThat(paysOnce(body, 1).header("x-tollgate-replay")).isNull();
        spent(charge(20, 1));
    }

    @Test
    void s10AfterTheRecordOfASecondAttempt() throws IOException {
        fake.on("first", Script.status(500));
        fake.on("second", Script.text("never"));
        diesOf(Step.ATTEMPT, 1, Gateway.ask("pair", WHOLE));
        assertThat(fake.requests("first")).hasSize(1);
        assertThat(fake.requests("second")).isEmpty();
        restart();
        assertThat(Gateway.kinds(lines())).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
    }

    @Test
    void s11AfterTheFirstMark() throws IOException {
        fake.on("race", Script.text("one two", " three four").before(" three", Script.End.PAUSE));
        String body = Gateway.ask("race", STREAM);
        diesOf(Step.MARK, 1, body, key);
        restart();
        LedgerLine post = marked(body, "one two");
        Response replay = gateway.chat(customer, body, key);
        assertThat(replay.status()).isEqualTo(409);
        assertThat(replay.text())
                .contains(
                        new java.math.BigDecimal(post.amount(), 9)
                                .toString()
                                .replaceAll("0+$", ""));
        spent(post.amount());
    }

    /// What is charged is the last mark: no more than what had come, and no less than nothing.
    private LedgerLine marked(String body, String came) throws IOException {
        assertThat(Gateway.kinds(lines())).endsWith("post", "release");
        LedgerLine post = Gateway.only(lines(), "post");
        assertThat(post.source()).isEqualTo("estimated");
        assertThat(post.usage()).isNotNull();
        assertThat(java.util.Objects.requireNonNull(post.usage()).output())
                .isBetween(1L, Tokens.of(came));
        assertThat(post.usage().input()).isBetween(1L, Tokens.ofRequest(body));
        assertThat(post.amount()).isEqualTo(charge(post.usage().input(), post.usage().output()));
        spent(post.amount());
        return post;
    }

    private static String[] words(int count) {
        String[] words = new String[count];
        Arrays.fill(words, " cat");
        return words;
    }

    @Test
    void s11AfterALaterMark() throws IOException {
        String part = String.join("", words(400));
        fake.on("race", Script.text(part, part, part, part).paced(Duration.ofMillis(60)));
        String body = Gateway.ask("race", STREAM);
        diesOf(Step.MARK, 2, body);
        restart();
        assertThat(java.util.Objects.requireNonNull(marked(body, part.repeat(4)).usage()).output())
                .isGreaterThan(400);
    }

    @Test
    void s11TheLastMarkIsAtMost256TokensOldHoweverDenseTheText() throws IOException {
        String dense = "a1b2c3d4e5f6g7h8";
        String[] pieces = new String[100];
        Arrays.fill(pieces, dense);
        pieces[99] = "end";
        String came = dense.repeat(99);
        assertThat(Tokens.of(came)).as("a token a byte").isEqualTo(came.length());
        fake.on(
                "race",
                Script.text(pieces).paced(Duration.ofMillis(1)).before("end", Script.End.PAUSE));
        String body = Gateway.ask("race", STREAM);
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body, customer.bearer());
            client.head();
            client.readUntilCount(dense, 99);
            gateway.audit(); // marks ride along: one write later they are in the journal
            child.kill();
        }
        restart();
        assertThat(java.util.Objects.requireNonNull(marked(body, came).usage()).output())
                .isGreaterThan(came.length() - 256);
    }

    @Test
    void s11AfterAnExtension() throws IOException {
        fake.on("race", Script.text(words(1_500)).paced(Duration.ofMillis(1)));
        String body = Gateway.ask("race", ",\"stream\":true");
        diesOf(Step.EXTEND, 1, body);
        restart();
        assertThat(Gateway.kinds(lines())).containsExactly("hold", "extend", "post", "release");
        marked(body, String.join("", words(1_500)));
    }

    @Test
    void s10AfterTheAnswerIsStored() throws IOException {
        for (String more : List.of(WHOLE)) {
            fake.on("race", Script.text("once").usage(20, 1));
            String body = Gateway.ask("race", more);
            diesOf(Step.ANSWER_STORED, 1, body, key);
            restart();
            assertThat(Gateway.kinds(lines())).containsExactly("hold", "void");
            spent(BigInteger.ZERO);
            assertThat(paysOnce(body, 2).header("x-tollgate-replay")).isNull();
            spent(charge(20, 1));
        }
    }

    @Test
    void s12AfterThePostOfAWholeAnswer() throws IOException {
        fake.on("race", Script.text("once").usage(20, 1));
        String body = Gateway.ask("race", WHOLE);
        diesOf(Step.POST, 1, body, key);
        restart();
        spent(charge(20, 1));
        Response replay = paysOnce(body, 1);
        assertThat(replay.header("x-tollgate-replay")).isEqualTo("true");
        assertThat(replay.text()).contains("once");
        spent(charge(20, 1));
    }

    @Test
    void s12AfterThePostOfAStream() throws IOException {
        fake.on("race", Script.text("one", " two").usage(20, 2));
        String body = Gateway.ask("race", STREAM);
        diesOf(Step.POST, 1, body, key);
        restart();
        spent(charge(20, 2));
        Response replay = paysOnce(body, 1);
        assertThat(replay.header("x-tollgate-replay")).isEqualTo("true");
        assertThat(replay.events().getLast().isDone()).isTrue();
        assertThat(HoldTest.text(replay.events())).isEqualTo("one two");
    }

    @Test
    void s2AfterTheVoid() throws IOException {
        fake.on("race", Script.status(400), Script.text("fine").usage(20, 1));
        String body = Gateway.ask("race", WHOLE);
        diesOf(Step.VOID, 1, body, key);
        restart();
        assertThat(Gateway.kinds(lines())).containsExactly("hold", "void");
        spent(BigInteger.ZERO);
        paysOnce(body, 2);
    }

    @Test
    void i34ACreditThatNobodyHeardOfIsThereOnce() throws IOException {
        child.dieAt(Step.CREDIT, 1);
        assertThatThrownBy(() -> gateway.give(customer, "2.5")).isInstanceOf(IOException.class);
        child.awaitDeath();
        restart();
        assertThat(gateway.balance(customer).available())
                .isEqualTo(BigInteger.valueOf(12_500_000_000L));
        child.dieAt(Step.CREDIT, 1);
        assertThatThrownBy(() -> gateway.give(customer, "-0.5")).isInstanceOf(IOException.class);
        child.awaitDeath();
        restart();
        assertThat(gateway.balance(customer).available())
                .isEqualTo(BigInteger.valueOf(12_000_000_000L));
    }

    @Test
    void i24MoneyUnderAKeyThatNobodyHeardOfIsGivenOnce() throws IOException {
        for (String usd : List.of("2.5", "-0.5")) {
            String body = "{\"user_id\":%d,\"credits\":%s}".formatted(customer.user(), usd);
            String its = key + usd;
            child.dieAt(Step.CREDIT, 1);
            assertThatThrownBy(() -> give(body, its)).isInstanceOf(IOException.class);
            child.awaitDeath();
            restart();
            Response first = give(body, its);
            assertThat(first.status()).isEqualTo(200);
            Response later = give(body, its);
            assertThat(later.header("x-tollgate-replay")).isEqualTo("true");
            assertThat(later.body()).isEqualTo(first.body());
        }
        assertThat(gateway.balance(customer).available())
                .isEqualTo(BigInteger.valueOf(12_000_000_000L));
    }

    private static Response give(String body, String key) throws IOException {
        return RawClient.postJson(gateway.port(), "/admin/add_credits", body, Gateway.ADMIN, key);
    }

    @Test
    void i36TheReconcilerMayDieAtItsWork() throws IOException {
        diesOf(Step.HOLD, 1, Gateway.ask("race", WHOLE));
        Child.startToDie(folder, Step.VOID, 1).awaitDeath();
        restart();
        assertThat(Gateway.kinds(lines())).containsExactly("hold", "void");
        fake.on("race", Script.text("one two", " three four").before(" three", Script.End.PAUSE));
        diesOf(Step.MARK, 1, Gateway.ask("race", STREAM));
        Child.startToDie(folder, Step.POST, 1).awaitDeath();
        restart();
        Audit audit = gateway.rest();
        assertThat(
                        audit.lines().stream()
                                .filter(line -> line.kind().equals("post"))
                                .map(LedgerLine::holdId))
                .doesNotHaveDuplicates();
        assertThat(Gateway.kinds(lines()))
                .containsExactly("hold", "void", "hold", "post", "release");
    }
}
