package tollgate.kit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import tollgate.kit.Answer.Framing;
import tollgate.kit.Script.UsageAt;

/// Puts a [Script] into the OpenAI shapes: chat completions whole and streamed, embeddings, the
/// list of models, errors.
final class ChatWords {
    private static final float[] VECTOR = {0.0125f, -0.5f, 0.25f};

    private final Script.Words words;
    private final Received request;

    private ChatWords(Script.Words words, Received request) {
        this.words = words;
        this.request = request;
    }

    static Answer answer(Script script, Received request) {
        if (script.raw != null) {
            return new Answer(script.raw, List.of(), Framing.CLOSE);
        }
        var chat = new ChatWords(script.words, request);
        if (script.body != null) {
            return framed(script, script.contentType, List.of(script.body));
        }
        if (request.path().endsWith("/models")) {
            return framed(script, "application/json", List.of(models()));
        }
        if (request.path().endsWith("/embeddings")) {
            return framed(script, "application/json", List.of(chat.embeddings()));
        }
        boolean stream = request.asks("stream") || script.words.events != null;
        return stream
                ? framed(script, "text/event-stream; charset=utf-8", chat.stream())
                : framed(script, "application/json", List.of(chat.whole()));
    }

    static byte[] error(int status) {
        String type =
                switch (status) {
                    case 400, 401, 404, 422 -> "invalid_request_error";
                    case 429 -> "rate_limit_error";
                    default -> "server_error";
                };
        return utf8(
                """
                {"error":{"message":"fake upstream says %d","type":"%s","param":null,"code":null}}\
                """
                        .formatted(status, type));
    }

