package tollgate.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// Reads HTTP/1.1 answers off one connection, cut anywhere, and keeps what a check needs: status,
/// length, events. Not thread-safe.
public final class AnswerReader {
    private static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final int BLANK_LINE = 0x0d0a0d0a;

    /// How much of a body is kept for the message about a wrong answer.
    private static final int SAMPLE_BYTES = 200;

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        COMPLETE,
        BROKEN
    }

    private final byte[] head = new byte[HEAD_BYTES_MAX];
    private final byte[] sample = new byte[SAMPLE_BYTES];
    private final EventScan events = new EventScan();
    private State state = State.HEAD;
    private int headBytes;

    /// The last four bytes of the head, to see its end.
    private int tail;

    private int status;
    private boolean closing;

    /// Bytes left of the body or of the current chunk.
    private long left;

    private long bodyBytes;
    private int trailerColumn;

    /// Makes ready for the next answer on the same connection.
    public void clear() {
        state = State.HEAD;
        headBytes = 0;
        tail = 0;
        status = 0;
        closing = false;
        bodyBytes = 0;
        events.clear();
    }

    /// Takes bytes and stops behind the end of the answer, or where the framing broke.
    ///
    /// @return the index behind the last byte used
    public int take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != State.COMPLETE && state != State.BROKEN) {
            at =
                    switch (state) {
                        case HEAD -> takeHead(bytes, at, to);
                        case BODY, CHUNK -> takeBody(bytes, at, to);
                        case CHUNK_SIZE -> takeSize(bytes[at], at);
                        case CHUNK_END -> takeChunkEnd(bytes[at], at);
                        case TRAILER -> takeTrailer(bytes[at], at);
                        case COMPLETE, BROKEN -> at;
                    };
        }
        return at;
    }

    public boolean complete() {
        return state == State.COMPLETE;
    }

    public boolean broken() {
        return state == State.BROKEN;
    }

    /// Whether any byte of an answer has come.
    public boolean begun() {
        return headBytes > 0;
    }

    public int status() {
        return status;
    }

    /// Whether the other side closes the connection behind this answer.
    public boolean closing() {
        return closing;
    }

    public long bodyBytes() {
        return bodyBytes;
    }

    /// Finished `data:` lines so far, `[DONE]` included.
    public int eventLines() {
        return events.lines();
    }

    /// Whether `[DONE]` was the last `data:` line.
    public boolean done() {
        return events.done();
    }

    /// The beginning of the body.
    public String sample() {
        int length = (int) Math.min(bodyBytes, SAMPLE_BYTES);
        return new String(sample, 0, length, StandardCharsets.UTF_8);
    }

    private int takeHead(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (headBytes == HEAD_BYTES_MAX) {
                state = State.BROKEN;
                return i;
            }
            head[headBytes++] = bytes[i];
            tail = tail << 8 | bytes[i];
            if (tail == BLANK_LINE) {
                readHead();
                return i + 1;
            }
        }
        return to;
    }

    private void readHead() {
        String text = new String(head, 0, headBytes, StandardCharsets.ISO_8859_1);
        String[] lines = text.toLowerCase(Locale.ROOT).split("\r\n", -1);
        String[] words = lines[0].split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("http/1.") || !words[1].matches("\\d{3}")) {
            state = State.BROKEN;
            return;
        }
        status = Integer.parseInt(words[1]);
        closing = Arrays.asList(lines).contains("connection: close");
        state = framing(lines);
    }

    private State framing(String[] lines) {
        for (String line : lines) {
            if (line.startsWith("content-length:")) {
                left = Long.parseLong(line.substring("content-length:".length()).strip());
                return left == 0 ? State.COMPLETE : State.BODY;
            }
            if (line.startsWith("transfer-encoding:") && line.endsWith("chunked")) {
                left = 0;
                return State.CHUNK_SIZE;
            }
        }
        return State.BROKEN;
    }

    private int takeBody(byte[] bytes, int from, int to) {
        int length = (int) Math.min(left, to - from);
        events.take(bytes, from, from + length);
        if (bodyBytes < SAMPLE_BYTES) {
            int kept = (int) Math.min(length, SAMPLE_BYTES - bodyBytes);
            System.arraycopy(bytes, from, sample, (int) bodyBytes, kept);
        }
        bodyBytes += length;
        left -= length;
        if (left == 0) {
            state = state == State.BODY ? State.COMPLETE : State.CHUNK_END;
        }
        return from + length;
    }

    private int takeSize(byte b, int at) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && left < Integer.MAX_VALUE) {
            left = left << 4 | digit;
        } else if (b == '\n') {
            trailerColumn = 0;
            state = left == 0 ? State.TRAILER : State.CHUNK;
        } else if (b != '\r') {
            state = State.BROKEN;
        }
        return at + 1;
    }

    private int takeChunkEnd(byte b, int at) {
        if (b == '\n') {
            left = 0;
            state = State.CHUNK_SIZE;
        } else if (b != '\r') {
            state = State.BROKEN;
        }
        return at + 1;
    }

    private int takeTrailer(byte b, int at) {
        if (b == '\n' && trailerColumn == 0) {
            state = State.COMPLETE;
        } else if (b == '\n') {
            trailerColumn = 0;
        } else if (b != '\r') {
            trailerColumn++;
        }
        return at + 1;
    }
}
