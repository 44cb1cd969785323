package tollgate.provider.sandbox;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tollgate.provider.sandbox.Said.ToolCall;
import tollgate.wire.json.Json;

/// Puts what is [Said] into the shapes of OpenAI's chat completions, whole and streamed; the
/// streamed text equals the whole one.
final class ChatShape {
    /// Events that are not paced go out together up to this size, as a socket would give them.
    private static final int CHUNK_BYTES_MAX = 8 * 1024;

    private final Ask ask;
    private final Said said;

    /// The members that the whole answer and every event share, without their object.
    private final String envelope;

    private final String callId;

    ChatShape(Ask ask, Said said, String fingerprint, long createdSeconds) {
        this.ask = ask;
        this.said = said;
        this.callId = "call_sandbox_" + fingerprint;
        this.envelope =
                """
                "id":"chatcmpl-sandbox-%s","created":%d,"model":%s,"system_fingerprint":"sandbox\"\
                """
                        .formatted(fingerprint, createdSeconds, Json.of(ask.part().model()));
    }

    byte[] whole() {
        var choices = new ArrayList<String>();
        for (int i = 0; i < ask.choices(); i++) {
            choices.add(
                    """
                    {"index":%d,"message":%s,"logprobs":null,"finish_reason":"%s"}\
                    """
                            .formatted(i, message(), said.finish().word()));
        }
        String answer =
                """
                {%s,"object":"chat.completion","choices":[%s],"usage":%s}\
                """
                        .formatted(envelope, String.join(",", choices), usage());
        return answer.getBytes(StandardCharsets.UTF_8);
    }

    private String message() {
        if (said.toolCalls().isEmpty()) {
            return """
            {"role":"assistant","content":%s,"refusal":null}\
            """
                    .formatted(Json.of(said.text()));
        }
        var calls = new ArrayList<String>();
        for (int i = 0; i < said.toolCalls().size(); i++) {
            ToolCall call = said.toolCalls().get(i);
            calls.add("{%s}".formatted(call(i, call.arguments())));
        }
        return """
        {"role":"assistant","content":null,"refusal":null,"tool_calls":[%s]}\
        """
                .formatted(String.join(",", calls));
    }

    private String call(int index, String arguments) {
        return """
        "id":"%s_%d","type":"function","function":{"name":%s,"arguments":%s}\
        """
                .formatted(
                        callId,
                        index,
                        Json.of(said.toolCalls().get(index).name()),
                        Json.of(arguments));
    }

    private String usage() {
        long output = said.tokens() * ask.choices();
        return """
        {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
        "prompt_tokens_details":{"cached_tokens":0},\
        "completion_tokens_details":{"reasoning_tokens":0}}\
        """
                .formatted(ask.promptTokens(), output, ask.promptTokens() + output);
    }

    /// The steps of the stream, waits and disasters included.
    List<Step> stream() {
        List<String> deltas = deltas();
        return switch (ask.part()) {
            case STALL -> List.of(bytes(events(deltas.subList(0, 1))), new Step.Silence());
            case CUT ->
                    List.of(
                            bytes(events(deltas.subList(0, (deltas.size() + 1) / 2))),
                            new Step.Break());
            default -> paced(deltas, ask.part().pace());
        };
    }

    private List<Step> paced(List<String> deltas, Duration pace) {
        var steps = new ArrayList<Step>();
        var chunk = new StringBuilder();
        for (String delta : deltas) {
            if (!chunk.isEmpty() && (!pace.isZero() || chunk.length() > CHUNK_BYTES_MAX)) {
                steps.add(bytes(chunk.toString()));
                chunk.setLength(0);
                if (!pace.isZero()) {
                    steps.add(new Step.Wait(pace));
                }
            }
            chunk.append(events(List.of(delta)));
        }
        for (int i = 0; i < ask.choices(); i++) {
            chunk.append(event(choice(i, "", '"' + said.finish().word() + '"'), nullUsage()));
        }
        if (ask.usageWanted()) {
            chunk.append(event("", ",\"usage\":" + usage()));
        }
        steps.add(bytes(chunk.append("data: [DONE]\n\n").toString()));
        return steps;
    }

    /// What each choice is told, event by event; the first names the role, and begins the text.
    private List<String> deltas() {
        var deltas = new ArrayList<String>();
        String role = "\"role\":\"assistant\",\"content\":";
        if (!said.toolCalls().isEmpty()) {
            deltas.add(role + "null");
            for (int i = 0; i < said.toolCalls().size(); i++) {
                deltas.add("\"tool_calls\":[{\"index\":%d,%s}]".formatted(i, call(i, "")));
                for (String piece : Said.pieces(said.toolCalls().get(i).arguments())) {
                    deltas.add(
                            """
                            "tool_calls":[{"index":%d,"function":{"arguments":%s}}]\
                            """
                                    .formatted(i, Json.of(piece)));
                }
            }
            return deltas;
        }
        for (String piece : Said.pieces(said.text())) {
            deltas.add((deltas.isEmpty() ? role : "\"content\":") + Json.of(piece));
        }
        return deltas.isEmpty() ? List.of(role + "\"\"") : deltas;
    }

    private String events(List<String> deltas) {
        var events = new StringBuilder();
        for (String delta : deltas) {
            for (int i = 0; i < ask.choices(); i++) {
                events.append(event(choice(i, delta, "null"), nullUsage()));
            }
        }
        return events.toString();
    }

    private String choice(int index, String delta, String finish) {
        return """
        {"index":%d,"delta":{%s},"logprobs":null,"finish_reason":%s}\
        """
                .formatted(index, delta, finish);
    }

    /// OpenAI says `usage: null` in every event when usage is going to come.
    private String nullUsage() {
        return ask.usageWanted() ? ",\"usage\":null" : "";
    }

    private String event(String choices, String usage) {
        return """
        data: {%s,"object":"chat.completion.chunk","choices":[%s]%s}

        """
                .formatted(envelope, choices, usage);
    }

    private static Step bytes(String text) {
        return new Step.Bytes(Buffer.buffer(text));
    }
}
