package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Ending;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.SseEvent;

/// Callers of a gateway that will be killed, and what they were told. Careful ones put a key on all
/// they ask and keep what got no answer; the others ask for everything, and some of them leave.
final class MixedLoad {
    private static final int CAREFUL = 4;
    private static final int CARELESS = 4;
    private static final BigInteger FIRST_MONEY = BigInteger.valueOf(1_000_000_000_000L);
    private static final int CUT_BYTES_MAX = 1_000;
    private static final int GRANT_NANOS_MAX = 1_000_000;

    private static final String WHOLE = Gateway.ask("race", ",\"max_tokens\":100");
    private static final String STREAM = Gateway.ask("race", ",\"stream\":true,\"max_tokens\":100");
    private static final String OPEN = Gateway.ask("race", ",\"stream\":true");
    private static final AtomicInteger KEYS = new AtomicInteger();

    /// A whole answer, and what it cost.
    record Paid(String requestId, BigInteger nanos) {}

    /// A POST that must have one effect.
    private record Asked(String path, String body, String bearer, String key) {}

    /// A customer whose every request has a key.
    final class Careful {
        private final Customer customer;
        private final Queue<Asked> unanswered = new ConcurrentLinkedQueue<>();
        private int calls;
        private BigInteger given = FIRST_MONEY;

        Careful(Customer customer) {
            this.customer = customer;
        }

        Customer customer() {
            return customer;
        }

        /// Different calls that were made so far.
        int calls() {
            return calls;
        }

        /// What was given so far, in nano-dollars.
        BigInteger given() {
            return given;
        }

        private void act(Random random) throws IOException {
            int choice = random.nextInt(8);
            if (choice == 0) {
                long nanos = 1L + random.nextInt(GRANT_NANOS_MAX);
                given = given.add(BigInteger.valueOf(nanos));
                ask(
                        "/admin/add_credits",
                        "{\"user_id\":%d,\"credits\":%s}"
                                .formatted(customer.user(), Gateway.usd(nanos)),
                        Gateway.ADMIN);
            } else {
                calls++;
                ask(Gateway.CHAT, choice < 5 ? WHOLE : STREAM, customer.bearer());
            }
        }

        private void ask(String path, String body, String bearer) throws IOException {
            var asked = new Asked(path, body, bearer, "mixed-" + KEYS.incrementAndGet());
            unanswered.add(asked);
            if (send(asked)) {
                unanswered.remove(asked);
            }
        }

        /// Asks again for all that got no answer: an answer, or what it was charged.
        private void repeat() throws IOException {
            for (Asked asked = unanswered.peek(); asked != null; asked = unanswered.peek()) {
                Asked again = asked;
                Waiting.until("an answer to " + asked, () -> send(again));
                unanswered.remove();
            }
        }
    }

    private final Gateway gateway;
    private final List<Careful> careful = new ArrayList<>();
    private final List<Customer> careless = new ArrayList<>();
    private final Queue<Paid> paid = new ConcurrentLinkedQueue<>();
    private final Queue<Customer> keysMade = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private CountDownLatch running = new CountDownLatch(0);
    private volatile boolean cut;

    MixedLoad(Gateway gateway) throws IOException {
        this.gateway = gateway;
        for (int i = 0; i < CAREFUL; i++) {
            careful.add(new Careful(gateway.customer(FIRST_MONEY.longValueExact())));
        }
        for (int i = 0; i < CARELESS; i++) {
            careless.add(gateway.customer(FIRST_MONEY.longValueExact()));
        }
    }

    List<Careful> carefulCustomers() {
        return careful;
    }

    /// Answers with their costs since the last time.
    List<Paid> paid() {
        return drained(paid);
    }

    /// Keys that were made since the last time.
    List<Customer> keysMade() {
        return drained(keysMade);
    }

    private static <T> List<T> drained(Queue<T> queue) {
        var all = new ArrayList<T>();
        for (T each = queue.poll(); each != null; each = queue.poll()) {
            all.add(each);
        }
        return all;
    }

