package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Disk.SegmentFile;

/// What lies in a segment behind its last good frame, and what it proves (JOURNAL 10).
///
/// Within one boot of the machine a kill leaves every written byte in the page cache, so a frame or
/// a trailer after the first bad frame proves that something was damaged. After a power cut later
/// writes may have reached the disk before earlier ones: then only what a mark says was on disk
/// proves damage.
final class Tail {
    private static final int CHUNK_BYTES = 256 * 1024;

    private final long from;
    private final ByteBuffer bytes;

    private Tail(long from, ByteBuffer bytes) {
        this.from = from;
        this.bytes = bytes;
    }

    /// Reads what follows `from`, up to the last byte that is not zero.
    static Tail read(SegmentFile file, long from) throws IOException {
        long end = from;
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (long at = from; file.read(chunk.clear(), at) > 0; at += CHUNK_BYTES) {
            chunk.flip();
            zeros.clear().limit(chunk.limit());
            if (!chunk.equals(zeros)) {
                end = at + chunk.limit();
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(end - from));
        file.read(bytes, from);
        return new Tail(from, bytes.flip());
    }

    boolean isEmpty() {
        return !bytes.hasRemaining();
    }

    /// What shows that these bytes were whole once, or null when a torn write explains them.
    @Nullable String proofOfDamage(long lastFrame, boolean sameBoot) {
        if (isTrailerBroken()) {
            return "frame %d is damaged: its trailer is broken".formatted(lastFrame + 1);
        }
        for (int at = 0; at + Integer.BYTES <= bytes.limit(); at++) {
            int word = bytes.getInt(at);
            if (word == Frame.INVERTED && sameBoot) {
                return "frame %d is damaged: its trailer is there".formatted(lastFrame + 1);
            }
            if (word == Frame.MAGIC && isFrame(at)) {
                Frame.Header header = Frame.header(bytes, at);
                if (sameBoot || header.synced() > lastFrame) {
                    return "frame %d is damaged: frame %d follows it"
                            .formatted(lastFrame + 1, header.frame());
                }
            }
        }
        return null;
    }

    /// Headers of all whole frames in here.
    List<Frame.Header> frames() {
        List<Frame.Header> frames = new ArrayList<>();
        for (int at = 0; at + Integer.BYTES <= bytes.limit(); at++) {
            if (bytes.getInt(at) == Frame.MAGIC && isFrame(at)) {
                frames.add(Frame.header(bytes, at));
            }
        }
        return frames;
    }

    /// Whether a whole frame begins here whose trailer is neither right nor cut short: a torn write
    /// leaves the first bytes of it, and zeros.
    private boolean isTrailerBroken() {
        if (bytes.limit() < Frame.HEADER_BYTES || !Frame.plausible(bytes, 0)) {
            return false;
        }
        int end = Frame.header(bytes, 0).frameBytes() - Frame.TRAILER_BYTES;
        if (end > bytes.limit() || !Frame.isPayloadWhole(bytes, 0)) {
            return false;
        }
        ByteBuffer right = Frame.trailer(bytes, 0);
        int same = 0;
        while (same < Frame.TRAILER_BYTES && byteAt(end + same) == right.get(same)) {
            same++;
        }
        for (int i = same; i < Frame.TRAILER_BYTES; i++) {
            if (byteAt(end + i) != 0) {
                return true;
            }
        }
        return false;
    }

    private byte byteAt(int at) {
        return at < bytes.limit() ? bytes.get(at) : 0;
    }

    private boolean isFrame(int at) {
        return at + Frame.HEADER_BYTES <= bytes.limit()
                && Frame.plausible(bytes, at)
                && at + Frame.header(bytes, at).frameBytes() <= bytes.limit()
                && Frame.valid(bytes, at);
    }

    /// Cuts a torn write off.
    void zero(SegmentFile file) throws IOException {
        file.write(ByteBuffer.allocate(bytes.limit()), from);
        file.sync();
    }
}
