package tollgate.door.gateway;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Times;
import tollgate.door.Visit;
import tollgate.ledger.Ledger;
import tollgate.tenant.Accounts;
import tollgate.tenant.Keys;
import tollgate.usage.UsageLog;
import tollgate.wire.json.Json;

/// The gateway contract under `/gateway` and at the root: so far balance, keys, requests and
/// administration.
public final class GatewayDoor {
    private static final String PREFIX = "/gateway";

    private final UserRoutes user;
    private final AdminRoutes admin;
    private final InstantSource clock;
    private final String version;

    public GatewayDoor(
            Ledger ledger,
            Accounts accounts,
            Keys keys,
            UsageLog log,
            Grants grants,
            InstantSource clock,
            LongSupplier nanoTime,
            String version) {
        this.user = new UserRoutes(ledger, keys, log);
        this.admin = new AdminRoutes(ledger, accounts, grants, log, clock, nanoTime);
        this.clock = clock;
        this.version = version;
    }

    /// The door with its routes.
    ///
    /// @param bodyBytesMax `server.max-body`
    public Door door(long bodyBytesMax) {
        List<Route> routes = new ArrayList<>();
        for (String prefix : List.of("", PREFIX)) {
            routes.addAll(user.routes(prefix));
            routes.addAll(admin.routes(prefix));
        }
        routes.add(Route.loop("GET", PREFIX + "/health", Route.anyone(), this::health));
        return new Door(
                "gateway",
                List.of(PREFIX, "/user", "/admin"),
                bodyBytesMax,
                new GatewayWording(clock),
                routes);
    }

    private void health(Visit visit) {
        visit.answer(
                200,
                Json.obj()
                        .put("status", "healthy")
                        .put("timestamp", Times.seconds(clock.instant()))
                        .put("version", version));
    }
}
