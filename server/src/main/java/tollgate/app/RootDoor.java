package tollgate.app;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import tollgate.config.Config;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Times;
import tollgate.door.Visit;
import tollgate.door.Words;
import tollgate.door.gateway.GatewayWording;
import tollgate.door.openai.OpenAiWording;
import tollgate.door.proxy.ProxyWording;
import tollgate.fault.Fault;
import tollgate.wire.json.Json;

/// What no door has to itself: `/health` at the root, and the wording of paths that nobody knows,
/// as `server.root` says.
final class RootDoor {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final BooleanSupplier healthy;
    private final InstantSource clock;
    private final Config.Root root;

    RootDoor(BooleanSupplier healthy, InstantSource clock, Config.Root root) {
        this.healthy = healthy;
        this.clock = clock;
        this.root = root;
    }

    Door door(long bodyBytesMax) {
        return new Door(
                "root",
                List.of(),
                bodyBytesMax,
                wording(),
                List.of(Route.loop("GET", "/health", Route.anyone(), this::health)));
    }

    /// Of everything at the root that is no door's own.
    Words.Wording wording() {
        return switch (root) {
            case OPENAI, RESELLER -> new OpenAiWording();
            case PROXY -> new ProxyWording(clock);
            case GATEWAY -> new GatewayWording(clock);
        };
    }

    private void health(Visit visit) {
        if (!healthy.getAsBoolean()) {
            visit.refuse(new Fault.Unavailable("the ledger cannot be written", RETRY));
            return;
        }
        visit.answer(
                200,
                Json.obj()
                        .put("status", root == Config.Root.GATEWAY ? "healthy" : "ok")
                        .put("timestamp", Times.seconds(clock.instant()))
                        .put("version", Version.TEXT));
    }
}
