package tollgate.wire.sse;

import java.util.Arrays;

/// Finds the events in a stream of bytes, however the stream is cut: fed byte by byte it emits the
/// same events as fed whole. The ranges it emits, put together with [#rest()], are the stream. For
/// one thread and one stream.
///
/// Lines end with LF, CR LF or CR; a blank line ends an event. Whether a CR is the whole line end
/// cannot be known before the next byte. After a line that ended with CR LF the framer waits for
/// the LF; after one that ended with CR alone it does not wait (the stream would hang), and an LF
/// that follows all the same opens the next range. Source: WHATWG HTML, 9.2.6, read 2026-11-21.
public final class SseFramer {
    /// Bytes of one event, its blank line included; a picture in base64 is below it.
    public static final int EVENT_BYTES_MAX = 1 << 20;

    private final SseEvent event = new SseEvent();

    /// The bytes of an event that began in an earlier chunk.
    private byte[] carry = new byte[0];

    private int carried;

    /// Nothing of the current line has come yet.
    private boolean lineStart = true;

    /// The last byte was a CR that ended a line; an LF now belongs to it.
    private boolean afterCr;

    /// The last byte was a CR that ended a blank line, and its LF is waited for.
    private boolean awaitsLf;

    /// The last line end was CR LF.
    private boolean crLf = true;

    private boolean broken;

    /// Lines of the current event, and the length of the event up to the end of its first one.
    private int lines;

    private int firstLineEnd;

    /// Takes the next chunk, `bytes[from, to)`, and gives `sink` the events that it completes.
    public void feed(byte[] bytes, int from, int to, SseSink sink) {
        int begin = from;
        int p = from;
        while (p < to && !broken) {
            byte b = bytes[p];
            if (awaitsLf) {
                awaitsLf = false;
                if (b == '\n') {
                    p++;
                }
                begin = emit(bytes, begin, p, sink);
                continue;
            }
            if (afterCr) {
                afterCr = false;
                crLf = b == '\n';
                if (crLf) {
                    p++;
                    continue;
                }
            }
            if (b != '\n' && b != '\r') {
                lineStart = false;
                p = lineEnd(bytes, p + 1, to);
                continue;
            }
            boolean blank = lineStart;
            endLine(b, carried + p - begin);
            p++;
            if (blank && !awaitsLf) {
                begin = emit(bytes, begin, p, sink);
            }
        }
        keep(bytes, begin, to, sink);
    }

    private static int lineEnd(byte[] bytes, int from, int to) {
        int p = from;
        while (p < to && bytes[p] != '\n' && bytes[p] != '\r') {
            p++;
        }
        return p;
    }

    private void endLine(byte b, int length) {
        if (lineStart) {
            awaitsLf = b == '\r' && crLf;
            afterCr = b == '\r' && !crLf;
            return;
        }
        lines++;
        if (lines == 1) {
            firstLineEnd = length;
        }
        lineStart = true;
        afterCr = b == '\r';
        crLf = false;
    }

    /// Emits what is carried and `bytes[begin, end)` as one event; returns where the next begins.
    private int emit(byte[] bytes, int begin, int end, SseSink sink) {
        int length = carried + end - begin;
        if (length > EVENT_BYTES_MAX) {
            fail(sink);
            return end;
        }
        if (carried == 0) {
            event.set(bytes, begin, end, lines == 1 ? begin + firstLineEnd : -1);
        } else {
            carry(bytes, begin, end);
            event.set(carry, 0, length, lines == 1 ? firstLineEnd : -1);
        }
        carried = 0;
        lines = 0;
        lineStart = true;
        sink.event(event);
        return end;
    }

    private void keep(byte[] bytes, int begin, int to, SseSink sink) {
        if (broken) {
            return;
        }
        if (carried + to - begin > EVENT_BYTES_MAX) {
            fail(sink);
            return;
        }
        carry(bytes, begin, to);
    }

    private void carry(byte[] bytes, int begin, int end) {
        int length = carried + end - begin;
        if (length > carry.length) {
            carry = Arrays.copyOf(carry, Math.max(length, Math.min(2 * length, EVENT_BYTES_MAX)));
        }
        System.arraycopy(bytes, begin, carry, carried, end - begin);
        carried = length;
    }

    private void fail(SseSink sink) {
        broken = true;
        carried = 0;
        sink.tooLarge();
    }

    /// The stream is over: emits the last event if only the LF of its blank line was waited for.
    public void end(SseSink sink) {
        if (awaitsLf) {
            awaitsLf = false;
            emit(carry, 0, 0, sink);
        }
    }

    /// The bytes after the last complete event; an event without its blank line is none.
    public byte[] rest() {
        return Arrays.copyOf(carry, carried);
    }
}
