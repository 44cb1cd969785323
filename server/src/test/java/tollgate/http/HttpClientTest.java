package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpClientTest {
    static final Outbound.Deadlines PATIENT =
            new Outbound.Deadlines(
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(9));

    @Test
    void callsAndReadsTheWholeAnswer() {
        try (TestServer server = TestServer.start()) {
            server.front.handler =
                    exchange -> exchange.answer(200, Headers.of("x-a", "b"), exchange.body());
            Promise<String> text = Promise.promise();
            server.loops.run(
                    0,
                    () ->
                            new HttpClient(server.loops, 0, HttpClientSettings.DEFAULT)
                                    .send(
                                            new Outbound(
                                                    new Outbound.Origin(
                                                            "http",
                                                            "127.0.0.1",
                                                            server.server.port()),
                                                    "POST",
                                                    "/x",
                                                    Headers.NONE,
                                                    Buffer.buffer("hello"),
                                                    PATIENT))
                                    .onFailure(text::fail)
                                    .onSuccess(reply ->
                                            reply.start(
                                                    new Reply.Sink() {
                                                        final Buffer all = Buffer.buffer();

                                                        @Override
                                                        public void chunk(Buffer bytes) {
                                                            all.appendBuffer(bytes);
                                                        }

                                                        @Override
                                                        public void end() {
                                                            text.complete(all.toString());
                                                        }

                                                        @Override
                                                        public void failed(Reply.Failure failure) {
                                                            text.fail(failure.name());
                                                        }
                                                    })));
            assertThat(Await.result(text.future())).isEqualTo("hello");
        }
    }
}
