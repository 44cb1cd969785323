package tollgate.door;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Exchange;
import tollgate.http.Headers;
import tollgate.serve.Visitor;
import tollgate.tenant.Key;
import tollgate.wire.json.Json;

/// One request at one route of a door, with who asks. Its answer carries the headers that all
/// answers have.
public final class Visit implements Visitor {
    private static final String JSON_TYPE = "application/json";

    private final Exchange exchange;
    private final Door door;
    private final Headers base;
    private final String id;
    private final @Nullable Key key;

    Visit(Exchange exchange, Door door, Headers base, String id, @Nullable Key key) {
        this.exchange = exchange;
        this.door = door;
        this.base = base;
        this.id = id;
        this.key = key;
    }

    @Override
    public Exchange exchange() {
        return exchange;
    }

    public Door door() {
        return door;
    }

    /// The headers that every answer carries; a handler adds its own.
    @Override
    public Headers base() {
        return base;
    }

    /// What stands where the route's path has a name, undecoded; empty without one.
    public String id() {
        return id;
    }

    /// Who asks.
    ///
    /// @throws IllegalStateException at a route that takes everybody
    @Override
    public Key key() {
        if (key == null) {
            throw new IllegalStateException("this route takes visitors without a key");
        }
        return key;
    }

    /// The body as a JSON object.
    ///
    /// @throws GatewayException BadRequest when it is anything else
    public Json.Obj json() {
        byte[] bytes = exchange.bodyBytes();
        if (bytes.length == 0) {
            throw new GatewayException(
                    new Fault.BadRequest(null, "body: empty (expected: a JSON object)"));
        }
        return Json.parseObject(bytes);
    }

    public void answer(int status, Json body) {
        answer(status, body, base);
    }

    /// Answers with other fields than those of every answer.
    public void answer(int status, Json body, Headers headers) {
        answer(status, body.toString(), headers);
    }

    /// Answers with JSON that is text already.
    public void answer(int status, String json, Headers headers) {
        exchange.answer(status, headers.with("content-type", JSON_TYPE), Buffer.buffer(json));
    }

    @Override
    public String doorName() {
        return door.name();
    }

    /// Answers a fault in the door's words.
    @Override
    public void refuse(Fault fault) {
        Words words = door.wording().words(fault);
        exchange.answer(words.status(), Words.headers(base, fault), words.body());
    }

    @Override
    public Buffer event(Fault fault) {
        return door.wording().event(fault);
    }

    /// Computes something on a worker thread and goes on with it on this visit's event loop.
    public <T> void onWorker(Executor workers, Supplier<T> work, Consumer<T> then) {
        workers.execute(() -> {
            try {
                T result = work.get();
                exchange.run(() -> guarded(() -> then.accept(result)));
            } catch (GatewayException refused) {
                refuse(refused.fault());
            }
        });
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (GatewayException refused) {
            refuse(refused.fault());
        }
    }
}
