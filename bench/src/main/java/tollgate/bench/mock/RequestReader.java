package tollgate.bench.mock;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// Collects one request at a time from a connection; bodies must have a Content-Length. It trusts
/// its callers, who are proxies of ours. Not thread-safe.
final class RequestReader {
    private static final int REQUEST_BYTES_MAX = 1 << 20;
    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};
    private static final String LENGTH = "\r\ncontent-length:";

    private byte[] bytes = new byte[4 * 1024];
    private int count;

    /// Where the body begins, or -1 before the head is complete, and where it ends.
    private int bodyFrom = -1;

    private int bodyTo;

    void take(ByteBuf input) {
        int length = input.readableBytes();
        if (count + length > REQUEST_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "request: %d bytes (expected: at most %d)"
                            .formatted(count + length, REQUEST_BYTES_MAX));
        }
        if (count + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, count + length));
        }
        input.readBytes(bytes, count, length);
        count += length;
    }

    /// Whether a whole request is here; it stays until [#drop()].
    boolean complete() {
        if (bodyFrom < 0) {
            int end = indexOf(BLANK_LINE, 0, count);
            if (end < 0) {
                return false;
            }
            bodyFrom = end + BLANK_LINE.length;
            bodyTo = bodyFrom + bodyBytes();
        }
        return count >= bodyTo;
    }

    private int bodyBytes() {
        String head = new String(bytes, 0, bodyFrom, StandardCharsets.ISO_8859_1);
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(LENGTH);
        if (at < 0) {
            return 0;
        }
        int from = at + LENGTH.length();
        return Integer.parseInt(lower.substring(from, lower.indexOf("\r\n", from)).strip());
    }

    boolean startsWith(String start) {
        return count >= start.length()
                && new String(bytes, 0, start.length(), StandardCharsets.ISO_8859_1).equals(start);
    }

    /// Whether the body has the member `name` with a value that starts like this; white space
    /// around the colon does not matter. The first member of that name counts, at any depth.
    boolean has(String name, String value) {
        byte[] quoted = ('"' + name + '"').getBytes(StandardCharsets.US_ASCII);
        int at = indexOf(quoted, bodyFrom, bodyTo);
        if (at < 0) {
            return false;
        }
        at += quoted.length;
        while (at < bodyTo && (bytes[at] == ':' || bytes[at] <= ' ')) {
            at++;
        }
        byte[] start = value.getBytes(StandardCharsets.US_ASCII);
        int to = Math.min(bodyTo, at + start.length);
        return Arrays.equals(bytes, at, to, start, 0, start.length);
    }

    /// Lets go of the complete request; what came behind it is the beginning of the next.
    void drop() {
        System.arraycopy(bytes, bodyTo, bytes, 0, count - bodyTo);
        count -= bodyTo;
        bodyFrom = -1;
    }

    private int indexOf(byte[] wanted, int from, int to) {
        for (int i = from; i <= to - wanted.length; i++) {
            if (bytes[i] == wanted[0]
                    && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
