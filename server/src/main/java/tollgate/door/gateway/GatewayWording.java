package tollgate.door.gateway;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import tollgate.door.Plain;
import tollgate.door.Times;
import tollgate.door.Words;
import tollgate.fault.Fault;
import tollgate.wire.json.Json;

/// Errors as the gateway contract words them: `{"detail","status_code","timestamp"}`.
public final class GatewayWording implements Words.Wording {
    private final InstantSource clock;

    public GatewayWording(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Words words(Fault fault) {
        return new Words(
                Plain.status(fault),
                Buffer.buffer(error(fault).toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Buffer event(Fault fault) {
        return Buffer.buffer(
                ("event: error\ndata: " + error(fault) + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private Json.Obj error(Fault fault) {
        return Json.obj()
                .put("detail", Plain.message(fault))
                .put("status_code", Plain.status(fault))
                .put("timestamp", Times.seconds(clock.instant()));
    }
}
