package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.http.Outbound.Deadlines;
import tollgate.http.TestClient.Call;

/// Pausing, going on and cancelling.
class ReplyFlowTest {
    private static final int PIECE_BYTES = 100_000;
    private static final int PIECES = 300; // 30 MB
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final TestClient client = new TestClient(TestClient.settings(10, 10, TestClient.LONG));

    @AfterEach
    void stop() {
        assertThat(client.problems).isEmpty();
        client.close();
    }

    /// Pauses at its first chunk.
    private static final class Pausing extends Call {
        Pausing(TestClient client) {
            super(client);
        }

        @Override
        public void chunk(Buffer bytes) {
            if (chunks() == 0) {
                reply.pause();
            }
            super.chunk(bytes);
        }
    }

    private static final class Cancelling extends Call {
        Cancelling(TestClient client) {
            super(client);
        }

        @Override
        public void chunk(Buffer bytes) {
            super.chunk(bytes);
            reply.cancel();
        }
    }

    private static RawUpstream large(AtomicLong sent) {
        return new RawUpstream(peer -> {
            peer.request();
            peer.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
                            .formatted((long) PIECES * PIECE_BYTES));
            for (int i = 0; i < PIECES; i++) {
                peer.send(new byte[PIECE_BYTES]);
                sent.addAndGet(PIECE_BYTES);
            }
            peer.awaitClosed();
        });
    }

    @Test
    void i86PauseStopsTheUpstreamAndResumeLosesNothing() {
        AtomicLong sent = new AtomicLong();
        try (RawUpstream upstream = large(sent)) {
            Call call = client.send(TestClient.get(upstream.origin()), Pausing::new);
            Await.until("the first chunk", () -> call.chunks() == 1);
            long stood = Await.standstill(sent);
            assertThat(stood).isLessThan((long) PIECES * PIECE_BYTES);
            assertThat(call.chunks()).isEqualTo(1);
            call.run(call.reply::resume);
            call.awaitEnd();
            assertThat(call.failure).isNull();
            assertThat(call.length()).isEqualTo(PIECES * PIECE_BYTES);
        }
    }

    @Test
    void upstreamThatClosesWhileWePauseLosesNothing() {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(400_000));
                    peer.close();
                    closed.countDown();
                })) {
            Call call = client.send(TestClient.get(upstream.origin()), Pausing::new);
            Await.until("the close", () -> closed.getCount() == 0 && call.chunks() == 1);
            call.run(call.reply::resume);
            assertThat(call.awaitEnd().failure).isNull();
            assertThat(call.length()).isEqualTo(400_000);
        }
    }

    @Test
    void idleClockStandsStillWhilePaused() {
        Duration idle = Duration.ofMillis(100);
        AtomicBoolean more = new AtomicBoolean();
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
                    Await.until("the resumption", more::get);
                    peer.send("b").awaitClosed();
                })) {
            Deadlines deadlines =
                    new Deadlines(TestClient.LONG, TestClient.LONG, idle, TestClient.LONG);
            Call call = client.send(TestClient.get(upstream.origin(), deadlines), Pausing::new);
            Await.until("the first chunk", () -> call.chunks() == 1);
            LockSupport.parkNanos(3 * idle.toNanos());
            assertThat(call.ends()).isZero();
            call.run(() -> {
                call.reply.resume();
                more.set(true);
            });
            assertThat(call.awaitEnd().text()).isEqualTo("ab");
        }
    }

    @Test
    void replyStartedLaterGetsEverything() {
        try (RawUpstream upstream = RawUpstream.answering(OK)) {
            Call call =
                    client.send(
                            TestClient.get(upstream.origin()),
                            owner ->
                                    new Call(owner) {
                                        @Override
                                        void begin(Reply arrived) {
                                            reply = arrived;
                                            owner.loops.runAfter(
                                                    0, QUIET, () -> arrived.start(this));
                                        }
                                    });
            assertThat(call.awaitEnd().text()).isEqualTo("ok");
            assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void cancelClosesTheConnectionAtOnceAndTellsNothingMore() {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
                    peer.awaitClosed();
                    closed.countDown();
                })) {
            Call call = client.send(TestClient.get(upstream.origin()), Cancelling::new);
            Await.until("the close", () -> closed.getCount() == 0);
            assertThat(call.text()).isEqualTo("hello");
            assertThat(call.ends()).isZero();
            assertThat(client.connections()).isZero();
            call.run(call.reply::cancel); // harmless
        }
    }

    @Test
    void cancelBeforeTheHeadClosesAtOnceAndNoReplyComes() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicReference<Ongoing> ongoing = new AtomicReference<>();
        AtomicBoolean came = new AtomicBoolean();
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    asked.countDown();
                    peer.awaitClosed();
                    closed.countDown();
                })) {
            client.loops.run(
                    0,
                    () -> {
                        ongoing.set(client.client.send(TestClient.get(upstream.origin())));
                        ongoing.get().reply().onComplete(_ -> came.set(true));
                    });
            Await.until("the request", () -> asked.getCount() == 0);
            client.loops.run(0, () -> ongoing.get().cancel());
            Await.until("the close", () -> closed.getCount() == 0);
            assertThat(client.connections()).isZero();
            assertThat(came).isFalse();
        }
    }

    @Test
    void cancelBeforeTheConnectionStandsSendsNothing() {
        AtomicBoolean asked = new AtomicBoolean();
        try (RawUpstream upstream = new RawUpstream(peer -> asked.set(!peer.request().isEmpty()))) {
            client.loops.run(
                    0, () -> client.client.send(TestClient.get(upstream.origin())).cancel());
            Await.until("the connection", () -> upstream.connections() == 1);
            assertThat(client.connections()).isEqualTo(1);
        }
        assertThat(asked).isFalse();
    }

    @Test
    void cancelWhilePausedClosesToo() {
        AtomicLong sent = new AtomicLong();
        try (RawUpstream upstream = large(sent)) {
            Call call = client.send(TestClient.get(upstream.origin()), Pausing::new);
            Await.until("the first chunk", () -> call.chunks() == 1);
            call.run(call.reply::cancel);
            Await.until("the close", () -> client.connections() == 0);
            Await.until("the upstream's notice", () -> sent.get() == (long) PIECES * PIECE_BYTES);
            assertThat(call.chunks()).isEqualTo(1);
        }
    }

    @Test
    void cancelAfterTheEndLeavesTheConnectionToOthers() {
        try (RawUpstream upstream = RawUpstream.answering(OK)) {
            Call call = client.ask(TestClient.get(upstream.origin()));
            call.run(call.reply::cancel);
            assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void nextCallFromTheEndOfTheLastTakesItsConnection() {
        try (RawUpstream upstream = RawUpstream.answering(OK)) {
            Call[] next = new Call[1];
            Call first =
                    client.send(
                            TestClient.get(upstream.origin()),
                            owner ->
                                    new Call(owner) {
                                        @Override
                                        public void end() {
                                            next[0] = new Call(owner);
                                            owner.client
                                                    .send(TestClient.get(upstream.origin()))
                                                    .reply()
                                                    .onSuccess(next[0]::begin);
                                            super.end();
                                        }
                                    });
            first.awaitEnd();
            assertThat(next[0].awaitEnd().text()).isEqualTo("ok");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }
}
