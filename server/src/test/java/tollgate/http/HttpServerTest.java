package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static tollgate.http.RawSocket.wire;

import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;

class HttpServerTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersAWholeRequestInOnePiece() {
        assertThat(server.ask(GET)).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    }

    @Test
    void keepsTheConnectionForTheNextRequest() {
        try (RawSocket caller = server.connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(caller.send(GET).answer()).endsWith("ok");
            }
            assertThat(server.server.connections()).isEqualTo(1);
        }
    }

    @Test
    void showsTheRequestToTheFront() {
        server.ask(
                wire(
                        """
                        POST /v1/x/?a=1&b=%C3%A9+%2B&a=2 HTTP/1.1
                        Host: x
                        X-Two: first
                        x-two: second
                        Content-Length: 5

                        hello\
                        """));
        Exchange seen = server.front.handled.getFirst();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.path()).isEqualTo("/v1/x");
        assertThat(seen.rawQuery()).isEqualTo("a=1&b=%C3%A9+%2B&a=2");
        assertThat(seen.query("a")).isEqualTo("1");
        assertThat(seen.query("b")).isEqualTo("é +");
        assertThat(seen.query("c")).isNull();
        assertThat(seen.header("X-TWO")).isEqualTo("first");
        assertThat(seen.headers("x-two")).containsExactly("first", "second");
        assertThat(seen.remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(seen.loop()).isZero();
    }

    @Test
    void givesTheBodyAsItCame() {
        StringBuilder body = new StringBuilder();
        server.front.handler =
                exchange -> {
                    body.append(exchange.body());
                    assertThat(exchange.bodyBytes()).isEqualTo(exchange.body().getBytes());
                    exchange.answer(200, Headers.NONE, Buffer.buffer());
                };
        server.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(body).hasToString("hello");
    }

    @Test
    void namesEachRequestAnew() {
        try (RawSocket caller = server.connect()) {
            caller.send(GET + GET + GET).answer();
            caller.answer();
            caller.answer();
        }
        assertThat(server.front.handled).extracting(Exchange::id).doesNotHaveDuplicates();
    }

    @Test
    void headIsMeasuredButNotSent() {
        try (RawSocket caller = server.connect()) {
            caller.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(caller.readThrough("\r\n\r\n")).contains("content-length: 2");
            assertThat(caller.send(GET).answer()).startsWith("HTTP/1.1 200").endsWith("ok");
        }
    }

    @Test
    void headOfAStreamHasNoBody() {
        server.front.handler =
                exchange -> {
                    Stream stream = exchange.begin(200, Headers.NONE);
                    stream.write(Buffer.buffer("body"));
                    stream.end();
                };
        try (RawSocket caller = server.connect()) {
            caller.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(caller.readThrough("\r\n\r\n")).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(caller.send(GET).answer()).contains("body");
        }
    }

    @Test
    void answersWithoutBodyHaveNoLength() {
        server.front.handler = exchange -> exchange.answer(204, Headers.NONE, Buffer.buffer("x"));
        try (RawSocket caller = server.connect()) {
            assertThat(caller.send(GET).readThrough("\r\n\r\n"))
                    .isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
            assertThat(caller.send(GET).readThrough("\r\n\r\n")).startsWith("HTTP/1.1 204");
        }
    }

    @Test
    void streamsInChunks() {
        server.front.handler =
                exchange -> {
                    Stream stream = exchange.begin(200, Headers.of("content-type", "text/plain"));
                    stream.write(Buffer.buffer("hello"));
                    stream.write(Buffer.buffer()); // would be the end if it were written
                    exchange.run(() -> stream.end(Buffer.buffer("0123456789abcdef")));
                };
        assertThat(server.ask(GET))
                .isEqualTo(
                        wire(
                                """
                                HTTP/1.1 200 OK
                                content-type: text/plain
                                transfer-encoding: chunked

                                5
                                hello
                                10
                                0123456789abcdef
                                0

                                """));
    }

    @Test
    void chunksOfEverySizeAreFramedRight() {
        for (int size : List.of(1, 9, 10, 15, 16, 17, 255, 256, 4_095, 4_096, 65_536, 1 << 20)) {
            server.front.handler =
                    exchange -> {
                        Stream stream = exchange.begin(200, Headers.NONE);
                        stream.end(Buffer.buffer("x".repeat(size)));
                    };
            String framed = Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n0\r\n\r\n";
            assertThat(server.ask(GET)).as("%d bytes", size).endsWith("\r\n\r\n" + framed);
        }
    }

    @Test
    void streamToAnOldCallerEndsWithTheConnection() {
        server.front.handler =
                exchange -> {
                    Stream stream = exchange.begin(200, Headers.NONE);
                    stream.write(Buffer.buffer("hello "));
                    stream.end(Buffer.buffer("world"));
                };
        try (RawSocket caller = server.connect()) {
            assertThat(caller.send("GET /a HTTP/1.0\r\n\r\n").readAll())
                    .isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello world");
        }
    }

    @Test
    void cutStreamHasNoProperEnd() {
        server.front.handler =
                exchange -> {
                    Stream stream = exchange.begin(200, Headers.NONE);
                    stream.write(Buffer.buffer("hello"));
                    stream.cut();
                };
        try (RawSocket caller = server.connect()) {
            assertThat(caller.send(GET).readAll()).endsWith("\r\n\r\n5\r\nhello\r\n");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderOneAtATime() {
        AtomicInteger running = new AtomicInteger();
        server.front.handler =
                exchange -> {
                    assertThat(running.incrementAndGet()).isEqualTo(1);
                    Buffer path = Buffer.buffer(exchange.path());
                    exchange.run(() -> {
                        running.decrementAndGet();
                        exchange.answer(200, Headers.NONE, path);
                    });
                };
        try (RawSocket caller = server.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                requests.append("GET /%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(i));
            }
            caller.send(requests.toString());
            for (int i = 0; i < 1_000; i++) {
                assertThat(caller.answer()).endsWith("\r\n\r\n/" + i);
            }
        }
        assertThat(server.problems).isEmpty();
    }

    @Test
    void callerIsToldToSendItsBodyAfterItsHeadPassed() {
        try (RawSocket caller = server.connect()) {
            caller.send(
                    wire(
                            """
                            POST /a HTTP/1.1
                            Host: x
                            Content-Length: 2
                            Expect: 100-continue

                            """));
            assertThat(caller.readThrough("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(caller.send("hi").answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void answersFromAnyThread() {
        server.front.handler =
                exchange ->
                        Thread.startVirtualThread(() -> {
                            Stream stream = exchange.begin(200, Headers.NONE);
                            stream.write(Buffer.buffer("a"));
                            stream.end(Buffer.buffer("b"));
                        });
        assertThat(server.ask(GET)).endsWith("1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
    }

    @Test
    void secondAnswerIsAnErrorAndNotSent() {
        server.front.handler =
                exchange -> {
                    exchange.answer(200, Headers.NONE, Buffer.buffer("one"));
                    exchange.run(() -> exchange.answer(200, Headers.NONE, Buffer.buffer("two")));
                };
        assertThat(server.ask(GET)).endsWith("one");
        Await.until("the report", () -> !server.problems.isEmpty());
        assertThat(server.problems.getFirst()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void frontThatThrowsIsReportedAndAnsweredAsInternal() {
        IllegalStateException bug = new IllegalStateException("bug");
        server.front.handler =
                _ -> {
                    throw bug;
                };
        assertThat(server.ask(GET)).startsWith("HTTP/1.1 500").contains("connection: close");
        assertThat(server.problems).containsExactly(bug);
        assertThat(server.front.faults)
                .containsExactly(
                        new Fault.Internal(server.front.handled.getFirst().id().toString()));
    }

    @Test
    void frontThatThrowsInsideAStreamCutsIt() {
        server.front.handler =
                exchange -> {
                    exchange.begin(200, Headers.NONE).write(Buffer.buffer("x"));
                    throw new IllegalStateException("bug");
                };
        try (RawSocket caller = server.connect()) {
            assertThat(caller.send(GET).readAll()).doesNotContain("0\r\n\r\n");
        }
        assertThat(server.problems).hasSize(1);
    }

    @Test
    void frontIsToldOfEveryExchangeOnceAndMayThrow() {
        try (RawSocket caller = server.connect()) {
            caller.send(GET).answer();
            server.front.told = new IllegalStateException("bug");
            caller.send(GET).answer();
            server.front.told = null;
            caller.send("GARBAGE\r\n\r\n").readAll();
        }
        server.front.handler = _ -> {};
        try (RawSocket caller = server.connect()) {
            caller.send(GET);
            Await.until("the request", () -> server.front.handled.size() == 3);
        }
        Await.until("all four", () -> server.front.statuses.size() == 4);
        assertThat(server.front.statuses).containsExactly(200, 200, 400, Front.CALLER_LEFT);
        assertThat(server.problems).hasSize(1);
    }

    @Test
    void valuesCannotSplitAnAnswer() {
        server.front.handler =
                exchange ->
                        exchange.answer(
                                200,
                                Headers.of("x-model", "a\r\nset-cookie: b\0€"),
                                Buffer.buffer());
        assertThat(server.ask(GET)).contains("x-model: a??set-cookie: b??\r\n");
    }

    @Test
    void refusalKnowsThePathWhenTheRequestLineWasRead() {
        server.ask("GET /relay/x HTTP/1.1\r\n\r\n");
        server.ask("GET /relay/x\r\n\r\n");
        assertThat(server.front.refused)
                .extracting(Exchange::method, Exchange::path)
                .containsExactly(tuple("GET", "/relay/x"), tuple("", "/"));
    }

    @Test
    void connectionsAreSpreadOverAllLoopsAndStayThere() {
        try (TestServer two = new TestServer(2, TestServer.settings())) {
            Set<Integer> loops = new HashSet<>();
            two.front.handler =
                    exchange -> {
                        assertThat(two.loops.inside(exchange.loop())).isTrue();
                        exchange.answer(200, Headers.NONE, Buffer.buffer("" + exchange.loop()));
                    };
            for (int i = 0; i < 4; i++) {
                String answer = two.ask(GET);
                loops.add(Integer.valueOf(answer.substring(answer.length() - 1)));
            }
            assertThat(loops).containsExactlyInAnyOrder(0, 1);
            assertThat(two.problems).isEmpty();
        }
    }

    @Test
    void connectionsAboveTheLimitAreClosedAtOnce() {
        HttpServerSettings.Limits limits = new HttpServerSettings.Limits(100, 100, 100, 100, 2);
        try (TestServer small = TestServer.start(TestServer.settings().with(limits));
                RawSocket one = small.connect();
                RawSocket two = small.connect()) {
            assertThat(one.send(GET).answer()).endsWith("ok");
            assertThat(two.send(GET).answer()).endsWith("ok");
            try (RawSocket three = small.connect()) {
                assertThat(three.send(GET).readAll()).isEmpty();
            }
            one.leave();
            Await.until("the place", () -> small.server.connections() == 1);
            assertThat(small.ask(GET)).endsWith("ok");
        }
    }
}
