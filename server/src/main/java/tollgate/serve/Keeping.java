package tollgate.serve;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tollgate.http.Exchange;
import tollgate.http.Headers;
import tollgate.unit.Digest;

/// Gathers the answer of one call with an idempotency key and stores it before its post.
final class Keeping {
    private final Answers answers;
    private final Exchange exchange;
    private final Executor workers;
    private final Buffer gathered = Buffer.buffer();
    private boolean tooLarge;

    Keeping(Answers answers, Exchange exchange, Executor workers) {
        this.answers = answers;
        this.exchange = exchange;
        this.workers = workers;
    }

    /// Adds a part of a stream.
    void add(Buffer bytes) {
        if (gathered.length() + bytes.length() > Answers.BYTES_MAX) {
            tooLarge = true;
        } else {
            gathered.appendBuffer(bytes);
        }
    }

    /// Stores what was gathered.
    Future<@Nullable Digest> keepStream(long hold, Headers headers) {
        return keep(hold, headers, gathered.getBytes());
    }

    /// Stores an answer, synced; completes on the event loop with its digest, or with null when it
    /// is too large or there is no room: the call is charged all the same.
    Future<@Nullable Digest> keep(long hold, Headers headers, byte[] body) {
        if (tooLarge || body.length > Answers.BYTES_MAX) {
            return Future.succeededFuture();
        }
        Promise<@Nullable Digest> kept = Promise.promise();
        workers.execute(() -> {
            Digest digest = answers.store(hold, headers, body);
            exchange.run(() -> kept.complete(digest));
        });
        return kept.future();
    }
}
