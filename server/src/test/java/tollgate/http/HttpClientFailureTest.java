package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.http.RawSocket.wire;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.http.Outbound.Deadlines;
import tollgate.http.Reply.Failure;
import tollgate.http.TestClient.Call;

class HttpClientFailureTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = TestClient.LONG;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final TestClient client = new TestClient(TestClient.settings(1_000, 1_000, LONG));

    @AfterEach
    void stop() {
        assertThat(client.problems).isEmpty();
        client.close();
    }

    @Test
    void nobodyListensIsUnreachable() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Call call = client.ask(TestClient.get(new Outbound.Origin("http", "127.0.0.1", port)));
        assertThat(call.failure).isEqualTo(Failure.UNREACHABLE);
        assertThat(client.connections()).isZero();
    }

    @Test
    void unknownNameIsUnreachable() {
        Call call = client.ask(TestClient.get(new Outbound.Origin("http", "no-such.invalid", 80)));
        assertThat(call.failure).isEqualTo(Failure.UNREACHABLE);
    }

    @Test
    void connectDeadlineIsUnreachable() throws IOException {
        // A full backlog: the kernel lets further connections wait.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawSocket one = RawSocket.to(full.getLocalPort());
                RawSocket two = RawSocket.to(full.getLocalPort())) {
            Outbound.Origin origin = new Outbound.Origin("http", "127.0.0.1", full.getLocalPort());
            Call call = client.ask(TestClient.get(origin, new Deadlines(SHORT, LONG, LONG, LONG)));
            assertThat(call.failure).isEqualTo(Failure.UNREACHABLE);
            Await.until("the attempt's end", () -> client.connections() == 0);
            assertThat(List.of(one, two)).hasSize(2);
        }
    }

    @Test
    void closeBeforeTheHeadIsBroken() {
        try (RawUpstream upstream = new RawUpstream(RawUpstream.Peer::request)) {
            assertThat(client.ask(TestClient.get(upstream.origin())).failure)
                    .isEqualTo(Failure.BROKEN);
        }
    }

    @Test
    void closeOfAKeptConnectionIsBrokenAndNotTriedAgain() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send(OK);
                    peer.request();
                })) {
            client.ask(TestClient.get(upstream.origin()));
            assertThat(client.ask(TestClient.get(upstream.origin())).failure)
                    .isEqualTo(Failure.BROKEN);
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoAnswerIsBroken() {
        for (String answer :
                List.of(
                        "garbage\r\n\r\n",
                        "HTTP/1.1 abc OK\r\n\r\n",
                        "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                        wire(
                                """
                                HTTP/1.1 200 OK
                                Content-Length: 2
                                Transfer-Encoding: chunked

                                0

                                """),
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nX: " + "a".repeat(70_000) + "\r\n\r\n",
                        "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(9) + OK)) {
            try (RawUpstream upstream =
                    new RawUpstream(peer -> {
                        peer.request();
                        peer.send(answer).awaitClosed();
                    })) {
                Call call = client.send(TestClient.get(upstream.origin()));
                Await.until("the end after " + answer, () -> call.ends() > 0);
                assertThat(call.failure).as(answer).isEqualTo(Failure.BROKEN);
                assertThat(client.connections()).isZero();
            }
        }
    }

    @Test
    void bodyThatBreaksOffIsBrokenAfterWhatCame() {
        for (String answer :
                List.of(
                        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
                        CHUNKED + "5\r\nhello\r\n",
                        CHUNKED + "a\r\nhello",
                        CHUNKED + "5\r\nhello\r\nzz\r\n",
                        CHUNKED + "5\r\nhello\r\n80000000\r\n")) {
            try (RawUpstream upstream =
                    new RawUpstream(peer -> {
                        peer.request();
                        peer.send(answer);
                    })) {
                Call call = client.ask(TestClient.get(upstream.origin()));
                assertThat(call.failure).as(answer).isEqualTo(Failure.BROKEN);
                assertThat(call.text()).as(answer).isEqualTo("hello");
                assertThat(call.ends()).isEqualTo(1);
            }
        }
    }

    @Test
    void resetInsideTheBodyIsBroken() {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send(CHUNKED + "5\r\nhello\r\n");
                    Await.until("the first chunk", () -> seen.getCount() == 0);
                    peer.reset();
                })) {
            Call call = client.send(TestClient.get(upstream.origin()));
            Await.until("the first chunk", () -> call.chunks() == 1);
            seen.countDown();
            assertThat(call.awaitEnd().failure).isEqualTo(Failure.BROKEN);
        }
    }

    @Test
    void surplusBytesCloseTheConnectionAndReachNoOtherCall() {
        String smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        for (String surplus : List.of("x", smuggled)) {
            try (RawUpstream upstream = RawUpstream.answering(OK + surplus)) {
                for (int i = 0; i < 3; i++) {
                    Call call = client.ask(TestClient.get(upstream.origin()));
                    assertThat(call.text()).isEqualTo("ok");
                    assertThat(call.failure).isNull();
                }
                assertThat(upstream.connections()).isEqualTo(3);
            }
        }
    }

    @Test
    void lateSurplusClosesTheUnusedConnection() {
        AtomicBoolean now = new AtomicBoolean();
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send(OK);
                    Await.until("the rest of the answer", now::get);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                    peer.awaitClosed();
                })) {
            client.ask(TestClient.get(upstream.origin()));
            assertThat(client.connections()).isEqualTo(1);
            now.set(true);
            Await.until("the close", () -> client.connections() == 0);
            assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
        }
    }

    @Test
    void answerBeforeTheRequestWasSentSpoilsTheConnection() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                    peer.awaitClosed();
                })) {
            Call call =
                    client.ask(
                            TestClient.post(upstream.origin(), Buffer.buffer(new byte[30 << 20])));
            // Either is right: the answer came while the request was still leaving, or before it.
            if (call.failure == null) {
                assertThat(call.reply.status()).isEqualTo(413);
            } else {
                assertThat(call.failure).isIn(Failure.BROKEN, Failure.UNREACHABLE);
            }
            Await.until("the close", () -> client.connections() == 0);
        }
    }

    @Test
    void noHeadInTimeIsSilent() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.awaitClosed();
                })) {
            Call call =
                    client.ask(
                            TestClient.get(
                                    upstream.origin(), new Deadlines(LONG, SHORT, LONG, LONG)));
            assertThat(call.failure).isEqualTo(Failure.SILENT);
            assertThat(client.connections()).isZero();
        }
    }

    @Test
    void keepAlivesWithoutCommitmentAreSilentToo() {
        try (RawUpstream upstream = new RawUpstream(HttpClientFailureTest::trickle)) {
            Call call =
                    client.send(
                            TestClient.get(
                                    upstream.origin(), new Deadlines(LONG, SHORT, LONG, LONG)),
                            Uncommitted::new);
            assertThat(call.awaitEnd().failure).isEqualTo(Failure.SILENT);
        }
    }

    /// Does not say that the answer has begun.
    private static final class Uncommitted extends Call {
        Uncommitted(TestClient client) {
            super(client);
        }

        @Override
        void begin(Reply arrived) {
            reply = arrived;
            arrived.start(this);
        }
    }

    private static void trickle(RawUpstream.Peer peer) {
        peer.request();
        peer.send(CHUNKED);
        for (int i = 0; i < 200; i++) {
            peer.send("1\r\nx\r\n");
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    @Test
    void silenceInsideTheBodyIsStalled() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send(CHUNKED + "5\r\nhello\r\n").awaitClosed();
                })) {
            Call call =
                    client.ask(
                            TestClient.get(
                                    upstream.origin(), new Deadlines(LONG, LONG, SHORT, LONG)));
            assertThat(call.failure).isEqualTo(Failure.STALLED);
            assertThat(call.text()).isEqualTo("hello");
        }
    }

    @Test
    void bytesResetTheIdleClockButNotTheTotal() {
        try (RawUpstream upstream = new RawUpstream(HttpClientFailureTest::trickle)) {
            Call call =
                    client.ask(
                            TestClient.get(
                                    upstream.origin(),
                                    new Deadlines(LONG, LONG, SHORT, SHORT.multipliedBy(4))));
            assertThat(call.failure).isEqualTo(Failure.TOO_LONG);
            assertThat(call.chunks()).isGreaterThan(5);
        }
    }

    @Test
    void replyThatNobodyStartsIsNotKeptForEver() {
        try (RawUpstream upstream = RawUpstream.answering(CHUNKED + "1\r\nx\r\n")) {
            Call call =
                    client.send(
                            TestClient.get(
                                    upstream.origin(), new Deadlines(LONG, SHORT, LONG, LONG)),
                            Unstarted::new);
            Await.until("the close", () -> call.reply != null && client.connections() == 0);
        }
    }

    private static final class Unstarted extends Call {
        Unstarted(TestClient client) {
            super(client);
        }

        @Override
        void begin(Reply arrived) {
            reply = arrived;
        }
    }

    @Test
    void sinkThatThrowsIsReportedAndItsCallCancelled() {
        try (RawUpstream upstream = RawUpstream.answering(CHUNKED + "1\r\nx\r\n")) {
            Call call = client.send(TestClient.get(upstream.origin()), Throwing::new);
            Await.until("the close", () -> !client.problems.isEmpty());
            assertThat(client.connections()).isZero();
            assertThat(call.ends()).isZero();
            assertThat(client.problems.removeFirst()).hasMessage("bug");
        }
    }

    private static final class Throwing extends Call {
        Throwing(TestClient client) {
            super(client);
        }

        @Override
        public void chunk(Buffer bytes) {
            throw new IllegalStateException("bug");
        }
    }
}
