package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/// The bytes of answers: head and body in one buffer, so that each answer is one write.
final class Answers {
    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 599;
    private static final int HEAD_BYTES_GUESS = 512;
    private static final int CHUNK_FRAMING_BYTES = 12;
    private static final byte[][] STATUS_LINES = statusLines();
    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] LENGTH = ascii("content-length: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("connection: close\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] HEX = ascii("0123456789abcdef");

    private Answers() {}

    /// How the body of an answer is framed.
    enum Framing {
        /// Content-Length.
        SIZED,
        CHUNKED,
        /// No body, or one that ends with the connection.
        NONE
    }

    /// Whether the connection goes on after the answer.
    enum After {
        KEEP,
        CLOSE
    }

    /// All that the head of an answer says; `length` is the body's when it is sized.
    record Head(int status, Headers headers, Framing framing, long length, After after) {
        Head {
            if (status < STATUS_MIN || status > STATUS_MAX) {
                throw new IllegalArgumentException(
                        "status: %d (expected: %d to %d)"
                                .formatted(status, STATUS_MIN, STATUS_MAX));
            }
        }

        /// A buffer with this head in it, and room for some bytes more.
        ByteBuf write(ByteBufAllocator alloc, int bodyBytes) {
            ByteBuf out = alloc.directBuffer(HEAD_BYTES_GUESS + bodyBytes + CHUNK_FRAMING_BYTES);
            out.writeBytes(STATUS_LINES[status - STATUS_MIN]);
            headers.writeTo(out);
            switch (framing) {
                case SIZED -> {
                    out.writeBytes(LENGTH);
                    writeDecimal(out, length);
                    endLine(out);
                }
                case CHUNKED -> out.writeBytes(CHUNKED);
                case NONE -> {}
            }
            if (after == After.CLOSE) {
                out.writeBytes(CLOSE);
            }
            endLine(out);
            return out;
        }
    }

    static ByteBuf chunk(ByteBufAllocator alloc, int bytes) {
        return alloc.directBuffer(bytes + CHUNK_FRAMING_BYTES);
    }

    static void writeChunk(ByteBuf out, ByteBuf bytes) {
        int length = bytes.readableBytes();
        int digits = (35 - Integer.numberOfLeadingZeros(length)) / 4;
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            out.writeByte(HEX[length >>> shift & 15]);
        }
        endLine(out);
        out.writeBytes(bytes, bytes.readerIndex(), length);
        endLine(out);
    }

    static void writeLastChunk(ByteBuf out) {
        out.writeBytes(LAST_CHUNK);
    }

    static ByteBuf goOn(ByteBufAllocator alloc) {
        return alloc.directBuffer(CONTINUE.length).writeBytes(CONTINUE);
    }

    /// Whether answers with this status have no body.
    static boolean bodiless(int status) {
        return status == 204 || status == 304;
    }

    static void endLine(ByteBuf out) {
        ByteBufUtil.writeShortBE(out, '\r' << 8 | '\n');
    }

    static void writeDecimal(ByteBuf out, long number) {
        long divisor = 1;
        while (number / divisor > 9) {
            divisor *= 10;
        }
        for (long rest = number; divisor > 0; divisor /= 10) {
            out.writeByte('0' + (int) (rest / divisor));
            rest %= divisor;
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] statusLines() {
        byte[][] lines = new byte[STATUS_MAX - STATUS_MIN + 1][];
        for (int i = 0; i < lines.length; i++) {
            HttpResponseStatus status = HttpResponseStatus.valueOf(STATUS_MIN + i);
            lines[i] = ascii("HTTP/1.1 " + status.code() + " " + status.reasonPhrase() + "\r\n");
        }
        return lines;
    }
}
