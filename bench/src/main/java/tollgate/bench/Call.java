package tollgate.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tollgate.bench.load.Expect;
import tollgate.bench.load.Shot;
import tollgate.bench.mock.MockAnswers;

/// A kind of call that is measured.
///
/// @param body 1 KiB of JSON
/// @param chargeNanos what the gateway must charge for it
record Call(String title, String body, Expect expect, long chargeNanos) {
    private static final int BODY_BYTES = 1_024;
    private static final String STREAMED =
            "\"stream\":true,\"stream_options\":{\"include_usage\":true},";

    /// 1 KiB asked, 1 KiB answered.
    static final Call WHOLE =
            new Call(
                    "non-stream 1 KB",
                    body("bench-model", ""),
                    new Expect.Whole(MockAnswers.WHOLE_BODY_BYTES),
                    charge(MockAnswers.WHOLE_OUTPUT_TOKENS));

    /// A stream of 100 events and the usage.
    static final Call STREAM =
            new Call(
                    "stream of 100 events",
                    body("bench-model", STREAMED),
                    new Expect.Events(MockAnswers.STREAM_LINES_WITH_USAGE),
                    charge(MockAnswers.STREAM_OUTPUT_TOKENS));

    /// A stream that begins and then stays silent. Its caller leaves, so the gateway counts what it
    /// charges, and that is not known here.
    static final Call HOLD =
            new Call(
                    "idle stream",
                    body("hold-model", STREAMED),
                    new Expect.Events(MockAnswers.STREAM_LINES_WITH_USAGE),
                    0);

    Shot shot(List<String> keys) {
        return Shot.chat(keys, body.getBytes(StandardCharsets.US_ASCII), expect);
    }

    private static long charge(int outputTokens) {
        return Price.charge(
                MockAnswers.INPUT_TOKENS, MockAnswers.CACHED_INPUT_TOKENS, outputTokens);
    }

    private static String body(String model, String more) {
        String frame =
                """
                {"model":"%s",%s"max_tokens":512,"temperature":0.7,"messages":[\
                {"role":"system","content":"You are a helpful assistant."},\
                {"role":"user","content":"%s"}]}\
                """;
        int left = BODY_BYTES - frame.formatted(model, more, "").length();
        String prompt = "Tell me more about foxes and dogs. ".repeat(30).substring(0, left);
        return frame.formatted(model, more, prompt);
    }
}
