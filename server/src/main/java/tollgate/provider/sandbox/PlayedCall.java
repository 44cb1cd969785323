package tollgate.provider.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;
import tollgate.http.Ongoing;
import tollgate.http.Reply;

/// A call to the sandbox: its reply is there at once, or when it was made on another thread. Lives
/// on one event loop.
final class PlayedCall implements Ongoing {
    private final Promise<Reply> promise = Promise.promise();
    private @Nullable Reply reply;
    private boolean cancelled;

    PlayedCall(Future<Reply> made) {
        made.onSuccess(this::came)
                .onFailure(cause -> {
                    if (!cancelled) {
                        promise.fail(cause);
                    }
                });
    }

    private void came(Reply made) {
        if (!cancelled) {
            reply = made;
            promise.complete(made);
        }
    }

    @Override
    public Future<Reply> reply() {
        return promise.future();
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (reply != null) {
            reply.cancel();
        }
    }
}