    // ---------------------------------------------------------------- the load

    /// A caller's next request.
    @FunctionalInterface
    private interface Act {
        void next(Random random) throws IOException;
    }

    void start(Random random) {
        cut = false;
        running = new CountDownLatch(CAREFUL + CARELESS);
        careful.forEach(each -> start(each::act, new Random(random.nextLong())));
        careless.forEach(each -> start(its -> act(each, its), new Random(random.nextLong())));
    }

    private void start(Act act, Random random) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        while (!cut) {
                            act.next(random);
                        }
                    } catch (IOException e) {
                        if (!cut) {
                            wrong.add(e);
                        }
                    } catch (RuntimeException | AssertionError e) {
                        wrong.add(e);
                    } finally {
                        running.countDown();
                    }
                });
    }

    /// From now on connections may break.
    void willBeCut() {
        cut = true;
    }

    void awaitEnd() throws InterruptedException {
        assertThat(running.await(30, TimeUnit.SECONDS)).as("all callers have ended").isTrue();
        assertThat(wrong).isEmpty();
    }

    /// The careful ones ask again for what got no answer.
    void repeat() throws IOException {
        for (Careful each : careful) {
            each.repeat();
        }
    }

    private void act(Customer customer, Random random) throws IOException {
        switch (random.nextInt(8)) {
            case 0, 1 -> note(gateway.chat(customer, WHOLE));
            case 2, 3 -> note(gateway.chat(customer, STREAM));
            case 4 -> note(gateway.chat(customer, OPEN));
            case 5 -> keysMade.add(gateway.key(customer, ""));
            default -> leave(customer, random);
        }
    }

    private void leave(Customer customer, Random random) throws IOException {
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, STREAM, customer.bearer());
            client.hangUpAfter(random.nextInt(CUT_BYTES_MAX), Leaving.RESET);
        }
    }

    // ---------------------------------------------------------------- answers

    /// Whether there is an answer now: what is running still, or cannot be taken now, has none.
    private boolean send(Asked asked) throws IOException {
        Response answer =
                RawClient.postJson(
                        gateway.port(),
                        asked.path(),
                        asked.body(),
                        asked.bearer(),
                        "Idempotency-Key: " + asked.key());
        if (answer.status() == 409 && answer.header("retry-after") == null) {
            assertThat(answer.text()).contains("was charged");
            return true;
        }
        if (answer.status() == 409) {
            return false;
        }
        if (asked.path().equals(Gateway.CHAT)) {
            return note(answer);
        }
        assertThat(answer.status()).as(answer.toString()).isIn(200, 503);
        return answer.status() == 200 && isWhole(answer);
    }

    private static boolean isWhole(Response answer) throws IOException {
        if (answer.ending() == Ending.CUT) {
            throw new IOException("cut: " + answer);
        }
        return true;
    }

    /// Notes what a whole answer cost, unless that was told before; false when there is none.
    private boolean note(Response answer) throws IOException {
        isWhole(answer);
        if (answer.status() == 503) {
            assertThat(answer.header("retry-after")).isNotNull();
            return false;
        }
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        String cost = answer.header("x-tollgate-cost");
        if (answer.header("x-tollgate-replay") == null) {
            paid.add(
                    new Paid(
                            String.valueOf(answer.header("x-request-id")),
                            new BigDecimal(cost == null ? comment(answer) : cost)
                                    .movePointRight(9)
                                    .toBigIntegerExact()));
        }
        return true;
    }

    /// The cost that stands before the end of a stream.
    private static @Nullable String comment(Response answer) {
        List<SseEvent> events = answer.events();
        assertThat(events.getLast().isDone()).as(answer.toString()).isTrue();
        String comment = events.get(events.size() - 2).comments().getFirst();
        return comment.substring(comment.indexOf(' ') + 1);
    }
}
