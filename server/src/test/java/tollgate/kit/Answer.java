package tollgate.kit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The bytes of one scripted answer before they are sent: a head and the frames of a body, so that
/// a test can ask where in the bytes of the wire a certain byte of the body lies.
///
/// @param head the status line and the header fields, with the blank line
/// @param frames the body in the portions that are sent (and paced) one after the other
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record Answer(byte[] head, List<byte[]> frames, Framing framing) {
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);

    public Answer {
        frames = List.copyOf(frames);
    }

    /// How the end of the body is told.
    public enum Framing {
        /// Each frame is one chunk; the last chunk follows.
        CHUNKED,
        /// The head states the length.
        LENGTH,
        /// The connection's end is the body's end.
        CLOSE
    }

    /// The body alone.
    public byte[] body() {
        var out = new ByteArrayOutputStream();
        frames.forEach(out::writeBytes);
        return out.toByteArray();
    }

    /// Everything that an undisturbed connection carries.
    public byte[] wire() {
        var out = new ByteArrayOutputStream();
        portions().forEach(out::writeBytes);
        return out.toByteArray();
    }

    /// The wire's bytes in the portions they are sent in: the head, each frame, the end.
    List<byte[]> portions() {
        var portions = new ArrayList<byte[]>();
        portions.add(head);
        for (byte[] frame : frames) {
            portions.add(framing == Framing.CHUNKED ? chunk(frame) : frame);
        }
        if (framing == Framing.CHUNKED) {
            portions.add(LAST_CHUNK);
        }
        return portions;
    }

    /// How many bytes of the body come before the first frame that holds this text.
    ///
    /// @throws IllegalArgumentException when none does
    long frameWith(String text) {
        long before = 0;
        for (byte[] frame : frames) {
            if (new String(frame, StandardCharsets.UTF_8).contains(text)) {
                return before;
            }
            before += frame.length;
        }
        throw new IllegalArgumentException("no frame holds " + text);
    }

    /// How many bytes of the wire carry exactly the first `bodyBytes` bytes of the body; 0 of the
    /// body is the head alone.
    ///
    /// @throws IllegalArgumentException when the body is shorter
    public long wireOffset(long bodyBytes) {
        long wire = head.length;
        long left = bodyBytes;
        for (byte[] frame : frames) {
            if (left == 0) {
                return wire;
            }
            int sizeLine = framing == Framing.CHUNKED ? sizeLine(frame).length : 0;
            if (left < frame.length) {
                return wire + sizeLine + left;
            }
            left -= frame.length;
            wire += framing == Framing.CHUNKED ? chunk(frame).length : frame.length;
        }
        if (left > 0) {
            throw new IllegalArgumentException(
                    "bodyBytes: %d (expected: 0 to %d)".formatted(bodyBytes, bodyBytes - left));
        }
        return wire;
    }

    private static byte[] sizeLine(byte[] frame) {
        return (Integer.toHexString(frame.length).toLowerCase(Locale.ROOT) + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] chunk(byte[] frame) {
        var out = new ByteArrayOutputStream(frame.length + 16);
        if (frame.length == 0) {
            return frame;
        }
        out.writeBytes(sizeLine(frame));
        out.writeBytes(frame);
        out.writeBytes(LINE_END);
        return out.toByteArray();
    }
}
