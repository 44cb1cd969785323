package tollgate.http;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.unit.RequestId;

/// One request and its answer. It belongs to one event loop: only [#run], [#answer], [#begin] and
/// the methods of [Stream] may be called from another thread, which then hop to the loop.
public interface Exchange {
    RequestId id();

    String method();

    /// The path as it came: not decoded, without query, without a trailing slash (but for `/`).
    String path();

    /// The query as it came, without the question mark, or null.
    @Nullable String rawQuery();

    /// The first value of a query parameter, decoded, or null.
    @Nullable String query(String name);

    /// The first value of a header, or null; names are case-insensitive.
    @Nullable String header(String name);

    List<String> headers(String name);

    /// The body, decoded when it came compressed.
    Buffer body();

    /// The bytes of the body themselves: not a copy, not to be changed.
    byte[] bodyBytes();

    /// Says that the body is not needed any more: its memory is given back before the answer's end,
    /// and [#body()] is empty.
    void freeBody();

    /// The address of the socket's other end, without port.
    String remoteAddress();

    /// The index of this exchange's event loop, from 0.
    int loop();

    /// When the head was complete, on the clock of the event loops.
    long receivedNanos();

    /// Runs a task on this exchange's event loop, after what runs there now.
    void run(Runnable task);

    /// Sends a whole answer in one write. For HEAD the body is measured, not sent.
    void answer(int status, Headers headers, Buffer body);

    /// Begins an answer of unknown length. The head leaves with the first bytes.
    Stream begin(int status, Headers headers);

    /// Called once, on the loop, when the caller leaves before the end of the answer was written;
    /// with [#onSent], before it was handed to the kernel. Several tasks may be added.
    void onGone(Runnable task);

    /// Called on the loop when the last byte of the answer was handed to the kernel. To be set
    /// before the end is written; [#onGone] is called instead when that fails.
    void onSent(Runnable task);

    /// Whether an answer has begun.
    boolean answered();

    /// Whether the caller has left.
    boolean gone();
}
