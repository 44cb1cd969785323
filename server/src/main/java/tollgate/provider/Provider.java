package tollgate.provider;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import tollgate.http.Ongoing;
import tollgate.wire.Redactor;
import tollgate.wire.openai.LimitName;

/// One upstream account. Implementations are shared by all event loops and keep no state of a call.
public interface Provider {
    /// The name in the configuration, such as `openai`.
    String name();

    /// Sends one attempt on the calling event loop.
    Ongoing send(Call call);

    /// Under which name its models take an output limit.
    LimitName limitName();

    /// Strikes this provider's key out of what may reach callers.
    Redactor redactor();

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
