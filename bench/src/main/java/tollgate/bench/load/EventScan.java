package tollgate.bench.load;

import java.nio.charset.StandardCharsets;

/// Counts the `data:` lines of an event stream, cut anywhere, and notices whether the last of them
/// was `[DONE]`. Comments and other fields pass uncounted. Not thread-safe.
final class EventScan {
    private static final byte[] DONE = "data: [DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELD_BYTES = "data:".length();

    private int lines;
    private boolean done;

    /// Bytes of the current line so far, and how many of them agree with [#DONE].
    private int column;

    private int agreed;

    void clear() {
        lines = 0;
        done = false;
        column = 0;
        agreed = 0;
    }

    /// How many `data:` lines were finished, `[DONE]` included.
    int lines() {
        return lines;
    }

    boolean done() {
        return done;
    }

    void take(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\n') {
                endLine();
            } else if (b != '\r') {
                if (agreed == column && column < DONE.length && b == DONE[column]) {
                    agreed++;
                }
                column++;
            }
        }
    }

    private void endLine() {
        if (agreed >= FIELD_BYTES) {
            lines++;
            done = agreed == DONE.length && column == DONE.length;
        }
        column = 0;
        agreed = 0;
    }
}
