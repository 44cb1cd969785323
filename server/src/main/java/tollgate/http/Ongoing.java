package tollgate.http;

import io.vertx.core.Future;

/// A call to an upstream that was begun. To be used on its event loop.
public interface Ongoing {
    /// The head of the answer, or [Reply.CallFailed].
    Future<Reply> reply();

    /// Gives the call up at once, before or after its head, and closes its connection. A reply that
    /// did not come yet never comes then.
    void cancel();
}
