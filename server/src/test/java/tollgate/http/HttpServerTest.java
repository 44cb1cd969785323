package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.http.RawSocket.wire;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void answersAWholeRequestInOnePiece() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.ask(GET)).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    }

    @Test
    void keepsTheConnectionForTheNextRequest() {
        try (TestServer server = TestServer.start();
                RawSocket caller = server.connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(caller.send(GET).answer()).endsWith("ok");
            }
            assertThat(server.server.connections()).isEqualTo(1);
        }
    }

    @Test
    void streamsInChunks() {
        try (TestServer server = TestServer.start()) {
            server.front.handler =
                    exchange -> {
                        Stream stream =
                                exchange.begin(200, Headers.of("content-type", "text/plain"));
                        stream.write(Buffer.buffer("hello"));
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
    }

    @Test
    void refusesWhatIsAmbiguous() {
        try (TestServer server = TestServer.start();
                RawSocket caller = server.connect()) {
            String answer =
                    caller.send(
                                    wire(
                                            """
                                            POST /a HTTP/1.1
                                            Host: x
                                            Content-Length: 3
                                            Transfer-Encoding: chunked

                                            0

                                            """))
                            .readAll();
            assertThat(answer).startsWith("HTTP/1.1 400").contains("connection: close");
            assertThat(server.front.handled).isEmpty();
        }
    }
}
