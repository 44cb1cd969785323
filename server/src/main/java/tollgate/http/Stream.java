package tollgate.http;

import io.vertx.core.buffer.Buffer;

/// An answer that is written piece by piece. What is written in one turn of the event loop leaves
/// in one flush. Writing to a caller who has left does nothing.
public interface Stream {
    void write(Buffer bytes);

    void end();

    void end(Buffer bytes);

    /// Whether the caller reads too slowly: stop writing until [#onDrain].
    boolean full();

    /// Called on the loop each time the stream has room again after it was full.
    void onDrain(Runnable task);

    /// Sends what was written and closes the connection without the proper end, so that the caller
    /// knows that the answer is not whole.
    void cut();
}
