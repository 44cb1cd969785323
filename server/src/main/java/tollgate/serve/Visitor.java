package tollgate.serve;

import io.vertx.core.buffer.Buffer;
import tollgate.fault.Fault;
import tollgate.http.Exchange;
import tollgate.http.Headers;
import tollgate.tenant.Key;

/// Who called, at which door, and that door's voice.
public interface Visitor {
    Exchange exchange();

    Key key();

    /// The header fields of every answer.
    Headers base();

    /// The door's name, for the request log.
    String doorName();

    /// Answers a fault in the door's words.
    void refuse(Fault fault);

    /// A fault inside a stream that has begun: one complete event in the door's words.
    Buffer event(Fault fault);
}
