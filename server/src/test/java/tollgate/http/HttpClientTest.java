package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tollgate.http.RawSocket.wire;

import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.http.TestClient.Call;

class HttpClientTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final TestClient client = new TestClient();

    @AfterEach
    void stop() {
        assertThat(client.problems).isEmpty();
        client.close();
    }

    @Test
    void sendsTheRequestAndNothingElse() {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    requests.add(peer.request());
                    peer.send(OK);
                    requests.add(peer.request());
                    peer.send(OK);
                })) {
            client.ask(TestClient.post(upstream.origin(), Buffer.buffer("hello")));
            client.ask(TestClient.get(upstream.origin()));
            int port = upstream.origin().port();
            assertThat(requests)
                    .containsExactly(
                            "POST /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:"
                                    + port
                                    + "\r\nx-key: k\r\ncontent-length: 5\r\n\r\nhello",
                            "GET /a HTTP/1.1\r\nhost: 127.0.0.1:" + port + "\r\n\r\n");
        }
    }

    @Test
    void readsSizedAnswers() {
        try (RawUpstream upstream = RawUpstream.answering(OK)) {
            Call call = client.ask(TestClient.get(upstream.origin()));
            assertThat(call.reply.status()).isEqualTo(200);
            assertThat(call.reply.header("CONTENT-LENGTH")).isEqualTo("2");
            assertThat(call.reply.header("x-none")).isNull();
            assertThat(call.text()).isEqualTo("ok");
        }
    }

    @Test
    void readsChunkedAnswers() {
        try (RawUpstream upstream =
                RawUpstream.answering(
                        wire(
                                """
                                HTTP/1.1 200 OK
                                Transfer-Encoding: chunked

                                5;x=y
                                hello
                                6
                                 world
                                0
                                X-Trailer: z

                                """))) {
            assertThat(client.ask(TestClient.get(upstream.origin())).text())
                    .isEqualTo("hello world");
            assertThat(client.ask(TestClient.get(upstream.origin())).text())
                    .isEqualTo("hello world");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void readsAnswersThatEndWithTheConnection() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
                })) {
            Call call = client.ask(TestClient.get(upstream.origin()));
            assertThat(call.text()).isEqualTo("until the end");
            assertThat(call.failure).isNull();
            assertThat(client.connections()).isZero();
        }
    }

    @Test
    void readsAnswersWithoutBody() {
        for (String answer :
                List.of(
                        "HTTP/1.1 204 No Content\r\n\r\n",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            try (RawUpstream upstream = RawUpstream.answering(answer)) {
                for (int i = 0; i < 2; i++) {
                    Call call = client.ask(TestClient.get(upstream.origin()));
                    assertThat(call.failure).as(answer).isNull();
                    assertThat(call.length()).isZero();
                }
                assertThat(upstream.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void answerToHeadHasNoBodyWhateverItsLength() {
        try (RawUpstream upstream =
                RawUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) {
            Outbound head =
                    new Outbound(
                            upstream.origin(),
                            "HEAD",
                            "/",
                            Headers.NONE,
                            Buffer.buffer(),
                            TestClient.PATIENT);
            client.ask(head);
            assertThat(client.ask(head).failure).isNull();
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimAnswersAreSkipped() {
        try (RawUpstream upstream =
                RawUpstream.answering(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"
                                + OK)) {
            assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        try (RawUpstream upstream =
                RawUpstream.answering(
                        "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")) {
            assertThat(client.ask(TestClient.get(upstream.origin())).reply.status()).isEqualTo(302);
        }
    }

    @Test
    void largeBodiesGoBothWays() {
        byte[] bytes = new byte[20 << 20];
        new Random(5).nextBytes(bytes);
        try (TestServer server = TestServer.start()) {
            server.front.bodyBytesMax = bytes.length;
            server.front.handler = exchange -> exchange.answer(200, Headers.NONE, exchange.body());
            Outbound.Origin origin = new Outbound.Origin("http", "127.0.0.1", server.server.port());
            Call call = client.ask(TestClient.post(origin, Buffer.buffer(bytes)));
            assertThat(Arrays.equals(call.body.getBytes(), bytes)).isTrue();
        }
    }

    @Test
    void whatOneReadBroughtIsOnePiece() {
        try (RawUpstream upstream =
                RawUpstream.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "1\r\nx\r\n".repeat(500)
                                + "0\r\n\r\n")) {
            client.ask(TestClient.get(upstream.origin()));
            Call call = client.ask(TestClient.get(upstream.origin()));
            assertThat(call.length()).isEqualTo(500);
            assertThat(call.chunks()).isLessThan(50);
        }
    }

    @Test
    void answersCutAnywhereAreReadAlike() {
        String answer =
                wire(
                        """
                        HTTP/1.1 103 Early Hints

                        HTTP/1.1 200 OK
                        Transfer-Encoding: chunked

                        5
                        hello
                        6
                         world
                        0

                        """);
        for (int cut = 1; cut < answer.length(); cut++) {
            int at = cut;
            CountDownLatch rest = new CountDownLatch(1);
            try (RawUpstream upstream =
                    new RawUpstream(peer -> {
                        peer.request();
                        peer.send(answer.substring(0, at));
                        awaitLatch(rest);
                        peer.send(answer.substring(at)).awaitClosed();
                    })) {
                Call call = client.send(TestClient.get(upstream.origin()));
                client.connections(); // takes a turn of the loop, which the first part may use
                rest.countDown();
                assertThat(call.awaitEnd().text()).as("cut at %d", at).isEqualTo("hello world");
            }
        }
    }

    @Test
    void theWarmestConnectionIsTakenFirst() {
        CountDownLatch both = new CountDownLatch(2);
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    for (int i = 0; !peer.request().isEmpty(); i++) {
                        if (i == 0) { // the first two answers wait for each other
                            both.countDown();
                            awaitLatch(both);
                            Await.until("its turn", () -> peer.number() == 0 || warm);
                        }
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + peer.number());
                    }
                })) {
            Call first = client.send(TestClient.get(upstream.origin()));
            Call second = client.send(TestClient.get(upstream.origin()));
            Await.until("one answer", () -> first.ends() + second.ends() == 1);
            warm = true;
            Await.until("both answers", () -> first.ends() + second.ends() == 2);
            for (int i = 0; i < 5; i++) {
                assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("1");
            }
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    private volatile boolean warm;

    private static void awaitLatch(CountDownLatch latch) {
        Await.until("the latch", () -> latch.getCount() == 0);
    }

    @Test
    void connectionThatWillCloseIsNotKept() {
        try (RawUpstream upstream =
                RawUpstream.answering(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) {
            client.ask(TestClient.get(upstream.origin()));
            client.ask(TestClient.get(upstream.origin()));
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void connectionThatTheUpstreamClosedIsNotTaken() {
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    peer.request();
                    peer.send(OK);
                })) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
                Await.until("the close", () -> client.connections() == 0);
            }
        }
    }

    @Test
    void unusedConnectionIsClosedAfterAWhile() {
        try (TestClient impatient =
                        new TestClient(TestClient.settings(10, 10, Duration.ofMillis(100)));
                RawUpstream upstream = RawUpstream.answering(OK)) {
            impatient.ask(TestClient.get(upstream.origin()));
            assertThat(impatient.connections()).isEqualTo(1);
            Await.until("the close", () -> impatient.connections() == 0);
            assertThat(impatient.ask(TestClient.get(upstream.origin())).text()).isEqualTo("ok");
        }
    }

    @Test
    void callsBeyondTheConnectionsWaitAndThoseBeyondTheQueueFail() {
        CountDownLatch go = new CountDownLatch(1);
        try (TestClient small = new TestClient(TestClient.settings(2, 2, TestClient.LONG));
                RawUpstream upstream =
                        new RawUpstream(peer -> {
                            while (!peer.request().isEmpty()) {
                                awaitLatch(go);
                                peer.send(OK);
                            }
                        })) {
            Call one = small.send(TestClient.get(upstream.origin()));
            Call two = small.send(TestClient.get(upstream.origin()));
            Await.until("two connections", () -> upstream.connections() == 2);
            Await.until("nobody waiting", () -> small.connections() == 2);
            Call three = small.send(TestClient.get(upstream.origin()));
            Call four = small.send(TestClient.get(upstream.origin()));
            Call five = small.send(TestClient.get(upstream.origin())).awaitEnd();
            assertThat(five.failure).isEqualTo(Reply.Failure.UNREACHABLE);
            go.countDown();
            for (Call call : List.of(one, two, three, four)) {
                assertThat(call.awaitEnd().text()).isEqualTo("ok");
            }
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void pinnedAddressIsConnectedToAndTheHostStaysTheName() {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (RawUpstream upstream =
                new RawUpstream(peer -> {
                    requests.add(peer.request());
                    peer.send(OK);
                })) {
            Outbound.Origin pinned =
                    new Outbound.Origin(
                            "http",
                            "no-such-host.invalid",
                            upstream.origin().port(),
                            InetAddress.getLoopbackAddress());
            assertThat(client.ask(TestClient.get(pinned)).text()).isEqualTo("ok");
            assertThat(requests.getFirst()).contains("host: no-such-host.invalid:");
        }
    }

    @Test
    void mustBeUsedOnItsLoop() {
        assertThatThrownBy(() ->
                        client.client.send(TestClient.get(new Outbound.Origin("http", "x", 80))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hostOfUsualPortsHasNoPort() {
        assertThat(new Outbound.Origin("https", "Example.COM", 443).authority())
                .isEqualTo("example.com");
        assertThat(new Outbound.Origin("http", "::1", 80).authority()).isEqualTo("[::1]");
        assertThat(new Outbound.Origin("http", "::1", 443).authority()).isEqualTo("[::1]:443");
    }
}
