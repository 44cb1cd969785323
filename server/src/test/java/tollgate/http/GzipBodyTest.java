package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;

class GzipBodyTest {
    private static final int INLINE = 256 << 10;

    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        assertThat(server.problems).isEmpty();
        Await.until("the memory", () -> server.server.bufferedBytes() == 0);
        server.close();
    }

    private String post(byte[] packed) {
        try (RawSocket caller = server.connect()) {
            caller.send(
                    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                            .formatted(packed.length));
            return caller.send(packed).answer();
        }
    }

    private void echo() {
        server.front.handler = exchange -> exchange.answer(200, Headers.NONE, exchange.body());
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return out.toByteArray();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    @Test
    void smallBodyIsInflated() {
        echo();
        assertThat(post(gzip("hello".getBytes(StandardCharsets.US_ASCII))))
                .endsWith("\r\n\r\nhello");
    }

    @Test
    void bodiesAroundTheInlineBoundAreInflated() {
        server.front.bodyBytesMax = 10 * INLINE;
        server.front.handler =
                exchange -> {
                    assertThat(server.loops.inside(exchange.loop())).isTrue();
                    String sum = "" + Arrays.hashCode(exchange.bodyBytes());
                    exchange.answer(200, Headers.NONE, Buffer.buffer(sum));
                };
        for (int size : new int[] {INLINE - 1, INLINE, INLINE + 1, 9 * INLINE}) {
            byte[] noise = noise(size); // large when packed too
            assertThat(post(gzip(noise))).endsWith("\r\n\r\n" + Arrays.hashCode(noise));
            byte[] zeros = new byte[size]; // small when packed
            assertThat(post(gzip(zeros))).endsWith("\r\n\r\n" + Arrays.hashCode(zeros));
        }
    }

    @Test
    void i85LimitHoldsAfterInflating() {
        echo();
        server.front.bodyBytesMax = 1_000;
        assertThat(post(gzip(new byte[1_000]))).contains(" 200 ");
        assertThat(post(gzip(new byte[1_001]))).contains(" 413 ");
    }

    @Test
    void i85BombIsRefusedOnAWorkerToo() {
        server.front.bodyBytesMax = 20 << 20;
        assertThat(post(gzip(new byte[40 << 20]))).contains(" 413 ");
        assertThat(server.front.faults).containsExactly(new Fault.BodyTooLarge(20 << 20));
        assertThat(server.front.handled).isEmpty();
    }

    @Test
    void callerWhoLeavesWhileWeInflateCostsNothing() {
        server.front.bodyBytesMax = 20 << 20;
        byte[] packed = gzip(noise(10 << 20));
        for (int i = 0; i < 5; i++) {
            try (RawSocket caller = server.connect()) {
                caller.send(
                        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                                .formatted(packed.length));
                caller.send(packed);
            }
        }
        Await.until("the end", () -> server.server.connections() == 0);
    }

    @Test
    void whatIsNotExactlyOneMemberIsRefused() {
        byte[] good = gzip(new byte[100]);
        byte[] twice = Arrays.copyOf(good, 2 * good.length);
        System.arraycopy(good, 0, twice, good.length, good.length);
        byte[] wrongSum = good.clone();
        wrongSum[good.length - 8] ^= 1;
        byte[] wrongSize = good.clone();
        wrongSize[good.length - 1] ^= 1;
        byte[] broken = good.clone();
        broken[10] ^= 0x07;
        byte[] reserved = good.clone();
        reserved[3] = (byte) 0x80;
        byte[][] bad = {
            twice,
            wrongSum,
            wrongSize,
            broken,
            reserved,
            Arrays.copyOf(good, good.length + 1),
            Arrays.copyOf(good, good.length - 1),
            Arrays.copyOf(good, 12),
            Arrays.copyOf(good, 10),
            Arrays.copyOf(good, 3),
            {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0, 'n', 'o', 'e', 'n', 'd'},
            {0x1f, (byte) 0x8b, 8, 4, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 1},
        };
        for (byte[] packed : bad) {
            assertThat(post(packed)).as(Arrays.toString(packed)).contains(" 400 ");
        }
        assertThat(server.front.handled).isEmpty();
        assertThat(server.front.faults).hasOnlyElementsOfType(Fault.BadRequest.class);
    }

    @Test
    void optionalPartsOfTheHeaderAreSkipped() {
        echo();
        byte[] plain = gzip("hello".getBytes(StandardCharsets.US_ASCII));
        byte[] extras = {4, 0, 'e', 'x', 't', 'r', 'n', 0, 'c', 0, 1, 2};
        byte[] packed = new byte[plain.length + extras.length];
        System.arraycopy(plain, 0, packed, 0, 10);
        packed[3] = 4 + 8 + 16 + 2;
        System.arraycopy(extras, 0, packed, 10, extras.length);
        System.arraycopy(plain, 10, packed, 10 + extras.length, plain.length - 10);
        assertThat(post(packed)).endsWith("\r\n\r\nhello");
    }
}
