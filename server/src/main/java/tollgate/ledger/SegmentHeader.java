package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;

/// The first 64 bytes of a segment that is in use: its number, the first frame and seq in it, and
/// the boot during which it was begun. A prepared segment has zeros there.
record SegmentHeader(long number, long firstFrame, long firstSeq, UUID boot) {
    static final int BYTES = 64;

    private static final long MAGIC = 0x54_47_4a_4f_55_52_4e_31L; // "TGJOURN1"
    private static final int CRC_AT = 48;

    void write(SegmentFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putLong(number).putLong(firstFrame).putLong(firstSeq);
        bytes.putLong(boot.getMostSignificantBits()).putLong(boot.getLeastSignificantBits());
        bytes.putInt(crc(bytes));
        file.write(bytes.rewind(), 0);
    }

    /// Whether a segment begins with a header that was wholly written.
    static boolean isWhole(SegmentFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        file.read(bytes, 0);
        return isWhole(bytes);
    }

    private static boolean isWhole(ByteBuffer bytes) {
        return bytes.getLong(0) == MAGIC && bytes.getInt(CRC_AT) == crc(bytes);
    }

    /// The header of a segment, or null when it is prepared and unused.
    static @Nullable SegmentHeader read(SegmentFile file, long number) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        file.read(bytes, 0);
        bytes.clear();
        if (isZero(bytes)) {
            return null;
        }
        if (!isWhole(bytes)) {
            throw new JournalCorrupt(
                    "journal segment %08d, offset 0: broken header".formatted(number));
        }
        SegmentHeader header =
                new SegmentHeader(
                        bytes.getLong(8),
                        bytes.getLong(16),
                        bytes.getLong(24),
                        new UUID(bytes.getLong(32), bytes.getLong(40)));
        if (header.number != number) {
            throw new JournalCorrupt(
                    "journal segment %08d, offset 0: header of segment %08d (a renamed file?)"
                            .formatted(number, header.number));
        }
        return header;
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = 0; i < BYTES; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(CRC_AT));
        return (int) crc.getValue();
    }
}
