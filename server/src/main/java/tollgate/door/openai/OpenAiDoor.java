package tollgate.door.openai;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import tollgate.catalog.Catalog;
import tollgate.catalog.Model;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Visit;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.provider.Provider.Delivery;
import tollgate.serve.CallService;
import tollgate.serve.Manner;
import tollgate.serve.ModelCall;
import tollgate.serve.Question;
import tollgate.wire.json.Json;
import tollgate.wire.openai.ChatPeek;
import tollgate.wire.openai.EmbeddingsPeek;

/// OpenAI's API at `/v1` and `/openai/v1`: chat completions, embeddings, models. Any header and
/// query of OpenAI's SDKs is accepted.
public final class OpenAiDoor {
    private static final List<String> PREFIXES = List.of("/v1", "/openai/v1");

    /// Larger bodies are read on a worker thread, for it takes milliseconds.
    private static final int PEEK_BYTES_MAX = 256 * 1024;

    private final CallService calls;
    private final Catalog catalog;
    private final Executor workers;
    private final long createdSeconds;
    private final Manner manner = new Manner(Manner.Naming.PROVIDERS, null, Set.of());

    /// Opens onto these calls and models.
    ///
    /// @param createdSeconds what models say of their age: when this gateway learnt of them
    public OpenAiDoor(CallService calls, Catalog catalog, Executor workers, long createdSeconds) {
        this.calls = calls;
        this.catalog = catalog;
        this.workers = workers;
        this.createdSeconds = createdSeconds;
    }

    /// The door with its routes.
    ///
    /// @param bodyBytesMax `server.max-body`
    public Door door(long bodyBytesMax) {
        List<Route> routes = new ArrayList<>();
        for (String prefix : PREFIXES) {
            routes.add(
                    Route.loop(
                            "POST",
                            prefix + "/chat/completions",
                            Route.writing("models"),
                            visit -> call(visit, this::chat)));
            routes.add(
                    Route.loop(
                            "POST",
                            prefix + "/embeddings",
                            Route.writing("models"),
                            visit -> call(visit, this::embeddings)));
            routes.add(
                    Route.loop("GET", prefix + "/models", Route.reading("models"), this::models));
            routes.add(
                    Route.loop(
                            "GET", prefix + "/models/{id*}", Route.reading("models"), this::model));
        }
        return new Door("openai", PREFIXES, bodyBytesMax, new OpenAiWording(), routes);
    }

    private void call(Visit visit, Function<byte[], Question> read) {
        byte[] body = visit.exchange().bodyBytes();
        if (body.length <= PEEK_BYTES_MAX) {
            calls.serve(new ModelCall(visit, manner, read.apply(body)));
        } else {
            visit.onWorker(
                    workers,
                    () -> read.apply(body),
                    question -> calls.serve(new ModelCall(visit, manner, question)));
        }
    }

    private Question chat(byte[] body) {
        ChatPeek peek = ChatPeek.read(body);
        return new Question.Chat(body, peek, peek.stream() ? Delivery.STREAM : Delivery.WHOLE);
    }

    private Question embeddings(byte[] body) {
        return new Question.Embeddings(body, EmbeddingsPeek.read(body));
    }

    // ---------------------------------------------------------------- models

    private void models(Visit visit) {
        List<Json> shown = new ArrayList<>();
        for (Model model : catalog.list()) {
            if (visit.key().mayCall(model.name())) {
                shown.add(shape(model));
            }
        }
        visit.answer(200, Json.obj().put("object", "list").put("data", new Json.Arr(shown)));
    }

    private void model(Visit visit) {
        String name = decoded(visit.id());
        Model found =
                catalog.find(name)
                        .filter(_ -> visit.key().mayCall(name))
                        .orElseThrow(() -> new GatewayException(new Fault.UnknownModel(name)));
        visit.answer(200, shape(found));
    }

    /// Model ids may hold `/`, raw or as `%2F`.
    private static String decoded(String id) {
        try {
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return id;
        }
    }

    private Json.Obj shape(Model model) {
        return Json.obj()
                .put("id", model.name())
                .put("object", "model")
                .put("created", createdSeconds)
                .put("owned_by", model.author());
    }
}
