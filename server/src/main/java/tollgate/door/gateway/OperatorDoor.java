package tollgate.door.gateway;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Visit;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

/// What `./tollgate keys`, `catalog`, `doctor` and `backup` ask a running gateway, under `/admin`
/// and `/gateway/admin`. Blocking; on virtual threads.
public final class OperatorDoor {
    private final DeskJson desk;
    private final Maintenance maintenance;
    private final InstantSource clock;

    public OperatorDoor(DeskJson desk, Maintenance maintenance, InstantSource clock) {
        this.desk = desk;
        this.maintenance = maintenance;
        this.clock = clock;
    }

    /// The door with its routes; paths that it does not know are others'.
    ///
    /// @param bodyBytesMax `server.max-body`
    public Door door(long bodyBytesMax) {
        List<Route> routes = new ArrayList<>(routes("/admin"));
        routes.addAll(routes("/gateway/admin"));
        return new Door("gateway", List.of(), bodyBytesMax, new GatewayWording(clock), routes);
    }

    private List<Route> routes(String admin) {
        String keys = admin + "/keys";
        return List.of(
                work("GET", keys, visit -> visit.answer(200, desk.list())),
                work("POST", keys, visit -> visit.answer(201, desk.create(visit.json()))),
                work("POST", keys + "/rotate-admin", v -> v.answer(200, desk.rotateAdmin())),
                work("DELETE", keys + "/{id}", visit -> visit.answer(200, desk.revoke(id(visit)))),
                work("GET", admin + "/catalog", visit -> visit.answer(200, maintenance.catalog())),
                work("GET", admin + "/doctor", visit -> visit.answer(200, maintenance.doctor())),
                work("POST", admin + "/backup", this::backup));
    }

    private static Route work(String method, String path, Route.Handler handler) {
        return Route.work(method, path, Route.admin(), handler);
    }

    private void backup(Visit visit) {
        String folder =
                visit.json()
                        .string("folder")
                        .orElseThrow(() -> Amounts.refused("folder", "missing (expected: a path)"));
        visit.answer(201, maintenance.backup(folder));
    }

    private static long id(Visit visit) {
        if (visit.id().matches("[0-9]{1,18}")) {
            return Long.parseLong(visit.id());
        }
        throw new GatewayException(new Fault.NoSuchObject("API key"));
    }
}
