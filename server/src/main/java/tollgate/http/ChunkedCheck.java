package tollgate.http;

import io.netty.buffer.ByteBuf;

/// Reads the framing bytes of a chunked body before Netty's decoder does, which forgives white
/// space and control characters around a chunk's size and takes trailers. Only sizes of one to
/// eight hexadecimal digits, extensions of plain text and an empty trailer pass.
///
/// One instance a connection.
final class ChunkedCheck {
    private static final int SIZE_DIGITS_MAX = 8;
    private static final int EXTENSION_BYTES_MAX = 256;

    private enum Part {
        SIZE,
        EXTENSION,
        SIZE_END,
        BODY,
        BODY_CR,
        BODY_LF,
        LAST_CR,
        LAST_LF,
        DONE
    }

    private Part part = Part.SIZE;
    private int digits;
    private int extensionBytes;
    private long left;

    void reset() {
        part = Part.SIZE;
        digits = 0;
        extensionBytes = 0;
        left = 0;
    }

    /// Checks the bytes from `from` on, each once.
    ///
    /// @return the index after the last byte that belongs to the body
    int scan(ByteBuf buffer, int from) {
        int at = from;
        while (at < buffer.writerIndex() && part != Part.DONE) {
            if (part == Part.BODY) {
                int skipped = (int) Math.min(left, buffer.writerIndex() - at);
                left -= skipped;
                at += skipped;
                part = left == 0 ? Part.BODY_CR : Part.BODY;
            } else {
                part = next(buffer.getByte(at));
                at++;
            }
        }
        return at;
    }

    private Part next(byte b) {
        return switch (part) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_END -> {
                expect(b, '\n');
                yield left == 0 ? Part.LAST_CR : Part.BODY;
            }
            case BODY_CR -> {
                expect(b, '\r');
                yield Part.BODY_LF;
            }
            case BODY_LF -> {
                expect(b, '\n');
                digits = 0;
                extensionBytes = 0;
                yield Part.SIZE;
            }
            case LAST_CR -> {
                if (b != '\r') {
                    throw Refused.framing("the chunked body has trailers (expected: none)");
                }
                yield Part.LAST_LF;
            }
            case LAST_LF -> {
                expect(b, '\n');
                yield Part.DONE;
            }
            case BODY, DONE -> throw new IllegalStateException("chunk part: " + part);
        };
    }

    private Part size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            if (++digits > SIZE_DIGITS_MAX) {
                throw Refused.framing(
                        "a chunk's size has over %d digits".formatted(SIZE_DIGITS_MAX));
            }
            left = left << 4 | digit;
            return Part.SIZE;
        }
        if (digits == 0) {
            throw Refused.framing("a chunk's size is missing (expected: hexadecimal digits)");
        }
        if (b == ';') {
            return Part.EXTENSION;
        }
        expect(b, '\r');
        return Part.SIZE_END;
    }

    private Part extension(byte b) {
        if (b == '\r') {
            return Part.SIZE_END;
        }
        if ((b != '\t' && (b < ' ' || b == 0x7f)) || ++extensionBytes > EXTENSION_BYTES_MAX) {
            throw Refused.framing("a chunk's extension is malformed or too long");
        }
        return Part.EXTENSION;
    }

    private static void expect(byte found, char expected) {
        if (found != expected) {
            throw Refused.framing(
                    "the chunked framing has the byte 0x%02x (expected: 0x%02x)"
                            .formatted(found & 0xff, (int) expected));
        }
    }
}