    private static Answer framed(Script script, String contentType, List<byte[]> body) {
        var delivery = script.delivery;
        boolean stream = contentType.startsWith("text/event-stream");
        Framing framing =
                delivery.framing != null
                        ? delivery.framing
                        : stream ? Framing.CHUNKED : Framing.LENGTH;
        List<byte[]> frames = delivery.chunkBytes > 0 ? split(body, delivery.chunkBytes) : body;
        var head = new StringBuilder("HTTP/1.1 %d Scripted\r\n".formatted(script.status));
        head.append("Content-Type: ").append(contentType).append("\r\n");
        head.append("x-request-id: fu-request-id\r\n");
        script.headers.forEach(
                h -> head.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
        switch (framing) {
            case CHUNKED -> head.append("Transfer-Encoding: chunked\r\n");
            case LENGTH -> head.append("Content-Length: ").append(length(frames, delivery));
            case CLOSE -> head.append("Connection: close\r\n");
        }
        return new Answer(utf8(head.append("\r\n").toString()), frames, framing);
    }

    private static String length(List<byte[]> frames, Script.Delivery delivery) {
        long bytes = frames.stream().mapToLong(frame -> frame.length).sum();
        return (bytes + delivery.lengthOffset) + "\r\n";
    }

    private static List<byte[]> split(List<byte[]> frames, int size) {
        var all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        byte[] bytes = all.toByteArray();
        var parts = new ArrayList<byte[]>();
        for (int from = 0; from < bytes.length; from += size) {
            parts.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        return parts;
    }

    private byte[] whole() {
        var message = new StringBuilder("\"role\":\"assistant\"");
        message.append(",\"content\":").append(KitJson.quote(String.join("", words.pieces)));
        if (!words.reasoning.isEmpty()) {
            message.append(",\"reasoning_content\":")
                    .append(KitJson.quote(String.join("", words.reasoning)));
        }
        if (!words.toolCalls.isEmpty()) {
            var calls = new ArrayList<String>();
            for (int i = 0; i < words.toolCalls.size(); i++) {
                calls.add("{%s}".formatted(toolCall(i, words.toolCalls.get(i).getValue())));
            }
            message.append(",\"tool_calls\":[").append(String.join(",", calls)).append(']');
        }
        String finish = words.finish == null ? "null" : KitJson.quote(words.finish);
        String usage = words.usageAt == UsageAt.NEVER ? "" : ",\"usage\":" + usage();
        return utf8(
                """
                {"id":"chatcmpl-fu-%06d","object":"chat.completion","created":1700000000,\
                "model":%s,"choices":[{"index":0,"message":{%s},"logprobs":null,"finish_reason":%s}]%s}\
                """
                        .formatted(
                                request.number(),
                                KitJson.quote(request.model()),
                                message,
                                finish,
                                usage));
    }

    private List<byte[]> stream() {
        var frames = new ArrayList<byte[]>();
        if (words.events != null) {
            words.events.forEach(payload -> frames.add(event(payload)));
        } else {
            deltas().forEach(delta -> frames.add(chunk(delta, "null")));
            finish(frames);
        }
        if (words.done) {
            frames.add(event("[DONE]"));
        }
        words.insertions.stream()
                .sorted(Comparator.comparingInt(insertion -> -insertion.getKey()))
                .forEach(insertion ->
                        frames.add(
                                Math.min(insertion.getKey(), frames.size()), insertion.getValue()));
        return frames;
    }

    private List<String> deltas() {
        var deltas = new ArrayList<String>();
        deltas.add("\"role\":\"assistant\",\"content\":\"\"");
        for (String piece : words.reasoning) {
            deltas.add("\"reasoning_content\":" + KitJson.quote(piece));
        }
        for (String piece : words.pieces) {
            deltas.add("\"content\":" + KitJson.quote(piece));
        }
        for (int i = 0; i < words.toolCalls.size(); i++) {
            String arguments = words.toolCalls.get(i).getValue();
            int middle =
                    arguments.offsetByCodePoints(
                            0, arguments.codePointCount(0, arguments.length()) / 2);
            deltas.add(
                    "\"tool_calls\":[{\"index\":%d,%s}]"
                            .formatted(i, toolCall(i, arguments.substring(0, middle))));
            deltas.add(
                    "\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":%s}}]"
                            .formatted(i, KitJson.quote(arguments.substring(middle))));
        }
        return deltas;
    }

    private String toolCall(int index, String arguments) {
        return """
        "id":"call_fu_%d","type":"function","function":{"name":%s,"arguments":%s}\
        """
                .formatted(
                        index,
                        KitJson.quote(words.toolCalls.get(index).getKey()),
                        KitJson.quote(arguments));
    }

    private void finish(List<byte[]> frames) {
        boolean told = words.usageUnasked || request.asksUsage();
        if (words.finish != null) {
            String usage =
                    told && words.usageAt == UsageAt.FINISH_EVENT ? ",\"usage\":" + usage() : "";
            frames.add(chunk("", KitJson.quote(words.finish), usage));
        }
        if (told && words.usageAt == UsageAt.OWN_EVENT) {
            frames.add(event(envelope("", ",\"usage\":" + usage())));
        }
    }

    private byte[] chunk(String delta, String finish) {
        boolean growing = words.usageAt == UsageAt.EVERY_EVENT;
        return chunk(delta, finish, growing ? ",\"usage\":" + usage() : "");
    }

    private byte[] chunk(String delta, String finish, String usage) {
        return event(
                envelope(
                        "{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}"
                                .formatted(delta, finish),
                        usage));
    }

    private String envelope(String choice, String usage) {
        return """
        {"id":"chatcmpl-fu-%06d","object":"chat.completion.chunk","created":1700000000,"model":%s,\
        "choices":[%s]%s}\
        """
                .formatted(request.number(), KitJson.quote(request.model()), choice, usage);
    }

    private String usage() {
        if (words.usageJson != null) {
            return words.usageJson;
        }
        return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d%s}"
                .formatted(
                        words.promptTokens,
                        words.completionTokens,
                        words.promptTokens + words.completionTokens,
                        words.usageMembers);
    }

    private byte[] embeddings() {
        var input = request.json().path("input");
        boolean many = input.isArray() && !input.path(0).isNumber();
        int count = many ? input.size() : 1;
        boolean base64 = "base64".equals(request.json().path("encoding_format").asString(""));
        String vector = base64 ? '"' + base64() + '"' : Arrays.toString(VECTOR);
        var rows = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            rows.add(
                    "{\"object\":\"embedding\",\"index\":%d,\"embedding\":%s}"
                            .formatted(i, vector));
        }
        String usage =
                words.usageJson != null
                        ? words.usageJson
                        : "{\"prompt_tokens\":%d,\"total_tokens\":%d%s}"
                                .formatted(
                                        words.promptTokens, words.promptTokens, words.usageMembers);
        return utf8(
                "{\"object\":\"list\",\"data\":[%s],\"model\":%s%s}"
                        .formatted(
                                String.join(",", rows),
                                KitJson.quote(request.model()),
                                words.usageAt == UsageAt.NEVER ? "" : ",\"usage\":" + usage));
    }

    private static String base64() {
        var bytes = ByteBuffer.allocate(4 * VECTOR.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : VECTOR) {
            bytes.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static byte[] models() {
        return utf8(
                """
                {"object":"list","data":[{"id":"gpt-4o-mini","object":"model","created":1700000000,\
                "owned_by":"fake"}]}\
                """);
    }

    private static byte[] event(String payload) {
        return utf8("data: " + payload + "\n\n");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
