package tollgate.recorded;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.kit.KitJson;
import tollgate.kit.Recordings;
import tollgate.kit.Recordings.Row;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One recording as a call: what the caller asks, and what the provider says to it.
///
/// @param ask the caller's body, as recorded where it was
/// @param said the provider's body as its wire carries it
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Recorded(Row row, int status, byte[] ask, byte[] said) {
    private static final int OK = 200;

    static Recorded of(Recordings.Found found, Row row) {
        Recordings.Exchange exchange = found.load(row);
        int status = exchange.response().status();
        byte[] said = exchange.wireBody();
        Recordings.Request request = exchange.request();
        byte[] ask =
                request == null || request.body().length == 0
                        ? KitJson.utf8(minimal(row, said))
                        : request.body();
        return new Recorded(row, status == 0 ? OK : status, ask, said);
    }

    /// What may have been asked when nobody recorded it; every other stream asks for its usage.
    private static String minimal(Row row, byte[] said) {
        String model = KitJson.quote(answeringModel(row, said));
        if (row.protocol().equals("openai-embeddings")) {
            return "{\"model\":%s,\"input\":\"Hello!\"}".formatted(model);
        }
        String ask =
                "{\"model\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]"
                        .formatted(model);
        if (row.stream().equals("none")) {
            return ask + "}";
        }
        return row.path().length() % 2 == 0
                ? ask + ",\"stream\":true}"
                : ask + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
    }

    private static String answeringModel(Row row, byte[] said) {
        for (JsonNode object : objects(row, said)) {
            String model = object.path("model").asString("");
            if (!model.isEmpty()) {
                return model;
            }
        }
        return row.provider() + "-model";
    }

    /// The JSON objects that the provider said: one, or those of its events.
    List<JsonNode> objects() {
        return objects(row, said);
    }

    private static List<JsonNode> objects(Row row, byte[] said) {
        var objects = new ArrayList<JsonNode>();
        if (row.stream().equals("none")) {
            addIfJson(objects, new String(said, java.nio.charset.StandardCharsets.UTF_8));
        } else {
            for (SseEvent event : SseEvent.parse(said)) {
                String data = event.data();
                if (data != null && !event.isDone()) {
                    addIfJson(objects, data);
                }
            }
        }
        return objects;
    }

    private static void addIfJson(List<JsonNode> objects, String text) {
        try {
            objects.add(KitJson.read(text));
        } catch (JacksonException _) {
            // Plain text, such as a proxy's page of HTML.
        }
    }

    boolean isChat() {
        return row.protocol().equals("openai-chat");
    }

    String path() {
        return isChat() ? "/v1/chat/completions" : "/v1/embeddings";
    }

    JsonNode asked() {
        return KitJson.read(ask);
    }

    String model() {
        return asked().path("model").stringValue();
    }

    /// Whether the provider answered with events.
    boolean isStreamed() {
        return !row.stream().equals("none");
    }

    /// Whether the caller wants the chunk that holds nothing but usage.
    boolean asksUsage() {
        return asked().path("stream_options").path("include_usage").asBoolean(false);
    }

    /// The answer as the provider's script.
    Script script() {
        String type = isStreamed() ? "text/event-stream; charset=utf-8" : "application/json";
        return Script.replay(status, type, said);
    }

    /// The provider's usage report: the last one.
    @Nullable JsonNode usage() {
        JsonNode last = null;
        for (JsonNode object : objects()) {
            JsonNode usage = object.path("usage");
            if (!usage.isObject()) {
                usage = object.path("x_groq").path("usage");
            }
            last = usage.isObject() ? usage : last;
        }
        return last;
    }

    @Override
    public String toString() {
        return row.path();
    }
}
