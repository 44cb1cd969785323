package tollgate.serve;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.wire.json.Json;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;

/// The last chunk of a stream that we end ourselves: like the provider's first one, but that it
/// ends the answer by its length.
final class LengthEnd {
    private static final List<String> NAMES =
            List.of("id", "object", "created", "model", "system_fingerprint");

    private LengthEnd() {}

    /// The whole event.
    ///
    /// @param first the payload of the provider's first chunk
    /// @param model what it names the model instead; null: as the provider did
    static byte[] bytes(byte @Nullable [] first, @Nullable String model) {
        Json.Obj like = first == null ? Json.obj() : chunk(first);
        Json.Obj end = Json.obj();
        for (String name : NAMES) {
            Json value = like.find(name).orElse(null);
            end = value == null ? end : end.put(name, value);
        }
        if (model != null) {
            end = end.put("model", model);
        }
        Json.Obj choice =
                Json.obj().put("index", 0).put("delta", Json.obj()).put("finish_reason", "length");
        return ("data: " + end.put("choices", List.of(choice)) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Nothing of one that is no JSON: the provider's text flowed as it is, ours must be right.
    private static Json.Obj chunk(byte[] payload) {
        try {
            return Json.parse(payload, JsonLimits.TOLERANT) instanceof Json.Obj chunk
                    ? chunk
                    : Json.obj();
        } catch (JsonException _) {
            return Json.obj();
        }
    }
}
