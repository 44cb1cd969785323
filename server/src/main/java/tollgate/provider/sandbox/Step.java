package tollgate.provider.sandbox;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/// What happens next in the body of a played answer. After the last step the body ends properly.
sealed interface Step {
    /// Bytes arrive.
    record Bytes(Buffer buffer) implements Step {
        @Override
        public String toString() {
            return "Bytes[%d]".formatted(buffer.length());
        }
    }

    /// Time passes.
    record Wait(Duration time) implements Step {}

    /// Nothing comes any more, until a deadline ends it.
    record Silence() implements Step {}

    /// The connection breaks.
    record Break() implements Step {}
}
