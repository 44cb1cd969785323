package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import tollgate.fault.Fault;

/// The body of a request from its announcement on: gathered, inflated when it came as gzip, held
/// within its bounds, and given back. On the event loop of its connection, but for the inflating of
/// what is large.
final class RequestBody {
    /// What is inflated on the event loop itself, in compressed and in inflated bytes.
    private static final int INFLATED_INLINE_BYTES_MAX = 256 << 10;

    private final ServerConnection connection;
    private final long bytesMax;
    private final boolean gzip;
    private BodyBuffer buffer;
    private boolean freed;

    /// Prepares for a body.
    ///
    /// @param announced its Content-Length, or -1
    /// @throws Refused when it is announced too large, or in an unknown coding
    RequestBody(ServerConnection connection, HttpHeaders headers, long bytesMax, long announced) {
        this.connection = connection;
        this.bytesMax = bytesMax;
        this.gzip = gzip(headers.getAll(HttpHeaderNames.CONTENT_ENCODING));
        this.buffer = new BodyBuffer(budget(), bytesMax, announced);
    }

    private static boolean gzip(List<String> codings) {
        if (codings.isEmpty()) {
            return false;
        }
        String coding = codings.getFirst();
        boolean gzip = coding.equalsIgnoreCase("gzip");
        if (codings.size() > 1 || !(gzip || coding.equalsIgnoreCase("identity"))) {
            throw new Refused(
                    new Fault.BadRequest(
                            null, "the content encoding is unknown (expected: gzip or none)"));
        }
        return gzip;
    }

    private BodyBudget budget() {
        return connection.loop().server().budget();
    }

    /// Takes a piece more.
    ///
    /// @throws Refused when the body or all bodies together become too large
    void add(ByteBuf piece) {
        buffer.add(piece);
    }

    /// The last byte is here: hands the exchange on with the whole body, now or later.
    void complete(ServerExchange exchange) {
        byte[] bytes = buffer.complete();
        if (!gzip || bytes.length == 0) {
            exchange.whole(bytes);
            return;
        }
        BodyBuffer inflated = new BodyBuffer(budget(), bytesMax, -1);
        Gunzip gunzip = new Gunzip(bytes, inflated);
        if (bytes.length > INFLATED_INLINE_BYTES_MAX) {
            inflateElsewhere(exchange, gunzip, inflated);
            return;
        }
        try {
            if (gunzip.step(INFLATED_INLINE_BYTES_MAX)) {
                gunzip.close();
                replace(exchange, inflated);
            } else {
                inflateElsewhere(exchange, gunzip, inflated);
            }
        } catch (Refused refused) {
            gunzip.close();
            inflated.free();
            throw refused;
        }
    }

    private void inflateElsewhere(ServerExchange exchange, Gunzip gunzip, BodyBuffer inflated) {
        ServerLoop loop = connection.loop();
        loop.server()
                .loops()
                .context(loop.index())
                .executeBlocking(() -> gunzip.step(Integer.MAX_VALUE), false)
                .onComplete(done -> {
                    gunzip.close();
                    if (done.succeeded() && !freed) {
                        replace(exchange, inflated);
                        return;
                    }
                    inflated.free();
                    if (done.cause() instanceof Refused refused) {
                        connection.refuse(exchange, refused.fault());
                    } else if (done.failed()) {
                        connection.fail(exchange, done.cause());
                    }
                });
    }

    private void replace(ServerExchange exchange, BodyBuffer inflated) {
        buffer.free();
        buffer = inflated;
        exchange.whole(inflated.complete());
    }

    /// Gives the memory back; harmless a second time.
    void free() {
        freed = true;
        buffer.free();
    }
}
