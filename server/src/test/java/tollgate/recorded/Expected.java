package tollgate.recorded;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tollgate.kit.KitJson;
import tollgate.kit.OraclePrice;
import tollgate.kit.SseEvent;
import tools.jackson.databind.JsonNode;

/// What must come of a recording: read from the recording and the design alone.
sealed interface Expected {
    /// The provider's answer, and what it used.
    sealed interface Answered extends Expected {
        OraclePrice.Usage usage();

        /// `provider`, or `counted` when it did not report.
        String source();
    }

    /// Its bytes.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Whole(byte[] body, OraclePrice.Usage usage, String source) implements Answered {}

    /// The payloads of its events, `[DONE]` at the end.
    record Events(List<String> payloads, OraclePrice.Usage usage, String source)
            implements Answered {}

    /// A refusal by the gateway because of one field, before anything is held or sent.
    record Barred(String param) implements Expected {}

    /// A refusal or failure of the provider, which costs nothing.
    record Refused(int status, JsonNode body) implements Expected {}

    /// The provider's refusals whose words reach the caller.
    Set<Integer> SHOWN = Set.of(400, 404, 413, 422);

    static Expected of(Recorded recorded) {
        JsonNode tier = recorded.asked().path("service_tier");
        if (tier.isString() && !Set.of("auto", "default").contains(tier.stringValue())) {
            return new Barred("service_tier");
        }
        if (!recorded.isChat() && !recorded.asked().has("input")) {
            return new Barred("input"); // Ollama's own way to ask, at its own path
        }
        if (SHOWN.contains(recorded.status())) {
            return new Refused(recorded.status(), shown(recorded));
        }
        if (recorded.status() != 200 || recorded.objects().getFirst().path("error").isObject()) {
            return new Refused(502, ourWords());
        }
        JsonNode report = recorded.usage();
        OraclePrice.Usage usage =
                report == null ? Counted.of(recorded) : Reported.of(recorded, report);
        String source = report == null ? "counted" : "provider";
        return recorded.isStreamed()
                ? new Events(payloads(recorded), usage, source)
                : new Whole(recorded.said(), usage, source);
    }

    /// Of a failure, the operator's matter, callers get our words alone.
    private static JsonNode ourWords() {
        return KitJson.read(
                """
                {"error":{"message":"The provider could not answer.","type":"server_error",\
                "param":null,"code":"upstream_error"}}\
                """);
    }

    /// The provider's own words in OpenAI's shape.
    private static JsonNode shown(Recorded recorded) {
        JsonNode body = recorded.objects().getFirst();
        JsonNode inner = body.path("error").isObject() ? body.path("error") : body;
        String message = inner.path("message").asString("");
        if (message.isEmpty()) {
            message = inner.path("error").asString(inner.path("detail").asString(""));
        }
        return KitJson.read(
                "{\"error\":{\"message\":%s,\"type\":%s,\"param\":%s,\"code\":%s}}"
                        .formatted(
                                KitJson.quote(message),
                                text(inner.path("type"), "\"invalid_request_error\""),
                                text(inner.path("param"), "null"),
                                text(inner.path("code"), "null")));
    }

    private static String text(JsonNode member, String otherwise) {
        return member.isMissingNode() || member.isNull()
                ? otherwise
                : KitJson.quote(member.asString());
    }

    /// The recorded events without comments, without the chunk of usage that nobody asked for, and
    /// closed properly.
    private static List<String> payloads(Recorded recorded) {
        var payloads = new ArrayList<String>();
        for (SseEvent event : SseEvent.parse(recorded.said())) {
            String data = event.data();
            if (data == null || event.isDone()) {
                continue;
            }
            JsonNode object = event.json();
            boolean usageOnly =
                    object.path("usage").isObject()
                            && object.path("choices").isArray()
                            && object.path("choices").isEmpty();
            if (!usageOnly || recorded.asksUsage()) {
                payloads.add(data);
            }
        }
        payloads.add("[DONE]");
        return payloads;
    }
}
