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
import tollgate.door.Words;
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
    private static final String OWN_PREFIX = "/openai/v1";
    private static final String ROOT_PREFIX = "/v1";

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

    /// The door under its own prefix, in its own words.
    ///
    /// @param bodyBytesMax `server.max-body`
    public Door door(long bodyBytesMax) {
        return door(OWN_PREFIX, bodyBytesMax, new OpenAiWording());
    }

    /// The door at the root, where `server.root` may say whose words it uses.
    public Door rootDoor(long bodyBytesMax, Words.Wording wording) {
        return door(ROOT_PREFIX, bodyBytesMax, wording);
    }

    private Door door(String prefix, long bodyBytesMax, Words.Wording wording) {
        List<Route> routes =
                List.of(
                        Route.loop(
                                "POST",
                                prefix + "/chat/completions",
                                Route.writing("models"),
                                visit -> call(visit, this::chat)),
                        Route.loop(
                                "POST",
                                prefix + "/embeddings",
                                Route.writing("models"),
                                visit -> call(visit, this::embeddings)),
                        Route.loop(
                                "GET", prefix + "/models", Route.reading("models"), this::models),
                        Route.loop(
                                "GET",
                                prefix + "/models/{id*}",
                                Route.reading("models"),
                                this::model));
        return new Door("openai", List.of(prefix), bodyBytesMax, wording, routes);
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
