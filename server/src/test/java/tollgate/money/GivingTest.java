package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.LedgerLine;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;

/// `Idempotency-Key` where an operator gives and takes money (I-20 to I-24; DESIGN 3): one key, one
/// effect, one answer, for ever.
class GivingTest {
    private static final int RACERS = 64;

    private Running running;
    private Gateway gateway;
    private Customer customer;

    @BeforeEach
    void open() throws IOException {
        running = Running.usual(2);
        gateway = running.gateway;
        customer = gateway.customer(0);
    }

    @AfterEach
    void close() throws IOException {
        running.close();
    }

    private Response give(String usd, String key) throws IOException {
        return post("/admin/add_credits", body(usd), key);
    }

    private Response post(String path, String body, String key) throws IOException {
        return RawClient.postJson(
                gateway.port(), path, body, Gateway.ADMIN, "Idempotency-Key: " + key);
    }

    private String body(String usd) {
        return "{\"user_id\":%d,\"credits\":%s}".formatted(customer.user(), usd);
    }

    private List<LedgerLine> effects() throws IOException {
        String place = "account:" + customer.account();
        return gateway.audit().lines().stream()
                .filter(line -> line.debit().equals(place) || line.credit().equals(place))
                .toList();
    }

    private void has(String usd) throws IOException {
        assertThat(gateway.balance(customer).available())
                .isEqualTo(new java.math.BigDecimal(usd).movePointRight(9).toBigIntegerExact());
    }

    private static void isReplay(Response first, Response later) {
        assertThat(later.status()).as(later.toString()).isEqualTo(200);
        assertThat(later.header("x-tollgate-replay")).isEqualTo("true");
        assertThat(later.body()).isEqualTo(first.body());
        assertThat(later.header("content-type")).isEqualTo(first.header("content-type"));
    }

    @Test
    void i24OneGrantAndOneAnswerBeforeAndAfterRestarts() throws IOException {
        Response first = give("1.5", "k");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("x-tollgate-replay")).isNull();
        assertThat(Gateway.nanos(first.json().path("new_balance")))
                .isEqualTo(BigInteger.valueOf(1_500_000_000L));
        give("2", "another");
        for (int i = 0; i < 3; i++) {
            isReplay(first, give("1.5", "k"));
            running.restart();
            isReplay(first, give("1.5", "k"));
        }
        assertThat(Gateway.kinds(effects())).containsExactly("grant", "grant");
        has("3.5");
    }

    @Test
    void i21AnotherBodyOrPathIs422AndNothingHappens() throws IOException {
        Response first = give("1", "k");
        assertThat(give("2", "k").status()).isEqualTo(422);
        assertThat(give("1.0", "k").status()).isEqualTo(422);
        assertThat(post("/gateway/admin/add_credits", body("1"), "k").status()).isEqualTo(422);
        assertThat(post("/admin/add_credits?a=b", body("1"), "k").status()).isEqualTo(422);
        running.restart();
        assertThat(give("2", "k").status()).isEqualTo(422);
        isReplay(first, give("1", "k"));
        assertThat(effects()).hasSize(1);
    }

    @Test
    void i20OfManyAtOnceOneIsBooked() throws Exception {
        for (String usd : List.of("5", "-0.25")) {
            Gateway.Balance before = gateway.balance(customer);
            int effects = effects().size();
            List<Response> answers = race(usd);
            List<Response> first =
                    answers.stream()
                            .filter(answer ->
                                    answer.status() == 200
                                            && answer.header("x-tollgate-replay") == null)
                            .toList();
            assertThat(first).hasSize(1);
            for (Response answer : answers) {
                if (answer.status() == 409) {
                    assertThat(answer.header("retry-after")).isEqualTo("1");
                } else if (answer.header("x-tollgate-replay") != null) {
                    isReplay(first.getFirst(), answer);
                }
            }
            isReplay(first.getFirst(), give(usd, "race" + usd));
            assertThat(effects()).hasSize(effects + 1);
            assertThat(gateway.balance(customer).available().subtract(before.available()))
                    .isEqualTo(new java.math.BigDecimal(usd).movePointRight(9).toBigIntegerExact());
        }
    }

    private List<Response> race(String usd) throws Exception {
        var start = new CyclicBarrier(RACERS);
        List<Callable<Response>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            racers.add(() -> {
                start.await();
                return give(usd, "race" + usd);
            });
        }
        List<Response> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Response> each : threads.invokeAll(racers)) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    @Test
    void i23ARefusedDebitFreesItsKey() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThat(give("-3", "k").status()).isEqualTo(400);
        }
        running.restart();
        assertThat(give("-3", "k").status()).isEqualTo(400);
        assertThat(effects()).isEmpty();
        gateway.give(customer, "4");
        Response taken = give("-3", "k");
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.header("x-tollgate-replay")).isNull();
        isReplay(taken, give("-3", "k"));
        running.restart();
        isReplay(taken, give("-3", "k"));
        assertThat(Gateway.kinds(effects())).containsExactly("grant", "adjustment");
        has("1");
    }

    @Test
    void aRequestThatIsWrongFreesItsKey() throws IOException {
        assertThat(give("0", "k").status()).isEqualTo(400);
        assertThat(give("1e-10", "k").status()).isEqualTo(400);
        assertThat(give("9200000000", "k").status()).as("more than any account").isEqualTo(400);
        assertThat(post("/admin/add_credits", "{\"user_id\":999999,\"credits\":1}", "k").status())
                .isEqualTo(404);
        assertThat(give("1", "x".repeat(256)).status()).isEqualTo(400);
        assertThat(give("1", " ").status()).isEqualTo(400);
        assertThat(effects()).isEmpty();
        assertThat(give("1", "k").header("x-tollgate-replay")).isNull();
        has("1");
    }

    @Test
    void aKeyOfACallIsNotAKeyOfMoney() throws IOException {
        give("1", "k");
        Response call =
                gateway.chat(
                        customer, Gateway.ask("race", ",\"max_tokens\":9"), "Idempotency-Key: k");
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.header("x-tollgate-replay")).isNull();
    }
}
