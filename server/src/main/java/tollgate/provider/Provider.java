package tollgate.provider;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import tollgate.http.Reply;

/// One upstream account. Implementations are shared by all event loops and keep no state of a call.
public interface Provider {
    /// The name in the configuration, such as `openai`.
    String name();

    /// Sends one attempt on the calling event loop; the future completes with the head of the
    /// answer, or fails with [Reply.CallFailed].
    Future<Reply> send(Call call);

    /// What one attempt sends: a body in this provider's protocol, to one of its operations.
    record Call(
            int loop, Operation operation, Buffer body, Delivery delivery, Duration firstByte) {}

    /// Which of the provider's operations is called.
    enum Operation {
        CHAT_COMPLETIONS,
        EMBEDDINGS
    }

    /// Whether the answer comes whole or as server-sent events.
    enum Delivery {
        WHOLE,
        STREAM
    }
}
