package tollgate.http;

import io.netty.buffer.ByteBuf;

/// Reads the raw bytes of a request's head before Netty's decoder does, which would accept some
/// that it then no longer shows: folded lines, white space around the request line, control
/// characters. Finds the head's end, so that the decoder sees whole and clean heads only and the
/// way a head was cut into packets cannot matter.
///
/// One instance a connection.
final class HeadCheck {
    private static final int EMPTY_LINES_BEFORE_MAX = 2;

    private final HttpServerSettings.Limits limits;
    private final byte[] piece;

    private int headBytes;
    private int lineBytes;
    private int lines;
    private int emptyLines;
    private boolean carriageReturn;

    /// @param scratch where bytes are copied to be read quickly; may be shared on an event loop
    HeadCheck(HttpServerSettings.Limits limits, byte[] scratch) {
        this.limits = limits;
        this.piece = scratch;
    }

    void reset() {
        headBytes = 0;
        lineBytes = 0;
        lines = 0;
        emptyLines = 0;
        carriageReturn = false;
    }

    /// Whether a head has begun; empty lines before it do not count, as some callers end a body
    /// with one.
    boolean begun() {
        return headBytes > 0;
    }

    /// Checks the bytes from `from` on, each once.
    ///
    /// @return the index after the head's last byte, or -1 when more must come
    int scan(ByteBuf buffer, int from) {
        int at = from;
        while (at < buffer.writerIndex()) {
            int length = Math.min(piece.length, buffer.writerIndex() - at);
            buffer.getBytes(at, piece, 0, length);
            for (int i = 0; i < length; i++) {
                if (next(piece[i])) {
                    return at + i + 1;
                }
            }
            at += length;
        }
        return -1;
    }

    private boolean next(byte b) {
        if (b > ' ' && b != 0x7f && !carriageReturn) { // nearly all of them
            grow();
            return false;
        }
        if (carriageReturn != (b == '\n')) {
            throw Refused.framing("a line ends with a lone CR or LF (expected: CR LF)");
        }
        if (b == '\n') {
            carriageReturn = false;
            return endOfLine();
        }
        if (b == '\r') {
            carriageReturn = true;
            return false;
        }
        if (b == ' ' || b == '\t') {
            space(b);
        } else if (b >= 0 || lines == 0) {
            throw Refused.framing(
                    "the head holds the byte 0x%02x (expected: text)".formatted(b & 0xff));
        }
        grow();
        return false;
    }

    private void space(byte b) {
        if (lineBytes == 0) {
            throw Refused.framing("a line of the head begins with white space");
        }
        if (lines == 0 && b == '\t') {
            throw Refused.framing("the request line holds a tab (expected: single spaces)");
        }
    }

    private void grow() {
        lineBytes++;
        headBytes++;
        if (lines == 0 && lineBytes > limits.lineBytesMax()) {
            throw Refused.of(
                    414, "the request line exceeds %d bytes".formatted(limits.lineBytesMax()));
        }
        if (headBytes > limits.headBytesMax()) {
            throw Refused.of(431, "the head exceeds %d bytes".formatted(limits.headBytesMax()));
        }
    }

    private boolean endOfLine() {
        if (lineBytes == 0) {
            if (lines > 0) {
                return true;
            }
            if (++emptyLines > EMPTY_LINES_BEFORE_MAX) {
                throw Refused.framing("empty lines stand where a request was expected");
            }
            return false;
        }
        lineBytes = 0;
        headBytes += 2;
        if (lines++ > limits.fieldsMax()) {
            throw Refused.of(431, "the head has over %d fields".formatted(limits.fieldsMax()));
        }
        return false;
    }
}
