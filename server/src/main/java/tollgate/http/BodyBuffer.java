package tollgate.http;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Arrays;
import tollgate.fault.Fault;

/// The body of one request while it comes: grows with what came, not with what was announced,
/// within a limit of its own and the budget of all.
final class BodyBuffer {
    private static final byte[] NOTHING = new byte[0];
    private static final int GROW_BYTES_MIN = 4_096;
    private static final int ANNOUNCED_BYTES_MAX = 64 << 10; // reserved at once when announced
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final BodyBudget budget;
    private final long bytesMax;
    private final long announced;
    private byte[] bytes = NOTHING;
    private int length;

    /// Begins an empty body.
    ///
    /// @param announced its Content-Length, or -1
    BodyBuffer(BodyBudget budget, long bytesMax, long announced) {
        this.budget = budget;
        this.bytesMax = Math.min(bytesMax, Integer.MAX_VALUE - 8);
        this.announced = announced;
        if (announced > bytesMax) {
            throw new Refused(new Fault.BodyTooLarge(bytesMax));
        }
    }

    /// Appends all readable bytes.
    ///
    /// @throws Refused when the body or all bodies together become too large
    void add(ByteBuf piece) {
        int more = piece.readableBytes();
        room(more);
        piece.getBytes(piece.readerIndex(), bytes, length, more);
        length += more;
    }

    void add(byte[] piece, int more) {
        room(more);
        System.arraycopy(piece, 0, bytes, length, more);
        length += more;
    }

    private void room(int more) {
        long needed = (long) length + more;
        if (needed > bytesMax) {
            throw new Refused(new Fault.BodyTooLarge(bytesMax));
        }
        if (needed > bytes.length) {
            grow((int) needed);
        }
    }

    private void grow(int needed) {
        long wanted = Math.max(needed, Math.max(2L * bytes.length, GROW_BYTES_MIN));
        if (announced >= 0) {
            wanted = announced <= ANNOUNCED_BYTES_MAX ? announced : Math.min(announced, wanted);
        }
        int capacity = (int) Math.max(needed, Math.min(wanted, bytesMax));
        if (!budget.take(capacity - bytes.length)) {
            throw new Refused(
                    new Fault.Unavailable("the memory for request bodies is full", RETRY_AFTER));
        }
        bytes = Arrays.copyOf(bytes, capacity);
    }

    /// The body, once it is complete.
    byte[] complete() {
        if (length < bytes.length) {
            budget.give(bytes.length - length);
            bytes = length == 0 ? NOTHING : Arrays.copyOf(bytes, length);
        }
        return bytes;
    }

    /// Forgets the bytes and gives their room back; harmless a second time.
    void free() {
        budget.give(bytes.length);
        bytes = NOTHING;
        length = 0;
    }
}
