package tollgate.kit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One request as the [FakeUpstream] got it, and what became of its answer. Times are
/// `System.nanoTime()`. Filled by the connection's threads; safe to read from any.
public final class Received {
    private final int number;
    private final int connection;
    private final Head head;
    private final byte[] body;
    private final long completeNanos;
    private final @Nullable JsonNode json;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private volatile long firstSentNanos = -1;
    private volatile long answeredNanos = -1;
    private volatile long peerClosedNanos = -1;
    private volatile boolean peerReset;

    /// The request line, the fields and when their first byte came.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Head(
            String method,
            String target,
            List<Map.Entry<String, String>> fields,
            byte[] bytes,
            long firstNanos) {}

    Received(int number, int connection, Head head, byte[] body, long completeNanos) {
        this.number = number;
        this.connection = connection;
        this.head = head;
        this.body = body;
        this.completeNanos = completeNanos;
        this.json = KitJson.readOrNull(body);
    }

    /// 1 for the first request that this upstream ever got.
    public int number() {
        return number;
    }

    /// 1 for the first connection: two requests with the same number came over the same one.
    public int connection() {
        return connection;
    }

    public String method() {
        return head.method();
    }

    /// The request target as it stood in the request line, query included.
    public String target() {
        return head.target();
    }

    /// The target without its query.
    public String path() {
        int query = target().indexOf('?');
        return query < 0 ? target() : target().substring(0, query);
    }

    /// The fields in their order, names in lower case.
    public List<Map.Entry<String, String>> headers() {
        return head.fields();
    }

    public @Nullable String header(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (var field : head.fields()) {
            if (field.getKey().equals(wanted)) {
                return field.getValue();
            }
        }
        return null;
    }

    /// The head's bytes, blank line included.
    public byte[] headBytes() {
        return head.bytes().clone();
    }

    /// The body, decoded from its chunks when it came in some.
    public byte[] body() {
        return body.clone();
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /// The body as JSON.
    ///
    /// @throws IllegalStateException when it is none
    public JsonNode json() {
        if (json == null) {
            throw new IllegalStateException(
                    "body: %d bytes (expected: JSON)".formatted(body.length));
        }
        return json;
    }

    /// The body's `model`, or an empty string.
    public String model() {
        return json == null ? "" : json.path("model").asString("");
    }

    boolean asks(String member) {
        return json != null && json.path(member).asBoolean(false);
    }

    boolean asksUsage() {
        return json != null && json.path("stream_options").path("include_usage").asBoolean(false);
    }

    /// When the first byte of the request came.
    public long firstNanos() {
        return head.firstNanos();
    }

    /// When the last byte of the request came.
    public long completeNanos() {
        return completeNanos;
    }

    /// What the socket took for this request so far, head and chunk sizes included.
    public byte[] sent() {
        synchronized (sent) {
            return sent.toByteArray();
        }
    }

    public long sentBytes() {
        synchronized (sent) {
            return sent.size();
        }
    }

    /// When the first byte of the answer was written, or -1.
    public long firstSentNanos() {
        return firstSentNanos;
    }

    /// Whether the whole answer was written, as scripted (cuts included).
    public boolean answered() {
        return answeredNanos >= 0;
    }

    public long answeredNanos() {
        return answeredNanos;
    }

    /// Whether the other side closed the connection that this request came over, before or after
    /// the answer was written.
    public boolean peerClosed() {
        return peerClosedNanos >= 0;
    }

    /// When the other side closed, or -1.
    public long peerClosedNanos() {
        return peerClosedNanos;
    }

    /// Whether it closed by a reset instead of an orderly end.
    public boolean peerReset() {
        return peerReset;
    }

    /// Lets this request's held answer go.
    public void release() {
        gate.countDown();
    }

    CountDownLatch gate() {
        return gate;
    }

    /// Counted down when the connection is gone: waits inside the answer end early.
    CountDownLatch over() {
        return over;
    }

    void noteSending() {
        if (firstSentNanos < 0) {
            firstSentNanos = System.nanoTime();
        }
    }

    void noteSent(byte[] bytes, int from, int length) {
        synchronized (sent) {
            sent.write(bytes, from, length);
        }
    }

    void noteAnswered() {
        answeredNanos = System.nanoTime();
    }

    void notePeerClosed(long nanos, boolean reset) {
        peerReset = reset;
        peerClosedNanos = nanos;
        over.countDown();
    }

    @Override
    public String toString() {
        return "#%d %s %s (%d bytes, model %s)"
                .formatted(number, method(), target(), body.length, model());
    }
}
