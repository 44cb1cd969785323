package tollgate.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tollgate.kit.KitJson;
import tollgate.kit.Recordings;
import tollgate.kit.Recordings.Row;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tools.jackson.databind.JsonNode;

/// Recorded answers of real providers for the SDKs to read, each as a model of its own, and what
/// they must find in them.
final class Replays {
    private final List<String> told = new ArrayList<>();

    /// Adds every recorded chat that went well to the scenery.
    Replays(Recordings.Found found, Scenery scenery) {
        for (Row row : found.rows()) {
            if (!row.protocol().equals("openai-chat") || row.status() != 200) {
                continue;
            }
            Recordings.Exchange exchange = found.load(row);
            boolean stream = !row.stream().equals("none");
            byte[] body = exchange.wireBody();
            List<JsonNode> objects = stream ? objects(body) : List.of(KitJson.read(body));
            if (objects.getFirst().has("choices")) {
                String model = "replay-" + told.size();
                String type = stream ? "text/event-stream" : "application/json";
                scenery.on(model, Script.replay(200, type, body));
                told.add(
                        "{\"path\":%s,\"model\":\"%s\",\"stream\":%s,\"said\":%s}"
                                .formatted(
                                        KitJson.quote(row.path()),
                                        model,
                                        stream,
                                        KitJson.quote(said(objects))));
            }
        }
    }

    private static List<JsonNode> objects(byte[] body) {
        return SseEvent.parse(body).stream()
                .filter(event -> event.data() != null && !event.isDone())
                .map(SseEvent::json)
                .toList();
    }

    /// The text and the tool arguments of all choices, as they came.
    private static String said(List<JsonNode> objects) {
        var said = new StringBuilder();
        for (JsonNode object : objects) {
            for (JsonNode choice : object.path("choices")) {
                JsonNode message =
                        choice.has("delta") ? choice.path("delta") : choice.path("message");
                said.append(message.path("content").asString(""));
                for (JsonNode call : message.path("tool_calls")) {
                    said.append(call.path("function").path("arguments").asString(""));
                }
            }
        }
        return said.toString();
    }

    /// Writes what is expected, for the scripts to read.
    void write(Path file) throws IOException {
        Files.writeString(file, "[" + String.join(",\n", told) + "]\n");
    }
}
