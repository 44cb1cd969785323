package tollgate.door.proxy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Times;
import tollgate.door.Visit;
import tollgate.provider.Provider.Delivery;
import tollgate.serve.CallService;
import tollgate.serve.Manner;
import tollgate.serve.ModelCall;
import tollgate.serve.Question;
import tollgate.wire.json.Json;
import tollgate.wire.openai.ChatPeek;

/// The proxy contract under `/proxy`, and at the root `/chat` and `GET /`: one static key in front
/// of the operator's providers, postpaid.
public final class ProxyDoor {
    private static final String NAME = "proxy";
    private static final String PREFIX = "/proxy";
    private static final String EVENTS = "text/event-stream";

    /// Larger bodies are read on a worker thread, for it takes milliseconds.
    private static final int PEEK_BYTES_MAX = 256 * 1024;

    private final CallService calls;
    private final InstantSource clock;
    private final Executor workers;
    private final Manner manner;

    /// Opens onto these calls.
    ///
    /// @param firstByte `proxy.timeout`
    /// @param models `proxy.models`: the only ones, or all when empty
    public ProxyDoor(
            CallService calls,
            InstantSource clock,
            Executor workers,
            Duration firstByte,
            Set<String> models) {
        this.calls = calls;
        this.clock = clock;
        this.workers = workers;
        this.manner = new Manner(Manner.Naming.CALLERS, firstByte, models);
    }

    /// The door with its routes.
    ///
    /// @param bodyBytesMax `proxy.max-body`
    public Door door(long bodyBytesMax) {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.loop("GET", PREFIX, Route.anyone(), this::health));
        routes.add(Route.loop("GET", "/", Route.anyone(), this::rootHealth));
        for (String path : List.of(PREFIX + "/chat", "/chat")) {
            routes.add(Route.loop("POST", path, Route.writing("models"), this::chat));
        }
        return new Door(
                NAME, List.of(PREFIX, "/chat"), bodyBytesMax, new ProxyWording(clock), routes);
    }

    private void health(Visit visit) {
        visit.answer(200, health());
    }

    /// Browsers will get the dashboard here, so caches must tell the two apart.
    private void rootHealth(Visit visit) {
        visit.answer(200, health(), visit.base().with("vary", "Accept"));
    }

    private Json.Obj health() {
        return Json.obj()
                .put("status", "ok")
                .put("service", "AI Proxy Worker")
                .put("timestamp", Times.millis(clock.instant()));
    }

    private void chat(Visit visit) {
        byte[] body = visit.exchange().bodyBytes();
        String accept = visit.exchange().header("accept");
        if (body.length <= PEEK_BYTES_MAX) {
            calls.serve(new ModelCall(visit, manner, question(body, accept)));
        } else {
            visit.onWorker(
                    workers,
                    () -> question(body, accept),
                    question -> calls.serve(new ModelCall(visit, manner, question)));
        }
    }

    /// A stream when the body or the header `Accept` asks for one.
    private static Question question(byte[] body, @Nullable String accept) {
        ChatPeek peek = ChatPeek.read(body);
        boolean stream = peek.stream() || (accept != null && accept.contains(EVENTS));
        return new Question.Chat(body, peek, stream ? Delivery.STREAM : Delivery.WHOLE);
    }
}
