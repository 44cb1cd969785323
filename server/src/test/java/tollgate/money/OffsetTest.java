package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.kit.SseEvent;

/// I-25, I-26: S6 to S8 hold wherever in the bytes of a stream it is cut, by the caller or by the
/// provider: the charge is exact at each offset, 0 before any output, never the whole hold.
///
/// In quick counts every event's boundary is tried from three bytes before to three after, and
/// every seventh byte elsewhere.
class OffsetTest {
    private static final int WORKERS = 4;
    private static final int STRIDE = 7;
    private static final int NEAR = 3;
    static final Usage REPORTED = Usage.of(501, 83);
    private static final String[] PIECES = {
        "The",
        " quick",
        " brown",
        " \u72d0 jumps",
        " over",
        " 13",
        " lazy",
        " dogs,",
        " then rests."
    };

    private static Running running;
    private static Gateway gateway;
    private static FakeUpstream fake;
    private static List<byte[]> frames;
    private static List<Customer> customers;

    @BeforeAll
    static void open() throws IOException {
        fake = FakeUpstream.start();
        Shop shop = Shop.usual(fake.baseUrl());
        for (int i = 0; i < WORKERS; i++) {
            shop.model(
                    model(i),
                    "{ input: 0.137, output: 0.731 }",
                    "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                    OraclePrice.usd("0.137", "0.731"));
        }
        running = Running.open(fake, shop, 2);
        gateway = running.gateway;
        customers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            customers.add(gateway.customer("1000"));
        }
        fake.on(model(0), script());
        gateway.chat(customers.getFirst(), body(0));
        frames = script().answer(fake.requests().getFirst()).frames();
        assertThat(length()).isBetween(1_800, 2_600);
    }

    @AfterAll
    static void close() throws IOException {
        running.close();
    }

    private static String model(int worker) {
        return "cut-" + worker;
    }

    static Script script() {
        return Script.text(PIECES).usage(REPORTED.input(), REPORTED.output());
    }

    private static String body(int worker) {
        return Gateway.ask(
                model(worker),
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":200");
    }

    private static int length() {
        return frames.stream().mapToInt(frame -> frame.length).sum();
    }

    /// What has come when so many bytes have: whole events only.
    record Came(int events, int bytes, String text, boolean usage, boolean done) {
        static Came of(List<byte[]> frames, int offset) {
            int end = 0;
            int events = 0;
            int pieces = 0;
            for (byte[] frame : frames) {
                if (end + frame.length > offset) {
                    break;
                }
                end += frame.length;
                events++;
                String text = new String(frame, StandardCharsets.UTF_8);
                pieces +=
                        pieces < PIECES.length && text.contains("\"" + PIECES[pieces] + "\"")
                                ? 1
                                : 0;
            }
            return new Came(
                    events,
                    end,
                    String.join("", List.of(PIECES).subList(0, pieces)),
                    events >= frames.size() - 1,
                    events == frames.size());
        }

        BigInteger charge(int worker) {
            OraclePrice price = gateway.price(model(worker));
            if (usage) {
                return price.charge(REPORTED);
            }
            return text.isEmpty()
                    ? BigInteger.ZERO
                    : price.charge(Usage.of(Tokens.ofRequest(body(worker)), Tokens.of(text)));
        }
    }

    private static boolean isTried(int offset) {
        if (Counts.FULL || offset % STRIDE == 0) {
            return true;
        }
        int boundary = 0;
        for (byte[] frame : frames) {
            boundary += frame.length;
            if (Math.abs(boundary - offset) <= NEAR) {
                return true;
            }
        }
        return false;
    }

    /// One cut at an offset, for one worker's model and account.
    @FunctionalInterface
    private interface Cut {
        void at(int offset, int worker) throws Exception;
    }

    private static int everywhere(Cut cut) throws Exception {
        var next = new AtomicInteger();
        var tried = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int worker = i;
                Callable<Void> work =
                        () -> {
                            for (int n = next.getAndIncrement();
                                    n <= length();
                                    n = next.getAndIncrement()) {
                                if (isTried(n)) {
                                    tried.incrementAndGet();
                                    judged(cut, n, worker);
                                }
                            }
                            return null;
                        };
                all.add(threads.submit(work));
            }
            for (Future<Void> each : all) {
                try {
                    each.get();
                } catch (ExecutionException failed) {
                    next.set(length() + 1);
                    throw new AssertionError(failed.getCause());
                }
            }
        }
        gateway.rest();
        return tried.get();
    }

    private static void judged(Cut cut, int offset, int worker) throws Exception {
        Customer customer = customers.get(worker);
        Gateway.Balance before = gateway.balance(customer);
        try {
            cut.at(offset, worker);
            assertThat(gateway.spent(customer, before))
                    .isEqualTo(Came.of(frames, offset).charge(worker));
        } catch (IOException | AssertionError failed) {
            throw new AssertionError("cut at byte " + offset + " of " + length(), failed);
        }
    }

    @Test
    void i25TheCallerLeavesAtAnyByteInAnOrderlyWay() throws Exception {
        assertThat(everywhere((offset, worker) -> callerLeaves(offset, worker, Leaving.FIN)))
                .isGreaterThan(100);
    }

    @Test
    void i25TheCallerLeavesAtAnyByteByAReset() throws Exception {
        everywhere((offset, worker) -> callerLeaves(offset, worker, Leaving.RESET));
    }

    private static void callerLeaves(int offset, int worker, Leaving leaving) throws IOException {
        Came came = Came.of(frames, offset);
        fake.on(model(worker), script().atBody(offset, End.PAUSE));
        int before = fake.requests(model(worker)).size();
        try (RawClient client = gateway.connect()) {
            client.post(Gateway.CHAT, body(worker), customers.get(worker).bearer());
            Received request = fake.awaitRequests(before + 1, model(worker)).getLast();
            long sent = script().atBody(offset, End.PAUSE).answer(request).wireOffset(offset);
            fake.await("%d bytes sent".formatted(sent), () -> request.sentBytes() >= sent);
            if (came.events() > 0) {
                client.head();
                for (int read = 0; read < came.bytes(); ) {
                    byte[] chunk = client.chunk();
                    if (chunk == null) {
                        break;
                    }
                    read += came.done() ? 0 : chunk.length;
                }
            }
            client.leave(leaving);
            if (!came.done()) {
                fake.awaitPeerClosed(request);
            }
        }
    }

    @Test
    void i25TheProviderEndsAtAnyByte() throws Exception {
        everywhere(OffsetTest::providerEnds);
    }

    private static void providerEnds(int offset, int worker) throws IOException {
        Came came = Came.of(frames, offset);
        fake.on(model(worker), script().atBody(offset, End.FIN));
        Response answer = gateway.chat(customers.get(worker), body(worker));
        if (came.events() == 0) {
            assertThat(answer.status()).isEqualTo(502);
            return;
        }
        List<SseEvent> events = answer.events();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(events.stream().anyMatch(SseEvent::isDone)).isEqualTo(came.usage());
        assertThat("error".equals(events.getLast().name())).isEqualTo(!came.usage());
        assertThat(answer.ending()).isEqualTo(RawClient.Ending.COMPLETE);
    }
}
