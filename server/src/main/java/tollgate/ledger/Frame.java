package tollgate.ledger;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// One group of records as bytes: header, payload, trailer, under one checksum (JOURNAL 3).
///
/// ```
/// magic 4 · payload length 4 · crc 4 · count 4 · segment 8 · frame 8 · first seq 8 · synced 8 · time 8
/// payload
/// crc 4 · inverted magic 4
/// ```
///
/// Frames are numbered without gap over all segments: marks and attempts take no seq, yet a reader
/// must know that none is missing. `synced` is the last frame known to be on disk when this one was
/// written; `time` is milliseconds since 1970.
///
/// The checksum covers everything but itself and the trailer. The trailer tells a torn write (it is
/// missing) from a damaged one (it is there): only the first may be cut off at a start. The
/// format's version is part of the segment's magic ([SegmentHeader]).
final class Frame {
    /// Its bytes, plain or inverted, appear in no UTF-8 text.
    static final int MAGIC = 0xFF_F9_54_47;

    static final int INVERTED = ~MAGIC;
    static final int HEADER_BYTES = 56;
    static final int TRAILER_BYTES = 8;

    /// Larger groups are written as several frames (JOURNAL 4).
    static final int GROUP_BYTES_MAX = 1024 * 1024;

    /// No payload is longer: a group written again into a new segment brings along all the names
    /// that it had by number, at most [Names#NAMES_MAX] of them.
    static final int PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

    private static final int CRC_AT = 8;

    private Frame() {}

    /// What stands before the payload.
    record Header(
            int payloadBytes,
            int count,
            long segment,
            long frame,
            long firstSeq,
            long synced,
            long timeMillis) {
        int frameBytes() {
            return HEADER_BYTES + payloadBytes + TRAILER_BYTES;
        }
    }

    /// Completes a frame whose payload already lies in `buffer` from [#HEADER_BYTES] to its
    /// position; leaves the buffer ready to be written from 0.
    static void seal(ByteBuffer buffer, Header header) {
        int end = HEADER_BYTES + header.payloadBytes();
        buffer.putInt(0, MAGIC)
                .putInt(4, header.payloadBytes())
                .putInt(CRC_AT, 0)
                .putInt(12, header.count())
                .putLong(16, header.segment())
                .putLong(24, header.frame())
                .putLong(32, header.firstSeq())
                .putLong(40, header.synced())
                .putLong(48, header.timeMillis());
        int crc = crc(buffer, 0, end);
        buffer.putInt(CRC_AT, crc).putInt(end, crc).putInt(end + 4, INVERTED);
        buffer.position(0).limit(end + TRAILER_BYTES);
    }

    /// The header at `at`, whatever it holds; needs [#HEADER_BYTES] bytes there.
    static Header header(ByteBuffer bytes, int at) {
        return new Header(
                bytes.getInt(at + 4),
                bytes.getInt(at + 12),
                bytes.getLong(at + 16),
                bytes.getLong(at + 24),
                bytes.getLong(at + 32),
                bytes.getLong(at + 40),
                bytes.getLong(at + 48));
    }

    static boolean plausible(ByteBuffer bytes, int at) {
        if (bytes.getInt(at) != MAGIC) {
            return false;
        }
        int length = bytes.getInt(at + 4);
        return length >= 0 && length <= PAYLOAD_BYTES_MAX;
    }

    /// Whether a whole frame lies at `at`: checksum, trailer, both alike.
    static boolean valid(ByteBuffer bytes, int at) {
        int end = at + HEADER_BYTES + bytes.getInt(at + 4);
        int crc = bytes.getInt(at + CRC_AT);
        return bytes.getInt(end + 4) == INVERTED
                && bytes.getInt(end) == crc
                && crc(bytes, at, end) == crc;
    }

    /// The trailer that belongs to the header at `at`.
    static ByteBuffer trailer(ByteBuffer bytes, int at) {
        return ByteBuffer.allocate(TRAILER_BYTES)
                .putInt(bytes.getInt(at + CRC_AT))
                .putInt(INVERTED);
    }

    /// Whether header and payload at `at` are whole, whatever the trailer is.
    static boolean isPayloadWhole(ByteBuffer bytes, int at) {
        int end = at + HEADER_BYTES + bytes.getInt(at + 4);
        return crc(bytes, at, end) == bytes.getInt(at + CRC_AT);
    }

    private static int crc(ByteBuffer bytes, int from, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, CRC_AT));
        crc.update(bytes.slice(from + CRC_AT + 4, end - from - CRC_AT - 4));
        return (int) crc.getValue();
    }
}
