package tollgate.door.proxy;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import tollgate.door.Plain;
import tollgate.door.Times;
import tollgate.door.Words;
import tollgate.fault.Fault;
import tollgate.wire.json.Json;

/// Errors as the proxy contract words them: a type, details, a time of three decimals. A wrong
/// method is not found there.
public final class ProxyWording implements Words.Wording {
    private final InstantSource clock;

    public ProxyWording(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Words words(Fault fault) {
        int status = fault instanceof Fault.MethodNotAllowed ? 404 : Plain.status(fault);
        return new Words(
                status,
                Buffer.buffer(error(fault, status).toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Buffer event(Fault fault) {
        String error = error(fault, Plain.status(fault)).toString();
        return Buffer.buffer(
                ("event: error\ndata: " + error + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private Json.Obj error(Fault fault, int status) {
        return Json.obj()
                .put("error", type(status))
                .put("details", Plain.message(fault))
                .put("timestamp", Times.millis(clock.instant()));
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "unauthorized";
            case 402 -> "insufficient_credits";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 409 -> "conflict";
            case 413 -> "payload_too_large";
            case 429 -> "rate_limited";
            case 500 -> "internal_error";
            case 502 -> "upstream_error";
            case 503 -> "unavailable";
            case 504 -> "timeout";
            default -> "invalid_request";
        };
    }
}
