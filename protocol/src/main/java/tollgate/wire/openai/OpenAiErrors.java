package tollgate.wire.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tollgate.wire.json.Json;
import tollgate.wire.json.Json.Arr;
import tollgate.wire.json.Json.Num;
import tollgate.wire.json.Json.Obj;
import tollgate.wire.json.Json.Str;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;

/// Providers' error bodies, which come in many shapes, and OpenAI's own.
///
/// Seen (recorded 2026): `{"error":{…}}`; the same in an array (Gemini); `{"error":"text"}`
/// (Venice); `{"code","message","type"}` bare (Mistral, Doubleword); `{"detail":"text"}` and
/// FastAPI's `{"detail":[{"loc","msg"}]}`, also inside `message` (Mistral); OpenRouter's wrapping
/// of another provider's body in `error.metadata.raw`; plain text; HTML.
public final class OpenAiErrors {
    /// Characters of a message that we keep.
    public static final int MESSAGE_CHARS_MAX = 2_000;

    /// Bytes of a body that we look at.
    private static final int BODY_BYTES_MAX = 1 << 16;

    /// Bodies inside bodies.
    private static final int DEPTH_MAX = 3;

    private static final String SILENT = "the provider gave no reason";

    private OpenAiErrors() {}

    /// Reads a provider's error body; never throws, and always finds a message.
    public static ProviderError read(byte[] body) {
        int length = Math.min(body.length, BODY_BYTES_MAX);
        return read(new String(body, 0, length, StandardCharsets.UTF_8), 0);
    }

    private static ProviderError read(String body, int depth) {
        Json json = parsed(body);
        return json == null ? plain(body) : error(json, depth);
    }

    private static @Nullable Json parsed(String body) {
        try {
            return Json.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.TOLERANT);
        } catch (JsonException _) {
            return null;
        }
    }

    /// Text that is no JSON; of a page of HTML only its title is worth showing.
    private static ProviderError plain(String body) {
        String text = body.strip();
        if (text.startsWith("<")) {
            int from = text.indexOf("<title>");
            int to = text.indexOf("</title>");
            text = from >= 0 && to > from ? text.substring(from + "<title>".length(), to) : "";
        }
        return new ProviderError(shown(text), null, null, null);
    }

    private static ProviderError error(Json json, int depth) {
        return switch (json) {
            case Obj object -> error(object, depth);
            case Arr(var elements) when !elements.isEmpty() && depth < DEPTH_MAX ->
                    error(elements.getFirst(), depth + 1);
            case Str(var text) -> new ProviderError(shown(text), null, null, null);
            default -> new ProviderError(SILENT, null, null, null);
        };
    }

    private static ProviderError error(Obj object, int depth) {
        Json inner = object.find("error").orElse(null);
        if (inner instanceof Obj error && depth < DEPTH_MAX) {
            return error(error, depth + 1);
        }
        String message = message(object, depth);
        if (message.isEmpty() && inner instanceof Str(var text)) {
            message = text;
        }
        return new ProviderError(
                shown(message),
                text(object.find("type").orElse(null)),
                text(object.find("param").orElse(null)),
                text(object.find("code").orElse(null)));
    }

    private static String message(Obj object, int depth) {
        String said = words(object.find("message").orElse(null));
        if (said.isEmpty()) {
            said = words(object.find("detail").orElse(null));
        }
        if (said.isEmpty()) {
            said = words(object.find("msg").orElse(null));
        }
        String wrapped = wrapped(object, depth);
        return wrapped.isEmpty() ? said : said + ": " + wrapped;
    }

    /// What the provider behind OpenRouter said.
    private static String wrapped(Obj error, int depth) {
        if (depth < DEPTH_MAX
                && error.find("metadata").orElse(null) instanceof Obj metadata
                && metadata.find("raw").orElse(null) instanceof Str(var raw)) {
            return read(raw, depth + 1).message();
        }
        return "";
    }

    /// A message that may be a text, FastAPI's list of complaints, or an object that holds either.
    private static String words(@Nullable Json value) {
        return switch (value) {
            case Str(var text) -> text;
            case Arr(var elements) -> complaints(elements);
            case Obj(var members) -> words(members.get("detail"));
            case null, default -> "";
        };
    }

    private static String complaints(List<Json> elements) {
        StringJoiner complaints = new StringJoiner("; ");
        for (Json element : elements) {
            if (element instanceof Obj(var members)) {
                complaints.add(complaint(members));
            } else if (element instanceof Str(var text)) {
                complaints.add(text);
            }
        }
        return complaints.toString();
    }

    private static String complaint(Map<String, Json> members) {
        String said = words(members.get("msg"));
        if (said.isEmpty()) {
            said = words(members.get("message"));
        }
        List<String> path = new ArrayList<>();
        if (members.get("loc") instanceof Arr(var steps)) {
            for (Json step : steps) {
                path.add(step instanceof Str(var name) ? name : step.toString());
            }
        }
        return path.isEmpty() ? said : String.join(".", path) + ": " + said;
    }

    private static @Nullable String text(@Nullable Json value) {
        return switch (value) {
            case Str(var text) -> text;
            case Num number -> number.toString();
            case null, default -> null;
        };
    }

    private static String shown(String message) {
        String text = message.strip();
        if (text.isEmpty()) {
            return SILENT;
        }
        return text.length() > MESSAGE_CHARS_MAX ? text.substring(0, MESSAGE_CHARS_MAX) : text;
    }

    /// OpenAI's error body; what is not known is null.
    public static byte[] write(ProviderError error) {
        return Json.obj()
                .put(
                        "error",
                        Json.obj()
                                .put("message", error.message())
                                .put("type", error.type())
                                .put("param", error.param())
                                .put("code", error.code()))
                .toBytes();
    }
}
