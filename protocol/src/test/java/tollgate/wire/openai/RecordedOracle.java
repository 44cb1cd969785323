package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tools.jackson.databind.JsonNode;

/// What a recorded answer means, worked out on Jackson's trees and by what is known of the
/// provider: no code of the product's but the record of the result.
final class RecordedOracle {
    private final String provider;
    private @Nullable JsonNode usage;
    final StringBuilder text = new StringBuilder();
    final List<ChatTap.Kind> kinds = new ArrayList<>();
    @Nullable String model;
    private final TreeMap<Integer, String> reasons = new TreeMap<>();

    RecordedOracle(String provider) {
        this.provider = provider;
    }

    /// The payloads of a stream, as the recordings have them: one line each.
    void stream(String body) {
        for (String line : body.lines().toList()) {
            if (line.startsWith("data:")) {
                event(line.substring(5).strip());
            }
        }
    }

    private void event(String payload) {
        if (payload.equals("[DONE]")) {
            kinds.add(ChatTap.Kind.DONE);
            return;
        }
        JsonNode json = Recorded.JACKSON.readTree(payload);
        boolean output = object(json, "delta");
        boolean reported = json.path("usage").isObject() || json.path("x_groq").has("usage");
        if (output) {
            kinds.add(ChatTap.Kind.OUTPUT);
        } else if (reported && json.path("choices").isEmpty()) {
            kinds.add(ChatTap.Kind.USAGE_ONLY);
        } else {
            kinds.add(ChatTap.Kind.SILENT);
        }
    }

    /// A whole answer, or an event's payload; tells whether it holds output.
    boolean object(JsonNode json, String member) {
        if (!json.path("model").asString("").isEmpty()) {
            model = json.get("model").stringValue();
        }
        if (json.path("usage").isObject()) {
            usage = json.get("usage");
        } else if (json.path("x_groq").path("usage").isObject()) {
            usage = json.get("x_groq").get("usage");
        }
        boolean output = false;
        for (JsonNode choice : json.path("choices")) {
            output |= message(choice.path(member));
            String reason = choice.path("finish_reason").asString("");
            if (!reason.isEmpty()) {
                reasons.putIfAbsent(choice.path("index").asInt(0), reason);
            }
        }
        return output;
    }

    @Nullable String finishReason() {
        return reasons.isEmpty() ? null : reasons.firstEntry().getValue();
    }

    private boolean message(JsonNode message) {
        boolean output = false;
        boolean reasoned = false;
        for (Map.Entry<String, JsonNode> member : message.properties()) {
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case "content", "refusal" -> output |= said(value);
                case "reasoning", "reasoning_content" -> {
                    if (!value.asString("").isEmpty() && !reasoned) {
                        reasoned = true;
                        output |= said(value);
                    }
                }
                case "tool_calls" -> {
                    for (JsonNode call : value) {
                        output |= called(call.path("function"));
                    }
                }
                case "function_call" -> output |= called(value);
                default -> {}
            }
        }
        for (JsonNode detail : message.path("reasoning_details")) {
            String words = detail.path("text").asString("") + detail.path("summary").asString("");
            output |= !words.isEmpty() || !detail.path("data").asString("").isEmpty();
            if (!reasoned) {
                text.append(words);
            }
        }
        return output;
    }

    private boolean said(JsonNode value) {
        if (value.isString()) {
            text.append(value.stringValue());
            return !value.stringValue().isEmpty();
        }
        boolean output = false;
        for (JsonNode part : value) {
            output |= said(part.path(part.path("type").asString("")));
        }
        return output;
    }

    private boolean called(JsonNode function) {
        String arguments = function.path("arguments").asString("");
        text.append(arguments);
        return !arguments.isEmpty() || !function.path("name").asString("").isEmpty();
    }

    /// The report that came last; null when none came.
    @Nullable Usage usage() {
        JsonNode said = usage;
        if (said == null) {
            return null;
        }
        long input = said.path("prompt_tokens").longValue();
        long output = said.path("completion_tokens").longValue();
        JsonNode in = said.path("prompt_tokens_details");
        JsonNode out = said.path("completion_tokens_details");
        long reasoning =
                out.path("reasoning_tokens").asLong(said.path("reasoning_tokens").asLong(0));
        boolean apart =
                switch (provider) {
                    case "xai", "xai-compat" -> true;
                    case "vercel-gateway", "doubleword" -> reasoning > output;
                    default -> false;
                };
        if (apart) {
            output += reasoning;
        }
        if (provider.equals("mistral")) {
            input += in.path("audio_tokens").asLong(0);
        }
        long cached =
                Math.max(
                        in.path("cached_tokens").asLong(0),
                        Math.max(
                                said.path("cache_read_input_tokens").asLong(0),
                                said.path("cached_tokens").asLong(0)));
        long written =
                Math.max(
                        in.path("cache_write_tokens").asLong(0),
                        said.path("cache_creation_input_tokens").asLong(0));
        long hour = said.path("cache_creation").path("ephemeral_1h_input_tokens").asLong(0);
        return new Usage(input, cached, written, hour, output, reasoning, 0);
    }
}
