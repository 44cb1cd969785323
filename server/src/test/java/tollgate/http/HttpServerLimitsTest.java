package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;

/// I-85: each limit at its number and one past it; a hundred times past it is in
/// `framing/cases.txt`.
class HttpServerLimitsTest {
    private static final int LINE = 64;
    private static final int HEAD = 256;
    private static final int FIELDS = 4;
    private static final long BUFFERED = 100_000;
    private static final Duration LONG = Duration.ofMinutes(1);

    private static TestServer start() {
        return TestServer.start(
                TestServer.settings()
                        .with(new HttpServerSettings.Limits(LINE, HEAD, FIELDS, BUFFERED, 100)));
    }

    @Test
    void i85RequestLine() {
        try (TestServer server = start()) {
            String rest = " HTTP/1.1\r\nHost: x\r\n\r\n";
            int path = LINE - "GET ".length() - " HTTP/1.1".length();
            assertThat(server.ask("GET /" + "a".repeat(path - 1) + rest)).contains(" 200 ");
            assertThat(server.ask("GET /" + "a".repeat(path) + rest)).contains(" 414 ");
        }
    }

    @Test
    void i85Head() {
        try (TestServer server = start()) {
            String begin = "GET /a HTTP/1.1\r\nHost: x\r\nX-A: ";
            int value = HEAD - begin.length();
            assertThat(server.ask(begin + "a".repeat(value) + "\r\n\r\n")).contains(" 200 ");
            assertThat(server.ask(begin + "a".repeat(value + 1) + "\r\n\r\n")).contains(" 431 ");
        }
    }

    @Test
    void i85Fields() {
        try (TestServer server = start()) {
            String begin = "GET /a HTTP/1.1\r\nHost: x\r\n";
            assertThat(server.ask(begin + "A: b\r\n".repeat(FIELDS - 1) + "\r\n"))
                    .contains(" 200 ");
            assertThat(server.ask(begin + "A: b\r\n".repeat(FIELDS) + "\r\n")).contains(" 431 ");
        }
    }

    @Test
    void i85Body() {
        try (TestServer server = start()) {
            server.front.bodyBytesMax = 10;
            assertThat(server.ask(sized(10))).contains(" 200 ");
            assertThat(server.ask(sized(11))).contains(" 413 ");
            assertThat(server.ask(chunked(10))).contains(" 200 ");
            assertThat(server.ask(chunked(11))).contains(" 413 ");
            assertThat(server.front.faults)
                    .containsExactly(new Fault.BodyTooLarge(10), new Fault.BodyTooLarge(10));
        }
    }

    @Test
    void i85TooLargeABodyIsRefusedBeforeItIsSent() {
        try (TestServer server = start()) {
            server.front.bodyBytesMax = 10;
            String head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n";
            assertThat(server.ask(head + "Expect: 100-continue\r\n\r\n")).contains(" 413 ");
        }
    }

    @Test
    void i85RefusalIsReadByACallerWhoIsStillSending() {
        try (TestServer server = start();
                RawSocket caller = server.connect()) {
            server.front.bodyBytesMax = 10;
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n");
            caller.send(new byte[200_000]);
            assertThat(caller.readAll()).contains(" 413 ").endsWith("no");
        }
    }

    @Test
    void i85CallerWhoNeverStopsSendingIsClosed() {
        HttpServerSettings settings = TestServer.settings().with(TestServer.patient());
        try (TestServer server = TestServer.start(settings);
                RawSocket caller = server.connect()) {
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n");
            Thread sending =
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            caller.send(new byte[10_000]);
                        }
                    });
            assertThat(caller.answer()).contains(" 413 ");
            Await.until("the close", () -> server.server.connections() == 0);
            Await.until("the sender's end", () -> !sending.isAlive());
        }
    }

    /// A server that waits a minute for a refused caller to close.
    private static TestServer lingering() {
        return TestServer.start(
                TestServer.settings()
                        .with(new HttpServerSettings.Deadlines(LONG, LONG, LONG, LONG, LONG)));
    }

    @Test
    void refusedCallerSeesTheEndAtOnce() {
        try (TestServer server = lingering();
                RawSocket caller = server.connect()) {
            assertThat(caller.send("GARBAGE\r\n\r\n").readAll()).endsWith("no");
            assertThat(server.server.connections()).isEqualTo(1);
        }
    }

    @Test
    void i85LittleIsReadAfterARefusal() {
        try (TestServer server = lingering();
                RawSocket caller = server.connect()) {
            AtomicLong sent = new AtomicLong();
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n");
            Thread.startVirtualThread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    caller.send(new byte[10_000]);
                    sent.addAndGet(10_000);
                }
            });
            assertThat(caller.answer()).contains(" 413 ");
            // 256 KiB are read, the rest lies in the kernel's buffers.
            assertThat(Await.standstill(sent)).isLessThan(50_000_000);
        }
    }

    @Test
    void i86AllBodiesTogetherAreBounded() {
        try (TestServer server = start()) {
            server.front.bodyBytesMax = 50_000;
            List<Exchange> held = new ArrayList<>();
            server.front.handler = held::add;
            try (RawSocket one = server.connect();
                    RawSocket two = server.connect()) {
                one.send(sized(50_000));
                two.send(sized(50_000));
                Await.until("both bodies", () -> server.server.bufferedBytes() == BUFFERED);
                assertThat(server.ask(sized(1))).contains(" 503 ");
                assertThat(server.front.faults)
                        .hasExactlyElementsOfTypes(Fault.Unavailable.class)
                        .first()
                        .extracting("retryAfter")
                        .isEqualTo(Duration.ofSeconds(1));
                Await.until("both requests", () -> held.size() == 2);
                held.getFirst().answer(200, Headers.NONE, Buffer.buffer());
                assertThat(one.answer()).contains(" 200 ");
            }
            Await.until("the memory", () -> server.server.bufferedBytes() == 0);
            server.front.handler = exchange -> exchange.answer(200, Headers.NONE, Buffer.buffer());
            assertThat(server.ask(sized(50_000))).contains(" 200 ");
        }
    }

    @Test
    void i86AnnouncedBodyTakesMemoryOnlyAsItComes() {
        try (TestServer server = start();
                RawSocket caller = server.connect()) {
            server.front.bodyBytesMax = 10_000_000;
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nabc");
            Await.until("the first bytes", () -> server.server.bufferedBytes() > 0);
            assertThat(server.server.bufferedBytes()).isLessThan(10_000);
        }
    }

    @Test
    void freedBodyGivesItsMemoryBackBeforeTheAnswer() {
        try (TestServer server = start();
                RawSocket caller = server.connect()) {
            server.front.handler = Exchange::freeBody;
            caller.send(sized(500));
            Await.until("the request", () -> server.front.handled.size() == 1);
            Await.until("the memory", () -> server.server.bufferedBytes() == 0);
        }
    }

    private static String sized(int bytes) {
        return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n".formatted(bytes)
                + "a".repeat(bytes);
    }

    private static String chunked(int bytes) {
        return "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\na\r\n".repeat(bytes)
                + "0\r\n\r\n";
    }
}
