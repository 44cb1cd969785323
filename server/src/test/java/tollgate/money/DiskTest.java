package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;

/// S14, I-38, I-39: a disk that takes nothing. The process is forbidden to write into files at all
/// (`RLIMIT_FSIZE`), and allowed again.
class DiskTest {
    private static final String WHOLE = Gateway.ask("race", ",\"max_tokens\":100");
    private static final String STREAM = Gateway.ask("race", ",\"stream\":true,\"max_tokens\":100");

    private FakeUpstream fake;
    private Path folder;
    private Child child;
    private Gateway gateway;
    private Customer customer;

    @BeforeEach
    void open() throws IOException {
        fake = FakeUpstream.start();
        folder = Files.createTempDirectory("tollgate-disk");
        Shop shop = Shop.usual(fake.baseUrl());
        Child.configure(folder, shop);
        child = Child.start(folder);
        gateway = new Gateway(child.port(), shop.prices);
        customer = gateway.customer("10");
    }

    @AfterEach
    void close() throws IOException {
        try {
            writing("unlimited");
            gateway.rest();
        } finally {
            child.close();
            fake.close();
            Running.delete(folder);
        }
    }

    private void writing(String bytes) throws IOException {
        try {
            Process limit =
                    new ProcessBuilder(
                                    "prlimit",
                                    "--pid",
                                    Long.toString(child.pid()),
                                    "--fsize=" + bytes + ":")
                            .inheritIO()
                            .start();
            assertThat(limit.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void spent(BigInteger nanos) throws IOException {
        Waiting.until("no hold", () -> gateway.balance(customer).held().signum() == 0);
        assertThat(
                        BigInteger.valueOf(10_000_000_000L)
                                .subtract(gateway.balance(customer).available()))
                .isEqualTo(nanos);
    }

    @Test
    void s14AWholeAnswerWhosePostCannotBeWrittenIs503AndCostsNothing() throws IOException {
        fake.on("race", Script.text("never shown").usage(20, 5).held());
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, WHOLE, customer.bearer());
            fake.awaitRequests(1);
            writing("1");
            fake.release();
            Response answer = client.response();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isNotNull();
            assertThat(answer.text()).doesNotContain("never shown");
        }
        writing("unlimited");
        spent(BigInteger.ZERO);
    }

    @Test
    void s14AStreamWhosePostCannotBeWrittenEndsAsIfCut() throws IOException {
        fake.on("race", Script.text("one", " two").usage(20, 5).before(" two", End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, STREAM, customer.bearer());
            client.head();
            String begun = client.readUntil("one");
            writing("1");
            fake.release();
            List<SseEvent> events =
                    SseEvent.parse(tollgate.kit.KitJson.utf8(begun + client.rest()));
            assertThat(events).noneMatch(SseEvent::isDone);
            assertThat(events.getLast().name()).isEqualTo("error");
        }
        writing("unlimited");
        spent(gateway.price("race").charge(Usage.of(20, 5)));
    }

    @Test
    void anExtensionThatCannotBeWrittenWaitsForTheDisk() throws IOException {
        String[] words = new String[1_500];
        Arrays.fill(words, " cat");
        words[600] = " sun";
        fake.on("race", Script.text(words).usage(20, 1_500).before(" sun", End.PAUSE));
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, Gateway.ask("race", ",\"stream\":true"), customer.bearer());
            client.head();
            String begun = client.readUntilCount(" cat", 600);
            writing("1");
            fake.release();
            Waiting.until(
                    "a failed write",
                    () -> child.log().stream().anyMatch(line -> line.contains("JournalFailed")));
            writing("unlimited");
            List<SseEvent> events =
                    SseEvent.parse(tollgate.kit.KitJson.utf8(begun + client.rest()));
            assertThat(events.getLast().isDone()).isTrue();
            assertThat(HoldTest.text(events)).isEqualTo(String.join("", words));
        }
        spent(gateway.price("race").charge(Usage.of(20, 1_500)));
        assertThat(child.log()).noneMatch(line -> line.contains("OwnError"));
    }

    @Test
    void i39NewCallsAre503UntilTheDiskTakesThemAgain() throws IOException {
        fake.on("race", Script.text("fine").usage(20, 5));
        writing("1");
        for (int i = 0; i < 5; i++) {
            Response answer = gateway.chat(customer, WHOLE);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isNotNull();
        }
        assertThat(fake.requests()).isEmpty();
        writing("unlimited");
        Waiting.until(
                "service again",
                Duration.ofSeconds(10),
                () -> gateway.chat(customer, WHOLE).status() == 200);
        spent(gateway.price("race").charge(Usage.of(20, 5)));
        child.kill();
        child = Child.start(folder);
        gateway.movedTo(child.port());
        spent(gateway.price("race").charge(Usage.of(20, 5)));
    }

    @Test
    void i38AKeyStaysAKeyWhenNothingCanBeWritten() throws IOException {
        String key = "{\"key_name\":\"another\"}";
        String money = "{\"user_id\":%d,\"credits\":1}".formatted(customer.user());
        writing("1");
        for (int i = 0; i < 3; i++) {
            comeAgain(gateway.chat(customer, WHOLE));
            comeAgain(gateway.chat(customer, STREAM, "Idempotency-Key: k"));
            comeAgain(gateway.post("/user/api-keys", customer, key));
            comeAgain(RawClient.postJson(child.port(), "/admin/add_credits", money, Gateway.ADMIN));
            comeAgain(
                    RawClient.postJson(
                            child.port(),
                            "/admin/add_credits",
                            money,
                            Gateway.ADMIN,
                            "Idempotency-Key: k"));
        }
        assertThat(RawClient.postJson(child.port(), Gateway.CHAT, WHOLE, "X-API-Key: no").status())
                .isEqualTo(401);
        assertThat(gateway.balance(customer).available())
                .isEqualTo(BigInteger.valueOf(10_000_000_000L));
        assertThat(fake.requests()).isEmpty();
        writing("unlimited");
        Waiting.until(
                "rows again", () -> gateway.post("/user/api-keys", customer, key).status() == 200);
        Waiting.until("service again", () -> gateway.chat(customer, WHOLE).status() == 200);
    }

    private static void comeAgain(Response answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isNotNull();
    }
}
