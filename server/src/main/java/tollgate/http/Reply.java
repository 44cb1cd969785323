package tollgate.http;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// An upstream's answer as it arrives: the head is here, the body comes to a [Sink]. Everything
/// happens on the event loop that sent the request; no method may be called from elsewhere.
///
/// A reply arrives paused: nothing is delivered before [#start(Sink)].
public interface Reply {
    int status();

    /// The first value of a header, or null; names are case-insensitive.
    @Nullable String header(String name);

    /// Begins delivery. Exactly one of [Sink#end()] and [Sink#failed(Failure)] follows the last
    /// chunk, unless the call is cancelled: then nothing more comes.
    void start(Sink sink);

    /// Back-pressure: no chunk is delivered until [#resume()]; the idle clock stands still.
    void pause();

    void resume();

    /// Says that the answer has begun in earnest (its first event, not a keep-alive): from here on
    /// the idle deadline holds instead of the first-byte deadline.
    void committed();

    /// Closes the connection at once, without draining. Harmless when the reply is over.
    void cancel();

    /// Where the body goes. Chunks are as the socket gave them.
    interface Sink {
        void chunk(Buffer bytes);

        void end();

        void failed(Failure failure);
    }

    /// How a call to an upstream can fail.
    enum Failure {
        /// No connection: refused, unknown host, TLS, or the connect deadline.
        UNREACHABLE,
        /// The connection broke, or the framing was invalid, before the answer was whole.
        BROKEN,
        /// No first byte within its deadline.
        SILENT,
        /// No byte within the idle deadline, inside the answer.
        STALLED,
        /// The total deadline.
        TOO_LONG
    }

    /// Thrown into the future of a call whose head never came.
    final class CallFailed extends RuntimeException {
        private final Failure failure;

        public CallFailed(Failure failure, @Nullable Throwable cause) {
            super(failure.name(), cause, false, false);
            this.failure = failure;
        }

        public Failure failure() {
            return failure;
        }
    }
}
