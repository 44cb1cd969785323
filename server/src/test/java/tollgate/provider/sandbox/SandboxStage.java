package tollgate.provider.sandbox;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tollgate.http.Reply;
import tollgate.kit.KitJson;
import tollgate.kit.SseEvent;
import tollgate.provider.Provider.Call;
import tollgate.provider.Provider.Delivery;
import tollgate.provider.Provider.Operation;
import tools.jackson.databind.JsonNode;

/// A sandbox on a [ManualLoop], and short ways to ask it.
final class SandboxStage {
    static final Duration FIRST_BYTE = Duration.ofSeconds(30);
    static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration LONG_ENOUGH_FOR_SLOW = Duration.ofSeconds(2);

    final ManualLoop loop = new ManualLoop();
    final Sandbox sandbox =
            new Sandbox(() -> Instant.ofEpochSecond(1_790_000_000), _ -> loop, IDLE);

    Reply reply(Operation operation, Delivery delivery, String body) {
        var call = new Call(0, operation, Buffer.buffer(body), delivery, FIRST_BYTE);
        return sandbox.send(call).reply().result();
    }

    Reply whole(String body) {
        return reply(Operation.CHAT_COMPLETIONS, Delivery.WHOLE, body);
    }

    Reply stream(String body) {
        return reply(Operation.CHAT_COMPLETIONS, Delivery.STREAM, body);
    }

    /// Everything that a reply delivers.
    HeardSink heard(Reply reply) {
        var sink = new HeardSink();
        reply.start(sink);
        loop.pass(LONG_ENOUGH_FOR_SLOW);
        return sink;
    }

    JsonNode answer(String body) {
        return KitJson.read(heard(whole(body)).text());
    }

    JsonNode embeddings(String body) {
        return KitJson.read(heard(reply(Operation.EMBEDDINGS, Delivery.WHOLE, body)).text());
    }

    /// The events of a stream but for the last, which must be `[DONE]`.
    List<JsonNode> events(String body) {
        var events = SseEvent.parse(KitJson.utf8(heard(stream(body)).text()));
        if (!events.getLast().isDone()) {
            throw new AssertionError("last event: " + events.getLast());
        }
        return events.subList(0, events.size() - 1).stream().map(SseEvent::json).toList();
    }

    /// A request for a model with one user's text and more members.
    static String ask(String model, String text, String... more) {
        return """
        {"model":%s,"messages":[{"role":"system","content":"be brief"},\
        {"role":"user","content":%s}]%s}\
        """
                .formatted(
                        KitJson.quote(model),
                        KitJson.quote(text),
                        more.length == 0 ? "" : "," + String.join(",", more));
    }
}
