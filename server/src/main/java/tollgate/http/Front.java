package tollgate.http;

import tollgate.fault.Fault;

/// What stands behind the server: finds the route of a request and the words of a refusal. One
/// instance an event loop; all methods are called on that loop and must not block.
public interface Front {
    /// What is reported of a caller who left before any answer (nginx's number for it).
    int CALLER_LEFT = 499;

    /// The largest body that this path takes, in bytes, before and after decoding.
    long bodyBytesMax(String path);

    /// A whole request: the body is complete. Must lead to one answer, sooner or later.
    void handle(Exchange exchange);

    /// A request that the server itself refuses (framing, limits, deadlines, memory), to be
    /// answered at once in the door's words. Its body is missing; method and path are empty and `/`
    /// where even the request line could not be read. The server then closes the connection.
    void refuse(Exchange exchange, Fault fault);

    /// An exchange is over: its answer's last byte was written, or the caller left before. Called
    /// once for each, with the time since its head was complete.
    ///
    /// @param status of the answer, or [#CALLER_LEFT] when there was none
    default void answered(Exchange exchange, int status, long nanos) {}
}
