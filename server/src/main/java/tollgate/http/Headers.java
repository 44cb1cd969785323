package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The header fields of an answer we give or a call we make, in order. Immutable: [#with] adds a
/// field on top of a list that others may share, and [#shared()] keeps the bytes of a list that is
/// sent often, so that a constant is encoded once.
///
/// Framing is not the caller's: Content-Length, Transfer-Encoding, Connection and Host are refused.
public final class Headers {
    public static final Headers NONE = new Headers(null, "", "", new byte[0]);

    private static final Set<String> OURS =
            Set.of(
                    "connection",
                    "content-length",
                    "host",
                    "keep-alive",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private final @Nullable Headers before;
    private final String name;
    private final String value;
    private final byte @Nullable [] lines;

    private Headers(@Nullable Headers before, String name, String value, byte @Nullable [] lines) {
        this.before = before;
        this.name = name;
        this.value = value;
        this.lines = lines;
    }

    /// One field; the name must be a token in lower case.
    public static Headers of(String name, String value) {
        return NONE.with(name, value);
    }

    /// The same fields and one more after them.
    ///
    /// Characters that may not stand in a value (controls, or beyond Latin-1) are sent as `?`.
    ///
    /// @throws IllegalArgumentException when the name is no lower-case token or is ours to set
    public Headers with(String name, String value) {
        if (!AsciiSet.FIELD_NAME.spells(name) || OURS.contains(name)) {
            throw new IllegalArgumentException(
                    "header name: %s (expected: a lower-case token that does not frame)"
                            .formatted(name));
        }
        return new Headers(this, name, value, null);
    }

    /// The same fields, encoded now and kept.
    public Headers shared() {
        if (lines != null) {
            return this;
        }
        ByteBuf out = Unpooled.buffer();
        writeTo(out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return new Headers(before, name, value, bytes);
    }

    /// The first value of a field, or null.
    public @Nullable String first(String wanted) {
        String key = wanted.toLowerCase(Locale.ROOT);
        String found = null;
        for (Headers at = this; at != null; at = at.before) {
            if (at.name.equals(key)) {
                found = at.value;
            }
        }
        return found;
    }

    void writeTo(ByteBuf out) {
        if (lines != null) {
            out.writeBytes(lines);
            return;
        }
        if (before != null) {
            before.writeTo(out);
        }
        out.writeCharSequence(name, StandardCharsets.US_ASCII);
        out.writeShort(':' << 8 | ' ');
        writeValue(out);
        out.writeShort('\r' << 8 | '\n');
    }

    private void writeValue(ByteBuf out) {
        int length = value.length();
        out.ensureWritable(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            boolean text = (c >= ' ' && c < 0x7f) || c == '\t' || (c >= 0xa0 && c <= 0xff);
            out.writeByte(text ? c : '?');
        }
    }

    @Override
    public String toString() {
        StringBuilder names = new StringBuilder();
        for (Headers at = this; at != null && !at.name.isEmpty(); at = at.before) {
            names.insert(0, at.name + " ");
        }
        return "Headers[" + names.toString().strip() + "]"; // values hold keys and cookies
    }
}
