package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tollgate.unit.RequestId;

class DrainTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void idleConnectionsAreClosedAndNewOnesRefused() {
        try (TestServer server = new TestServer(2, TestServer.settings());
                RawSocket fresh = server.connect();
                RawSocket used = server.connect()) {
            assertThat(used.send(GET).answer()).endsWith("ok");
            int port = server.server.port();
            Await.until("both", () -> server.server.connections() == 2);
            Await.result(server.server.drain(GRACE));
            assertThat(fresh.readAll()).isEmpty();
            assertThat(used.readAll()).isEmpty();
            assertThat(server.server.connections()).isZero();
            assertThatThrownBy(() -> RawSocket.to(port)).hasMessageContaining("refused");
        }
    }

    @Test
    void whatRunsComesToItsEndAndClosesItsConnection() {
        try (TestServer server = TestServer.start();
                RawSocket caller = server.connect()) {
            AtomicReference<Exchange> held = new AtomicReference<>();
            server.front.handler = held::set;
            caller.send(GET);
            Await.until("the request", () -> held.get() != null);
            Future<Void> drained = server.server.drain(GRACE);
            held.get().answer(200, Headers.NONE, Buffer.buffer("ok"));
            assertThat(caller.readAll()).contains("connection: close").endsWith("ok");
            caller.leave();
            Await.result(drained);
        }
    }

    @Test
    void streamsRunOnToTheirEnd() {
        try (TestServer server = TestServer.start();
                RawSocket caller = server.connect()) {
            AtomicReference<Stream> stream = new AtomicReference<>();
            server.front.handler =
                    exchange -> {
                        stream.set(exchange.begin(200, Headers.NONE));
                        stream.get().write(Buffer.buffer("one"));
                    };
            caller.send(GET).readThrough("one\r\n");
            Future<Void> drained = server.server.drain(GRACE);
            stream.get().write(Buffer.buffer("two"));
            assertThat(caller.readThrough("two\r\n")).isEqualTo("3\r\ntwo\r\n");
            assertThat(drained.isComplete()).isFalse();
            stream.get().end();
            assertThat(caller.readAll()).isEqualTo("0\r\n\r\n");
            caller.leave();
            Await.result(drained);
        }
    }

    @Test
    void whatRunsLongerThanTheGraceIsCut() {
        try (TestServer server = TestServer.start();
                RawSocket caller = server.connect()) {
            AtomicReference<Exchange> held = new AtomicReference<>();
            server.front.handler = held::set;
            caller.send(GET);
            Await.until("the request", () -> held.get() != null);
            Await.result(server.server.drain(Duration.ofMillis(100)));
            assertThat(caller.readAll()).isEmpty();
            Await.until("the notice", () -> held.get().gone());
        }
    }

    @Test
    void callerWhoTakesNothingDoesNotHoldUpTheEnd() {
        try (TestServer server = TestServer.start();
                RawSocket caller = RawSocket.to(server.server.port(), 4_096)) {
            server.front.handler =
                    exchange ->
                            exchange.begin(200, Headers.NONE)
                                    .write(Buffer.buffer(new byte[8 << 20]));
            caller.send(GET);
            Await.until("the request", () -> server.front.handled.size() == 1);
            Await.result(server.server.drain(Duration.ofMillis(100)));
            Await.until("the close", () -> server.server.connections() == 0);
        }
    }

    @Test
    void takenPortFailsTheStart() {
        try (TestServer first = TestServer.start()) {
            HttpServerSettings taken = HttpServerSettings.on("127.0.0.1", first.server.port());
            EventLoops loops = Await.result(EventLoops.start(2, System::nanoTime, _ -> {}));
            Future<HttpServer> second =
                    HttpServer.start(loops, taken, () -> new RequestId(0, 0), _ -> first.front);
            assertThatThrownBy(() -> Await.result(second)).hasMessageContaining("in use");
            Await.result(loops.close());
        }
    }
}
