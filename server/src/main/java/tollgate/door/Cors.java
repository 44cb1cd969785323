package tollgate.door;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.http.Exchange;
import tollgate.http.Headers;

/// Lets pages of other origins call with a key of their own (DESIGN 2, *CORS*). Credentials are
/// never allowed: a cookie of ours is no use to another origin.
final class Cors {
    private static final String EVERY_ORIGIN = "*";
    private static final String MAX_AGE_SECONDS = "600";

    /// Nobody is to guess from an answer's bytes that it is a page (I-87).
    private static final Headers PLAIN = Headers.of("x-content-type-options", "nosniff").shared();

    private static final Headers OPEN =
            PLAIN.with("access-control-allow-origin", EVERY_ORIGIN)
                    .with("access-control-expose-headers", "*")
                    .shared();

    private final List<String> origins;

    /// @param origins as in `server.cors`: `*`, or origins such as `https://app.example`
    Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    /// What every answer carries for browsers.
    Headers headers(Exchange exchange) {
        if (origins.contains(EVERY_ORIGIN)) {
            return OPEN;
        }
        if (origins.isEmpty()) {
            return PLAIN;
        }
        Headers varying = PLAIN.with("vary", "Origin");
        String origin = allowed(exchange);
        return origin == null
                ? varying
                : varying.with("access-control-allow-origin", origin)
                        .with("access-control-expose-headers", "*");
    }

    private @Nullable String allowed(Exchange exchange) {
        String origin = exchange.header("origin");
        return origin != null && origins.contains(origin) ? origin : null;
    }

    /// What a preflight is told beside that.
    static Headers preflight(Headers base, Exchange exchange, List<String> methods) {
        Headers answer =
                base.with("access-control-allow-methods", String.join(", ", methods))
                        .with("allow", String.join(", ", methods))
                        .with("access-control-max-age", MAX_AGE_SECONDS);
        String asked = exchange.header("access-control-request-headers");
        return asked == null ? answer : answer.with("access-control-allow-headers", asked);
    }
}
