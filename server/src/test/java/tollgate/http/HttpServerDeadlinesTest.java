package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;

class HttpServerDeadlinesTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LINGER = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofMillis(400);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    private static TestServer start(HttpServerSettings.Deadlines deadlines) {
        return TestServer.start(TestServer.settings().with(deadlines));
    }

    private static HttpServerSettings.Deadlines head() {
        return new HttpServerSettings.Deadlines(SHORT, LONG, LONG, LONG, LINGER);
    }

    private static HttpServerSettings.Deadlines body() {
        return new HttpServerSettings.Deadlines(LONG, SHORT, LONG, LONG, LINGER);
    }

    private static HttpServerSettings.Deadlines idle() {
        return new HttpServerSettings.Deadlines(LONG, LONG, SHORT, LONG, LINGER);
    }

    private static HttpServerSettings.Deadlines stall() {
        return new HttpServerSettings.Deadlines(LONG, LONG, LONG, SHORT, LINGER);
    }

    @Test
    void headThatDoesNotEndIsRefused() {
        try (TestServer server = start(head());
                RawSocket caller = server.connect()) {
            assertThat(caller.send("GET /a HTTP/1.1\r\n").readAll()).startsWith("HTTP/1.1 408");
            assertThat(server.front.faults)
                    .containsExactly(new Fault.BadFraming(408, "the request's head took too long"));
        }
    }

    @Test
    void trickledHeadGainsNoTime() {
        try (TestServer server = start(head());
                RawSocket caller = server.connect()) {
            caller.send("GET /a HTTP/1.1\r\n");
            trickle(caller, "x");
            assertThat(caller.readAll()).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void bodyThatDoesNotEndIsRefused() {
        try (TestServer server = start(body());
                RawSocket caller = server.connect()) {
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
            assertThat(caller.readAll()).startsWith("HTTP/1.1 408");
            assertThat(server.front.handled).isEmpty();
        }
    }

    @Test
    void trickledBodyGainsNoTime() {
        try (TestServer server = start(body());
                RawSocket caller = server.connect()) {
            caller.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
            trickle(caller, "x");
            assertThat(caller.readAll()).startsWith("HTTP/1.1 408");
        }
    }

    /// Sends a byte every few milliseconds until something comes back.
    private static void trickle(RawSocket caller, String text) {
        Thread.startVirtualThread(() -> {
            for (int i = 0; i < 200; i++) {
                caller.send(text);
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        });
    }

    @Test
    void silentConnectionIsClosedWithoutAWord() {
        try (TestServer server = start(idle());
                RawSocket caller = server.connect()) {
            assertThat(caller.readAll()).isEmpty();
        }
    }

    @Test
    void keptConnectionIsClosedOnceItIsIdle() {
        try (TestServer server = start(idle());
                RawSocket caller = server.connect()) {
            assertThat(caller.send(GET).answer()).endsWith("ok");
            assertThat(caller.readAll()).isEmpty();
        }
    }

    @Test
    void busyConnectionIsNotIdle() {
        try (TestServer server = start(idle());
                RawSocket caller = server.connect()) {
            long end = System.nanoTime() + 3 * SHORT.toNanos();
            while (System.nanoTime() < end) {
                assertThat(caller.send(GET).answer()).endsWith("ok");
                LockSupport.parkNanos(SHORT.toNanos() / 10);
            }
        }
    }

    @Test
    void noDeadlineRunsWhileTheAnswerIsAwaited() {
        HttpServerSettings.Deadlines all =
                new HttpServerSettings.Deadlines(SHORT, SHORT, SHORT, SHORT, LINGER);
        try (TestServer server = start(all);
                RawSocket caller = server.connect()) {
            server.front.handler =
                    exchange ->
                            server.loops.runAfter(
                                    0,
                                    QUIET,
                                    () -> exchange.answer(200, Headers.NONE, Buffer.buffer("ok")));
            assertThat(caller.send(GET).answer()).endsWith("ok");
        }
    }

    @Test
    void callerWhoTakesNothingIsCutOff() {
        try (TestServer server = start(stall());
                RawSocket caller = RawSocket.to(server.server.port(), 4_096)) {
            AtomicBoolean gone = new AtomicBoolean();
            AtomicReference<Stream> stream = new AtomicReference<>();
            server.front.handler =
                    exchange -> {
                        exchange.onGone(() -> gone.set(true));
                        stream.set(exchange.begin(200, Headers.NONE));
                        stream.get().write(Buffer.buffer(new byte[8 << 20]));
                    };
            caller.send(GET);
            Await.until("the cut", gone::get);
        }
    }

    @Test
    void wholeAnswerThatIsNotTakenIsCutOffToo() {
        try (TestServer server = start(stall());
                RawSocket caller = RawSocket.to(server.server.port(), 4_096)) {
            AtomicBoolean gone = new AtomicBoolean();
            server.front.handler =
                    exchange -> {
                        exchange.onSent(() -> {});
                        exchange.onGone(() -> gone.set(true));
                        exchange.answer(200, Headers.NONE, Buffer.buffer(new byte[8 << 20]));
                    };
            caller.send(GET);
            Await.until("the cut", gone::get);
        }
    }

    @Test
    void slowCallerIsNotIdleWhileItTakesItsAnswer() {
        try (TestServer server = start(idle());
                RawSocket caller = RawSocket.to(server.server.port(), 4_096)) {
            int size = 8 << 20;
            server.front.handler =
                    exchange -> exchange.answer(200, Headers.NONE, Buffer.buffer(new byte[size]));
            caller.send(GET).readThrough("\r\n\r\n");
            int step = size / 64;
            for (int i = 0; i < 64; i++) { // in all three times the idle deadline
                assertThat(caller.read(step)).hasSize(step);
                LockSupport.parkNanos(3 * SHORT.toNanos() / 64);
            }
        }
    }
}
