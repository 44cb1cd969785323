package tollgate.http;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import tollgate.fault.Fault;

/// Inflates a gzip body step by step, so that a small one is done on the event loop and a large
/// one, or a small one that becomes large, goes on on a worker. Exactly one member, a right
/// checksum and nothing behind it, or it is refused.
///
/// Source: RFC 1952.
final class Gunzip implements AutoCloseable {
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int PIECE_BYTES = 16 << 10;
    private static final int HEADER_CHECK = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final byte[] packed;
    private final BodyBuffer out;
    private final Inflater inflater;
    private final CRC32 crc = new CRC32();
    private final byte[] piece = new byte[PIECE_BYTES];

    Gunzip(byte[] packed, BodyBuffer out) {
        this.packed = packed;
        this.out = out;
        int from = afterHeader();
        this.inflater = new Inflater(true);
        inflater.setInput(packed, from, packed.length - from);
    }

    /// Inflates some `bytes` more.
    ///
    /// @return whether the body is complete
    /// @throws Refused when it is malformed, or becomes too large
    boolean step(int bytes) {
        try {
            for (int done = 0; done < bytes; ) {
                int length = inflater.inflate(piece);
                crc.update(piece, 0, length);
                out.add(piece, length);
                done += length;
                if (inflater.finished()) {
                    checkTrailer();
                    return true;
                }
                if (length == 0) {
                    throw malformed("it ends too early");
                }
            }
            return false;
        } catch (DataFormatException broken) {
            throw malformed("its data are broken");
        }
    }

    private int afterHeader() {
        boolean gzip = packed.length >= HEADER_BYTES && u8(0) == 0x1f && u8(1) == 0x8b;
        if (!gzip || u8(2) != 8 || (u8(3) & RESERVED) != 0) {
            throw malformed("its header is broken");
        }
        int flags = u8(3);
        int at = HEADER_BYTES;
        if ((flags & EXTRA) != 0) {
            at += 2 + u8(at) + (u8(at + 1) << 8);
        }
        if ((flags & NAME) != 0) {
            at = afterZero(at);
        }
        if ((flags & COMMENT) != 0) {
            at = afterZero(at);
        }
        if ((flags & HEADER_CHECK) != 0) {
            at += 2;
        }
        if (at > packed.length) {
            throw malformed("its header is broken");
        }
        return at;
    }

    private int afterZero(int start) {
        int at = start;
        while (u8(at) != 0) {
            at++;
        }
        return at + 1;
    }

    private void checkTrailer() {
        int at = packed.length - inflater.getRemaining();
        if (inflater.getRemaining() != TRAILER_BYTES) {
            throw malformed("it is not exactly one member");
        }
        long size = inflater.getBytesWritten() & 0xffff_ffffL;
        if (u32(at) != crc.getValue() || u32(at + 4) != size) {
            throw malformed("its checksum is wrong");
        }
    }

    private long u32(int at) {
        return u8(at) | u8(at + 1) << 8 | u8(at + 2) << 16 | (long) u8(at + 3) << 24;
    }

    private int u8(int at) {
        if (at >= packed.length) {
            throw malformed("its header is broken");
        }
        return packed[at] & 0xff;
    }

    private static Refused malformed(String how) {
        return new Refused(new Fault.BadRequest(null, "the gzip body is malformed: " + how));
    }

    @Override
    public void close() {
        inflater.end();
    }
}
