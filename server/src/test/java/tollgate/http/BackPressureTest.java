package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// I-86: a slow reader makes the stream full instead of filling the memory.
class BackPressureTest {
    private static final int PIECE_BYTES = 10_000;
    private static final int PIECES = 2_000; // 20 MB
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void i86StreamIsFullUntilTheCallerReads() {
        try (TestServer server = TestServer.start();
                RawSocket caller = RawSocket.to(server.server.port(), 4_096)) {
            Writer writer = new Writer();
            server.front.handler = writer::begin;
            caller.send(GET);
            Await.until("the first stop", writer.waiting::get);
            // What is beyond our own bound (64 KiB and one piece) lies in the kernel's buffers.
            assertThat(writer.written.get()).isLessThan(PIECES / 2);
            String chunk = Integer.toHexString(PIECE_BYTES) + "\r\n";
            caller.readThrough("\r\n\r\n");
            for (int i = 0; i < PIECES; i++) {
                assertThat(caller.readThrough("\r\n")).isEqualTo(chunk);
                assertThat(caller.read(PIECE_BYTES + 2)).endsWith("x\r\n");
            }
            assertThat(caller.readThrough("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
            assertThat(writer.stops.get()).isPositive();
            assertThat(server.problems).isEmpty();
        }
    }

    /// Writes while there is room, as a relay of an upstream does.
    private static final class Writer {
        private final Buffer piece = Buffer.buffer("x".repeat(PIECE_BYTES));
        final AtomicLong written = new AtomicLong();
        final AtomicLong stops = new AtomicLong();
        final AtomicBoolean waiting = new AtomicBoolean();

        void begin(Exchange exchange) {
            Stream stream = exchange.begin(200, Headers.NONE);
            stream.onDrain(() -> write(stream));
            write(stream);
        }

        private void write(Stream stream) {
            waiting.set(false);
            while (written.get() < PIECES) {
                if (stream.full()) {
                    stops.incrementAndGet();
                    waiting.set(true);
                    return;
                }
                stream.write(piece);
                written.incrementAndGet();
            }
            stream.end();
        }
    }
}
