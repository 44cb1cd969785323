package tollgate.door;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.Executor;
import tollgate.door.RouteTable.Found;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Exchange;
import tollgate.http.Front;
import tollgate.http.Headers;
import tollgate.observe.Observation;
import tollgate.observe.Observer;
import tollgate.tenant.Key;

/// From a request to the route that answers it: door, method, key, scope, in this order, and the
/// manners that all doors share. Shared by all event loops.
public final class Router implements Front {
    /// Instead of a path that nobody knows: it may hold anything.
    private static final String NO_ROUTE = "none";

    private final List<Door> doors;
    private final Door root;
    private final RouteTable table;
    private final Gate gate;
    private final Cors cors;
    private final Executor workers;
    private final Observer observer;

    /// What stands behind the doors.
    ///
    /// @param doors all of them; the first whose prefix fits words a path without a route
    /// @param root whose wording other paths get
    /// @param workers virtual threads for routes that may block
    public record Parts(
            List<Door> doors,
            Door root,
            Gate gate,
            List<String> corsOrigins,
            Executor workers,
            Observer observer) {}

    public Router(Parts parts) {
        this.doors = List.copyOf(parts.doors());
        this.root = parts.root();
        this.table = new RouteTable(doors);
        this.gate = parts.gate();
        this.cors = new Cors(parts.corsOrigins());
        this.workers = parts.workers();
        this.observer = parts.observer();
    }

    @Override
    public long bodyBytesMax(String path) {
        Found found = table.find(path);
        return found == null ? door(path).bodyBytesMax() : found.place().door().bodyBytesMax();
    }

    @Override
    public void refuse(Exchange exchange, Fault fault) {
        if (fault instanceof Fault.BadFraming framing) {
            observer.report(new Observation.FramingRefused(framing.status(), framing.message()));
        }
        nobody(exchange, door(exchange.path())).refuse(fault);
    }

    /// Some 0.1 µs a request: the path is looked up once more rather than carried along.
    @Override
    public void answered(Exchange exchange, int status, long nanos) {
        Found found = table.find(exchange.path());
        RouteTable.Place place = found == null ? null : found.place();
        Door door = place == null ? door(exchange.path()) : place.door();
        observer.report(
                new Observation.RequestAnswered(
                        exchange.id(),
                        exchange.method(),
                        place == null ? NO_ROUTE : place.path(),
                        door.name(),
                        status,
                        nanos));
    }

    @Override
    public void handle(Exchange exchange) {
        Found found = table.find(exchange.path());
        if (found == null) {
            Fault fault = new Fault.NoRoute(exchange.method(), exchange.path());
            nobody(exchange, door(exchange.path())).refuse(fault);
            return;
        }
        Door door = found.place().door();
        try {
            Route route = found.place().find(exchange.method());
            if (route == null) {
                otherMethod(nobody(exchange, door), found.place());
            } else {
                Key key = gate.admit(exchange, door, route.access());
                run(route.action(), new Visit(exchange, door, base(exchange), found.id(), key));
            }
        } catch (RuntimeException e) {
            refuse(nobody(exchange, door), e);
        }
    }

    /// A visit of somebody who is not known, or not yet.
    private Visit nobody(Exchange exchange, Door door) {
        return new Visit(exchange, door, base(exchange), "", null);
    }

    private Headers base(Exchange exchange) {
        return cors.headers(exchange).with("x-request-id", exchange.id().toString());
    }

    private void otherMethod(Visit visit, RouteTable.Place place) {
        Exchange exchange = visit.exchange();
        if (exchange.method().equals("OPTIONS")) {
            Headers headers = Cors.preflight(visit.base(), exchange, place.methods());
            exchange.answer(204, headers, Buffer.buffer(0));
        } else {
            visit.refuse(new Fault.MethodNotAllowed(exchange.method(), place.methods()));
        }
    }

    private void run(Route.Action action, Visit visit) {
        switch (action) {
            case Route.Action.Loop loop -> loop.handler().handle(visit);
            case Route.Action.Work work ->
                    workers.execute(() -> {
                        try {
                            work.handler().handle(visit);
                        } catch (RuntimeException e) {
                            refuse(visit, e);
                        }
                    });
        }
    }

    /// What a handler threw, in the door's words: a fault as it is, a mistake of ours by reference.
    private void refuse(Visit visit, RuntimeException thrown) {
        if (thrown instanceof GatewayException refused) {
            visit.refuse(refused.fault());
            return;
        }
        String reference = visit.exchange().id().toString();
        observer.report(new Observation.OwnError(reference, thrown));
        visit.refuse(new Fault.Internal(reference));
    }

    /// The door whose wording a path without a route gets.
    private Door door(String path) {
        for (Door door : doors) {
            for (String prefix : door.prefixes()) {
                if (path.startsWith(prefix)
                        && (path.length() == prefix.length()
                                || path.charAt(prefix.length()) == '/')) {
                    return door;
                }
            }
        }
        return root;
    }
}
