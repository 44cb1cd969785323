package tollgate.bench.mock;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The mock's answers, encoded once. The constants say what a caller must get and what it costs.
public final class MockAnswers {
    /// Length of the body of a whole answer.
    public static final int WHOLE_BODY_BYTES = 1_024;

    /// Events of a stream, without the usage event and `[DONE]`.
    public static final int STREAM_EVENTS = 100;

    /// `data:` lines of a stream whose caller asked for usage.
    public static final int STREAM_LINES_WITH_USAGE = STREAM_EVENTS + 2;

    public static final int INPUT_TOKENS = 250;
    public static final int CACHED_INPUT_TOKENS = 64;
    public static final int WHOLE_OUTPUT_TOKENS = 121;
    public static final int STREAM_OUTPUT_TOKENS = 98;

    private static final String STREAM_HEAD =
            """
            HTTP/1.1 200 OK\r
            content-type: text/event-stream\r
            cache-control: no-cache\r
            transfer-encoding: chunked\r
            \r
            """;

    private final ByteBuf whole = constant(wholeText());
    private final ByteBuf opening =
            constant(STREAM_HEAD + chunkText(delta(0)) + chunkText(delta(1)));
    private final List<ByteBuf> stream = stream("");
    private final List<ByteBuf> streamWithUsage =
            stream(chunkText(event("[]", usage(STREAM_OUTPUT_TOKENS))));

    ByteBuf whole() {
        return whole;
    }

    /// The parts of a stream in order: the head together with the first event, then one part each.
    List<ByteBuf> stream() {
        return stream;
    }

    List<ByteBuf> streamWithUsage() {
        return streamWithUsage;
    }

    /// What an idle stream says before it falls silent: the role, and a first word.
    ByteBuf opening() {
        return opening;
    }

    private static String wholeText() {
        String body = wholeBody();
        return """
        HTTP/1.1 200 OK\r
        content-type: application/json\r
        x-request-id: req_mock\r
        content-length: %d\r
        \r
        %s\
        """
                .formatted(body.length(), body);
    }

    private static String wholeBody() {
        String frame =
                """
                {"id":"chatcmpl-mock","object":"chat.completion","created":1735689600,"model":"mock",\
                "choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null},\
                "logprobs":null,"finish_reason":"stop"}],%s,"system_fingerprint":"fp_mock"}\
                """;
        int frameBytes = frame.formatted("", usage(WHOLE_OUTPUT_TOKENS)).length();
        String content = words(WHOLE_BODY_BYTES - frameBytes);
        return frame.formatted(content, usage(WHOLE_OUTPUT_TOKENS));
    }

    private static String words(int length) {
        return "The quick brown fox jumps over the lazy dog. ".repeat(30).substring(0, length);
    }

    private static String usage(int outputTokens) {
        return """
        "usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
        "prompt_tokens_details":{"cached_tokens":%d},\
        "completion_tokens_details":{"reasoning_tokens":0}}\
        """
                .formatted(
                        INPUT_TOKENS,
                        outputTokens,
                        INPUT_TOKENS + outputTokens,
                        CACHED_INPUT_TOKENS);
    }

    private static List<ByteBuf> stream(String usageChunk) {
        var parts = new ArrayList<ByteBuf>();
        parts.add(constant(STREAM_HEAD + chunkText(delta(0))));
        for (int i = 1; i < STREAM_EVENTS; i++) {
            parts.add(constant(chunkText(delta(i))));
        }
        if (!usageChunk.isEmpty()) {
            parts.add(constant(usageChunk));
        }
        parts.add(constant(chunkText("data: [DONE]\n\n") + "0\r\n\r\n"));
        return List.copyOf(parts);
    }

    private static String delta(int number) {
        String choice =
                switch (number) {
                    case 0 ->
                            "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                                    + "\"finish_reason\":null";
                    case STREAM_EVENTS - 1 -> "\"delta\":{},\"finish_reason\":\"stop\"";
                    default -> "\"delta\":{\"content\":\" fox\"},\"finish_reason\":null";
                };
        return event("[{\"index\":0,\"logprobs\":null," + choice + "}]", "\"usage\":null");
    }

    private static String event(String choices, String usage) {
        return """
        data: {"id":"chatcmpl-mock","object":"chat.completion.chunk","created":1735689600,\
        "model":"mock","system_fingerprint":"fp_mock","choices":%s,%s}

        """
                .formatted(choices, usage);
    }

    private static String chunkText(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /// A direct buffer that lives as long as the mock, and that writing does not use up: whoever
    /// writes it writes a duplicate.
    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(direct));
    }
}
