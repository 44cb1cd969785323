package tollgate.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Numbers and text in the journal's payload: varints of seven bits a byte, text as length and
/// UTF-8.
final class Text {
    private Text() {}

    static void putVar(ByteBuffer to, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    static long var(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new JournalCorrupt("number of more than ten bytes");
    }

    static int smallVar(ByteBuffer from) {
        long value = var(from);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new JournalCorrupt("number %d (expected: 0 to 2147483647)".formatted(value));
        }
        return (int) value;
    }

    /// Zig-zag, so that small negative numbers stay short.
    static void putSigned(ByteBuffer to, long value) {
        putVar(to, (value << 1) ^ (value >> 63));
    }

    static long signed(ByteBuffer from) {
        long coded = var(from);
        return (coded >>> 1) ^ -(coded & 1);
    }

    @SuppressWarnings("deprecation") // Latin-1 bytes of an ASCII string: one copy, no encoder
    static void putText(ByteBuffer to, String text) {
        int length = text.length();
        if (length <= Entry.TEXT_BYTES_MAX && isAscii(text)) {
            byte[] bytes = new byte[length];
            text.getBytes(0, length, bytes, 0);
            putVar(to, length);
            to.put(bytes);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int kept = Math.min(bytes.length, Entry.TEXT_BYTES_MAX);
        while (kept < bytes.length && kept > 0 && (bytes[kept] & 0xC0) == 0x80) {
            kept--;
        }
        putVar(to, kept);
        to.put(bytes, 0, kept);
    }

    /// Whether [#putText(ByteBuffer, String)] loses nothing of it.
    static boolean isKeptWhole(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= Entry.TEXT_BYTES_MAX
                && new String(bytes, StandardCharsets.UTF_8).equals(text);
    }

    static String text(ByteBuffer from) {
        int length = smallVar(from);
        if (length > Entry.TEXT_BYTES_MAX || length > from.remaining()) {
            throw new JournalCorrupt("text of %d bytes".formatted(length));
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
