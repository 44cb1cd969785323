package tollgate.wire.sse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One event of a stream: its raw bytes, blank line included, and what its fields say. The framer
/// uses one object for all events: valid inside [SseSink#event] only.
public final class SseEvent {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] NOTHING = new byte[0];

    private byte[] bytes = NOTHING;
    private int from;
    private int to;

    private byte[] dataBytes = NOTHING;
    private int dataFrom;
    private int dataTo;
    private int dataLines;

    private int nameFrom;
    private int nameTo;

    /// `lineEnd` is where the only line ends, or -1 when there are several or none.
    void set(byte[] bytes, int from, int to, int lineEnd) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        dataBytes = bytes;
        dataFrom = from;
        dataTo = from;
        dataLines = 0;
        nameFrom = from;
        nameTo = from;
        if (lineEnd >= 0) {
            field(lineStart(from), lineEnd);
        } else {
            fields();
        }
    }

    /// An LF in front belongs to the line end of the event before; a byte order mark, which only a
    /// stream's first event has, is no part of a name.
    private int lineStart(int p) {
        int start = p;
        while (start < to && (bytes[start] == '\n' || bytes[start] == '\r')) {
            start++;
        }
        boolean bom =
                start + BOM.length <= to
                        && Arrays.equals(bytes, start, start + BOM.length, BOM, 0, BOM.length);
        return bom ? start + BOM.length : start;
    }

    private void fields() {
        int p = lineStart(from);
        while (p < to) {
            int end = lineEnd(p);
            field(p, end);
            p = end + 1;
        }
    }

    private int lineEnd(int p) {
        int end = p;
        while (end < to && bytes[end] != '\n' && bytes[end] != '\r') {
            end++;
        }
        return end;
    }

    private int nameEnd(int p, int end) {
        int nameEnd = p;
        while (nameEnd < end && bytes[nameEnd] != ':') {
            nameEnd++;
        }
        return nameEnd;
    }

    /// Behind the colon and the one space that may follow it.
    private int value(int nameEnd, int end) {
        int value = Math.min(nameEnd + 1, end);
        return value < end && bytes[value] == ' ' ? value + 1 : value;
    }

    private boolean isData(int p, int nameEnd) {
        return Arrays.equals(bytes, p, nameEnd, DATA, 0, DATA.length);
    }

    private void field(int p, int end) {
        int nameEnd = nameEnd(p, end);
        int value = value(nameEnd, end);
        if (isData(p, nameEnd)) {
            data(value, end);
        } else if (Arrays.equals(bytes, p, nameEnd, EVENT, 0, EVENT.length)) {
            nameFrom = value;
            nameTo = end;
        }
    }

    private void data(int valueFrom, int valueTo) {
        dataLines++;
        if (dataLines == 1) {
            dataFrom = valueFrom;
            dataTo = valueTo;
            return;
        }
        int before = dataTo - dataFrom;
        int length = before + 1 + valueTo - valueFrom;
        if (dataLines == 2 || length > dataBytes.length) {
            // Doubled, so that a thousand short lines are not copied a thousand times.
            byte[] joined = new byte[2 * length];
            System.arraycopy(dataBytes, dataFrom, joined, 0, before);
            dataBytes = joined;
        }
        dataBytes[before] = '\n';
        System.arraycopy(bytes, valueFrom, dataBytes, before + 1, valueTo - valueFrom);
        dataFrom = 0;
        dataTo = length;
    }

    /// The array that holds the event at [#from()] to [#to()].
    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /// Whether it carries no data: a comment, blank lines, fields that clients drop.
    public boolean isSilent() {
        return dataLines == 0;
    }

    /// Where a byte of the payload, which may have been joined elsewhere from several lines, stands
    /// in the event's own bytes.
    ///
    /// @param offset in [#dataBytes()]
    public int place(int offset) {
        if (dataLines < 2) {
            return offset;
        }
        int left = offset - dataFrom;
        int p = lineStart(from);
        while (p < to) {
            int end = lineEnd(p);
            int nameEnd = nameEnd(p, end);
            if (isData(p, nameEnd)) {
                int value = value(nameEnd, end);
                if (left <= end - value) {
                    return value + left;
                }
                left -= end - value + 1;
            }
            p = end + 1;
        }
        throw new IllegalArgumentException(
                "offset: %d (expected: within %d bytes)".formatted(offset, dataTo - dataFrom));
    }

    /// The array that holds the payload at [#dataFrom()] to [#dataTo()].
    public byte[] dataBytes() {
        return dataBytes;
    }

    public int dataFrom() {
        return dataFrom;
    }

    public int dataTo() {
        return dataTo;
    }

    /// Whether the field `event` is there and says this.
    public boolean nameIs(String name) {
        return name().equals(name);
    }

    /// What the field `event` says; empty when it is not there.
    public String name() {
        return nameFrom == nameTo
                ? ""
                : new String(bytes, nameFrom, nameTo - nameFrom, StandardCharsets.UTF_8);
    }

    /// A copy of the payload as text.
    public String data() {
        return new String(dataBytes, dataFrom, dataTo - dataFrom, StandardCharsets.UTF_8);
    }

    /// A copy of the payload.
    public byte[] payload() {
        return Arrays.copyOfRange(dataBytes, dataFrom, dataTo);
    }

    /// A copy of the raw bytes.
    public byte[] copy() {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
