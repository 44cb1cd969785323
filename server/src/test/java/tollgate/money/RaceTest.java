package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tollgate.kit.Audit;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;

/// Requests that race for the last credit, and readers that watch them (I-11, I-14 to I-17, I-19).
///
/// A race never waits for the disk: whoever is answered with 503 although it kept up fails it.
class RaceTest {
    private static final String BODY = Gateway.ask("race", ",\"max_tokens\":100");

    /// Holds are refused when the oldest unsynced write is 250 ms old, which takes two syncs.
    private static final Duration LATE = Duration.ofMillis(100);

    /// Sends all at once, waits until each is refused or with the provider, then lets those go on.
    private static List<Response> race(Running running, List<Customer> customers, int admitted)
            throws Exception {
        running.fake.reset();
        running.fake.on("race", Script.text("late", " word").usage(20, 2).held());
        int count = customers.size();
        var start = new CyclicBarrier(count);
        var answers = new ConcurrentLinkedQueue<Response>();
        var problems = new ConcurrentLinkedQueue<Throwable>();
        var ended = new CountDownLatch(count);
        try (var disk = DiskProbe.start(running.folder)) {
            for (Customer customer : customers) {
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                start.await();
                                answers.add(settled(running.gateway, customer, disk));
                            } catch (Exception | AssertionError e) {
                                problems.add(e);
                            } finally {
                                ended.countDown();
                            }
                        });
            }
            Waiting.until(
                    "%d refused and %d running".formatted(count - admitted, admitted),
                    Duration.ofSeconds(30),
                    () ->
                            !problems.isEmpty()
                                    || answers.size() > count - admitted
                                    || running.fake.requests().size() > admitted
                                    || (answers.size() == count - admitted
                                            && running.fake.requests().size() >= admitted));
            running.fake.release();
            ended.await();
        }
        assertThat(problems).isEmpty();
        return List.copyOf(answers);
    }

    /// An answer that is not the 503 of a disk that cannot keep up: that one is asked again, and
    /// believed only if the disk was late for us too.
    private static Response settled(Gateway gateway, Customer customer, DiskProbe disk)
            throws IOException {
        for (int tries = 0; ; tries++) {
            try (RawClient client = gateway.connect()) {
                client.readTimeout(Duration.ofSeconds(40));
                client.post(Gateway.CHAT, BODY, customer.bearer());
                Response answer = client.response();
                if (answer.status() != 503 || tries == 20) {
                    return answer;
                }
                assertThat(answer.header("retry-after")).isEqualTo("1");
                assertThat(disk.longest()).as(answer.text()).isGreaterThan(LATE);
            }
        }
    }

    private static List<Customer> times(Customer customer, int count) {
        List<Customer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(customer);
        }
        return all;
    }

    private static void exactly(int eventLoops, int requests, int payable) throws Exception {
        try (var running = Running.usual(eventLoops)) {
            Gateway gateway = running.gateway;
            long hold = Gateway.worst(gateway.price("race"), BODY, 100).longValueExact();
            for (int round = 0;
                    round < Counts.of(requests > 500 ? 1 : 2, requests > 500 ? 20 : 100);
                    round++) {
                long balance = payable * hold + (round % 2 == 0 ? hold - 1 : 0);
                Customer customer = gateway.customer(balance);
                List<Response> answers = race(running, times(customer, requests), payable);
                assertThat(answers.stream().filter(answer -> answer.status() == 200).count())
                        .isEqualTo(payable);
                assertThat(answers.stream().filter(answer -> answer.status() != 200))
                        .allMatch(answer -> answer.status() == 402)
                        .hasSize(requests - payable);
                assertThat(running.fake.requests()).hasSize(payable);
                BigInteger charge =
                        gateway.price("race")
                                .charge(Usage.of(20, 2))
                                .multiply(BigInteger.valueOf(payable));
                Audit audit = gateway.rest();
                assertThat(audit.available(customer.account()))
                        .isEqualTo(BigInteger.valueOf(balance).subtract(charge));
            }
        }
    }

    @Test
    void i11ExactlyFloorOfBalanceOverHoldIsAdmittedOf64OnOneLoop() throws Exception {
        exactly(1, 64, 20);
    }

    @Test
    void i11ExactlyFloorOfBalanceOverHoldIsAdmittedOf64OnTwoLoops() throws Exception {
        exactly(2, 64, 1);
    }

    @Test
    void i11ExactlyFloorOfBalanceOverHoldIsAdmittedOf500() throws Exception {
        exactly(2, 500, 137);
    }

    @Test
    void i11ExactlyFloorOfBalanceOverHoldIsAdmittedOf2000() throws Exception {
        exactly(2, 2_000, 333);
    }

    @Test
    void i16RichAccountsAndTheOperatorsKeysTakeTheSamePath() throws Exception {
        try (var running = Running.usual(2)) {
            Gateway gateway = running.gateway;
            long hold = Gateway.worst(gateway.price("race"), BODY, 100).longValueExact();
            Customer rich = gateway.customer(1_000_000 * hold);
            Customer capped =
                    gateway.key(
                            rich,
                            ",\"budget\":{\"limit\":%s,\"period\":\"total\"}"
                                    .formatted(Gateway.usd(10 * hold)));
            List<Response> answers = race(running, times(capped, 64), 10);
            assertThat(answers.stream().filter(answer -> answer.status() == 200).count())
                    .isEqualTo(10);
            var operator = new Customer("", 0, Gateway.ADMIN_KEY);
            Response broke = gateway.chat(operator, BODY);
            assertThat(broke.status()).as("the operator's account has no money").isEqualTo(402);
        }
    }

    @Test
    void i17NestedLimitsHoldTogether() throws Exception {
        try (var running = Running.usual(2)) {
            Gateway gateway = running.gateway;
            long hold = Gateway.worst(gateway.price("race"), BODY, 100).longValueExact();
            Customer owner = gateway.customer(15 * hold);
            Customer eight = key(gateway, owner, 8 * hold, "day");
            Customer twelve = key(gateway, owner, 12 * hold + 1, "month");
            List<Customer> both = times(eight, 40);
            both.addAll(times(twelve, 40));
            List<Response> answers = race(running, both, 15);
            assertThat(answers.stream().filter(answer -> answer.status() == 200).count())
                    .isEqualTo(15);
            assertThat(running.fake.requests()).hasSize(15);
            gateway.rest();
            // whatever was refused at one level is not held at another: all of it can be spent
            long spent = gateway.price("race").charge(Usage.of(20, 2)).longValueExact();
            long rest = 15 * hold - 15 * spent;
            Customer free = gateway.key(owner, "");
            race(running, times(free, 30), Math.toIntExact(rest / hold));
        }
    }

    @Test
    void i17ABudgetIsSpentByItsOwnKeyAlone() throws Exception {
        try (var running = Running.usual(1)) {
            Gateway gateway = running.gateway;
            long hold = Gateway.worst(gateway.price("race"), BODY, 100).longValueExact();
            long spent = gateway.price("race").charge(Usage.of(20, 2)).longValueExact();
            Customer owner = gateway.customer(1_000 * hold);
            for (String period : List.of("day", "month", "total")) {
                Customer capped = key(gateway, owner, 3 * hold, period);
                Customer other = key(gateway, owner, 3 * hold, period);
                race(running, times(capped, 9), 3);
                gateway.rest();
                race(running, times(capped, 9), Math.toIntExact((3 * hold - 3 * spent) / hold));
                race(running, times(other, 9), 3);
                Response refused = gateway.chat(key(gateway, owner, hold - 1, period), BODY);
                assertThat(refused.status()).isEqualTo(402);
                assertThat(gateway.lines(refused)).isEmpty();
            }
        }
    }

    private static Customer key(Gateway gateway, Customer owner, long nanos, String period)
            throws IOException {
        return gateway.key(
                owner,
                ",\"budget\":{\"limit\":%s,\"period\":\"%s\"}"
                        .formatted(Gateway.usd(nanos), period));
    }

    @Test
    void i15ReadersSeeTheChargeAndItsReleaseAsOne() throws Exception {
        try (var running = Running.usual(1)) {
            Gateway gateway = running.gateway;
            // Each call holds another amount than the one before it: see below.
            List<String> bodies = List.of(BODY, Gateway.ask("race", ",\"max_tokens\":200"));
            List<BigInteger> holds =
                    List.of(
                            Gateway.worst(gateway.price("race"), BODY, 100),
                            Gateway.worst(gateway.price("race"), BODY, 200));
            BigInteger charge = gateway.price("race").charge(Usage.of(20, 2));
            running.fake.on("race", Script.text("a").usage(20, 2));
            Customer customer = gateway.customer("5");
            var over = new AtomicBoolean();
            var impossible = new ConcurrentLinkedQueue<String>();
            var readings = new AtomicInteger();
            BigInteger[] start = {gateway.balance(customer).available()};
            Thread reader =
                    Thread.ofVirtual()
                            .start(() -> {
                                while (!over.get()) {
                                    try {
                                        var seen = gateway.balance(customer);
                                        readings.incrementAndGet();
                                        BigInteger gone = start[0].subtract(seen.whole());
                                        BigInteger[] posts = gone.divideAndRemainder(charge);
                                        // A charge beside its own hold would be the next one's.
                                        BigInteger hold = holds.get(posts[0].intValue() % 2);
                                        boolean held =
                                                seen.held().signum() == 0
                                                        || seen.held().equals(hold);
                                        if (posts[1].signum() != 0 || !held) {
                                            impossible.add(seen.toString());
                                        }
                                    } catch (IOException e) {
                                        impossible.add(e.toString());
                                    }
                                }
                            });
            for (int i = 0; i < Counts.of(150, 5_000); i++) {
                assertThat(gateway.chat(customer, bodies.get(i % 2)).status()).isEqualTo(200);
            }
            over.set(true);
            reader.join();
            assertThat(impossible).isEmpty();
            assertThat(readings.get()).isPositive();
        }
    }

    @Test
    void i14i19EachHoldIsResolvedOnceWhoeverEndsIt() throws Exception {
        try (var running = Running.usual(2)) {
            Gateway gateway = running.gateway;
            Customer customer = gateway.customer("1000");
            Script stream = Script.text("one", " two", " three").usage(9, 3);
            running.fake.on("race", stream);
            String body = Gateway.ask("race", ",\"stream\":true,\"max_tokens\":100");
            int rounds = Counts.of(300, 10_000);
            var left = new CountDownLatch(8);
            var next = new AtomicInteger();
            for (int i = 0; i < 8; i++) {
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int n = next.getAndIncrement();
                                        n < rounds;
                                        n = next.getAndIncrement()) {
                                    leaveAround(gateway, customer, body, n);
                                }
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            } finally {
                                left.countDown();
                            }
                        });
            }
            left.await();
            Audit audit = gateway.rest();
            for (LedgerLine hold : audit.lines()) {
                if (hold.kind().equals("hold")) {
                    long ends =
                            audit.lines().stream()
                                    .filter(line -> Objects.equals(hold.holdId(), line.holdId()))
                                    .filter(line ->
                                            line.kind().equals("post")
                                                    || line.kind().equals("void"))
                                    .count();
                    assertThat(ends).as(hold.toString()).isEqualTo(1);
                }
            }
            assertThat(audit.lines())
                    .extracting(LedgerLine::kind)
                    .contains("post", "void"); // else nothing raced
            Gateway.Balance rest = gateway.balance(customer);
            assertThat(rest.held()).isZero();
            assertThat(rest.available()).isEqualTo(audit.available(customer.account()));
        }
    }

    /// Leaves somewhere between the head and a little after the end.
    private static void leaveAround(Gateway gateway, Customer customer, String body, int n)
            throws IOException {
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body, customer.bearer());
            client.hangUpAfter(
                    n % 40 == 0 ? 0 : n * 37 % 1_200,
                    n % 2 == 0 ? RawClient.Leaving.FIN : RawClient.Leaving.RESET);
        }
    }
}
