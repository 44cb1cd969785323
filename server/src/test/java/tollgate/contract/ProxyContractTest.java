package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tollgate.running.RunningGateway;
import tools.jackson.databind.JsonNode;

/// The proxy contract: one static key in front of the operator's provider.
class ProxyContractTest {
    private static final String KEY = "proxy-contract-key-20f1";
    private static final String BEARER = "Authorization: Bearer " + KEY;
    private static final String PROVIDER_KEY = "proxy-contract-provider-key";
    private static final int BODY_BYTES_MAX = 1_048_576;

    /// What the provider says; its own name of the model is not the caller's.
    private static final String ANSWER =
            """
            {"id":"cmpl-81","object":"chat.completion","created":1764000000,"model":"upstream-v3",\
            "choices":[{"index":0,"message":{"role":"assistant","content":"Good day."},\
            "finish_reason":"stop"}],\
            "usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16}}\
            """;

    private static final String ASK =
            """
            {"model":"deepseek-chat","messages":[{"role":"system","content":"Be kind."},\
            {"role":"user","content":"Good day!"}]%s}\
            """;

    private final FakeUpstream provider = FakeUpstream.start();
    private @Nullable RunningGateway gateway;

    @BeforeEach
    void open() throws IOException {
        open("");
    }

    @AfterEach
    void close() throws IOException {
        RunningGateway running = gateway;
        if (running != null) {
            running.close();
        }
        provider.close();
    }

    /// @param settings further members of `proxy`
    private void open(String settings) throws IOException {
        RunningGateway before = gateway;
        if (before != null) {
            before.close();
        }
        provider.on("upstream-v3", Script.replay(200, "application/json", KitJson.utf8(ANSWER)));
        gateway =
                RunningGateway.open(
                        """
                        proxy-key: %s
                        proxy: {%s}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: %s}
                        models:
                          deepseek-chat: {routes: [{provider: maker, model: upstream-v3}],
                            price: {input: 100, output: 200}, markup: 0%%,
                            about: {context: 64000, max-output: 8192, hidden-reasoning: false}}
                          deepseek-reasoner: {routes: [{provider: maker, model: upstream-r1}],
                            price: {input: 1, output: 2}}
                        """
                                .formatted(KEY, settings, provider.baseUrl(), PROVIDER_KEY));
    }

    private int port() {
        return java.util.Objects.requireNonNull(gateway).port();
    }

    private Response chat(String more, String... headers) throws IOException {
        return post("/proxy/chat", ASK.formatted(more), headers);
    }

    private Response post(String path, String body, String... headers) throws IOException {
        String[] all = headers.length == 0 ? new String[] {BEARER} : headers;
        return RawClient.postJson(port(), path, body, all);
    }

    private static void checkError(Response answer, int status, String type) {
        Bodies.check(
                answer,
                status,
                "{\"error\":\"%s\",\"details\":\"<text>\",\"timestamp\":\"<millis>\"}"
                        .formatted(type));
        assertThat(answer.text()).doesNotContain(PROVIDER_KEY).doesNotContain("127.0.0.1");
    }

    // ---------------------------------------------------------------- health

    @Test
    void healthNeedsNoKey() throws IOException {
        for (String path : List.of("/proxy", "/proxy/", "/")) {
            Bodies.check(
                    RawClient.call(port(), "GET", path),
                    200,
                    """
                    {"status":"ok","service":"AI Proxy Worker","timestamp":"<millis>"}\
                    """);
        }
        assertThat(RawClient.call(port(), "GET", "/").header("vary")).isEqualTo("Accept");
        Response head = RawClient.call(port(), "HEAD", "/proxy");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    // ---------------------------------------------------------------- chat

    @Test
    void aChatIsTheProvidersAnswerUnderTheCallersNameOfTheModel() throws IOException {
        String wanted = ANSWER.replace("upstream-v3", "deepseek-chat");
        for (String path : List.of("/proxy/chat", "/chat", "/proxy/chat/")) {
            Bodies.check(post(path, ASK.formatted(",\"stream\":false")), 200, wanted);
        }
    }

    @Test
    void everyParameterReachesTheProvider() throws IOException {
        String more =
                """
                ,"max_tokens":50,"temperature":0.30,"top_p":0.9,"frequency_penalty":-0.5,\
                "presence_penalty":1,"stop":["\\n","END"],"seed":11,"stream":false\
                """;
        chat(more);
        Received sent = provider.requests().getFirst();
        JsonNode wanted = KitJson.read(ASK.formatted(more).replace("deepseek-chat", "upstream-v3"));
        assertThat(sent.json()).isEqualTo(wanted);
        assertThat(sent.header("authorization")).isEqualTo("Bearer " + PROVIDER_KEY);
        assertThat(new String(sent.headBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain(KEY);
    }

    @Test
    void aStreamHasTheContractsLines() throws IOException {
        provider.on("upstream-v3", Script.text("Good", " day.").usage(12, 4));
        checkStream(chat(",\"stream\":true"));
        checkStream(chat("", BEARER, "Accept: text/event-stream"));
        for (Received sent : provider.requests()) {
            assertThat(sent.json().path("stream").booleanValue()).isTrue();
            assertThat(sent.json().path("stream_options").path("include_usage").booleanValue())
                    .isTrue();
        }
    }

    private static List<SseEvent> chunks(Response answer) {
        return answer.events().stream()
                .filter(event -> event.data() != null && !event.isDone())
                .toList();
    }

    private static void checkStream(Response answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).startsWith("text/event-stream");
        assertThat(answer.ending()).isEqualTo(RawClient.Ending.COMPLETE);
        List<String> frames = List.of(answer.text().split("\n\n", 0));
        assertThat(frames).allMatch(frame -> frame.startsWith("data: ") || frame.startsWith(":"));
        assertThat(answer.text()).endsWith("data: [DONE]\n\n");
        List<SseEvent> events =
                answer.events().stream().filter(event -> event.data() != null).toList();
        String[] choices = {
            "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}",
            "{\"index\":0,\"delta\":{\"content\":\"Good\"},\"finish_reason\":null}",
            "{\"index\":0,\"delta\":{\"content\":\" day.\"},\"finish_reason\":null}",
            "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}"
        };
        assertThat(events).hasSize(choices.length + 1);
        for (int i = 0; i < choices.length; i++) {
            Bodies.checkJson(
                    events.get(i).json(),
                    """
                    {"id":"<text>","object":"chat.completion.chunk","created":"<number>",\
                    "model":"deepseek-chat","choices":[%s]}\
                    """
                            .formatted(choices[i]));
        }
    }

    @Test
    void theUsageChunkThatWasAskedForComesUnderTheCallersName() throws IOException {
        provider.on("upstream-v3", Script.text("Good day.").usage(12, 4));
        Response answer = chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        List<SseEvent> events = chunks(answer);
        JsonNode last = events.getLast().json();
        assertThat(last.path("choices").size()).isZero();
        assertThat(last.path("usage").path("total_tokens").intValue()).isEqualTo(16);
        assertThat(events).allMatch(e -> e.json().path("model").asString().equals("deepseek-chat"));
    }

    /// Such a stream is rare, but SSE allows it, and the model's name must not depend on it.
    @Test
    void anEventOfSeveralLinesNamesTheCallersModelToo() throws IOException {
        String first =
                """
                event: message
                data: {"id":"c-1","object":"chat.completion.chunk","created":1,
                data:  "model": "upstream-v3",
                id: 7
                data:  "choices":[{"index":0,"delta":{"content":"upstream-v3"},
                data: "finish_reason":null}]}

                """;
        provider.on(
                "upstream-v3",
                Script.events(
                                "{\"id\":\"c-1\",\"model\":\"upstream-v3\",\"choices\":[{\"index\":0,"
                                    + "\"delta\":{},\"finish_reason\":\"stop\"}],"
                                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}")
                        .insert(0, first));
        assertThat(chat(",\"stream\":true").text())
                .startsWith(
                        first.replace(
                                "\"model\": \"upstream-v3\"", "\"model\": \"deepseek-chat\""));
    }

    @Test
    void aStreamThatRunsOutOfCreditsEndsUnderTheCallersName() throws IOException {
        RunningGateway running = java.util.Objects.requireNonNull(gateway);
        // Some 130 bytes of input and 40 tokens of output, at 100 and 200 USD a million.
        RunningGateway.Guest poor = running.newGuest("0.021");
        provider.on(
                "upstream-v3", Script.text("one two three four ".repeat(20).split("(?<= )", 0)));
        Response answer = chat(",\"stream\":true", poor.bearer());
        List<SseEvent> events = chunks(answer);
        JsonNode last = events.getLast().json();
        assertThat(last.path("choices").path(0).path("finish_reason").asString())
                .as(answer.text())
                .isEqualTo("length");
        assertThat(last.path("model").asString()).isEqualTo("deepseek-chat");
        assertThat(answer.text()).doesNotContain("upstream-v3").endsWith("data: [DONE]\n\n");
    }

    @Test
    void aStreamThatBreaksOffSaysSoInTheDoorsWords() throws IOException {
        provider.on(
                "upstream-v3", Script.text("Good").errorEvent("{\"error\":{\"message\":\"x\"}}"));
        Response answer = chat(",\"stream\":true");
        assertThat(answer.status()).isEqualTo(200);
        SseEvent last = answer.events().getLast();
        assertThat(last.name()).isEqualTo("error");
        Bodies.checkJson(
                last.json(),
                "{\"error\":\"upstream_error\",\"details\":\"<text>\",\"timestamp\":\"<millis>\"}");
        assertThat(answer.text()).contains("Good").doesNotContain("[DONE]");
    }

    // ---------------------------------------------------------------- errors

    @Test
    void withoutTheKeyNobodyPasses() throws IOException {
        for (String header :
                List.of(
                        "X-Nothing: 1",
                        "Authorization: Bearer",
                        "Authorization: " + KEY,
                        BEARER + "x",
                        BEARER.substring(0, BEARER.length() - 1))) {
            checkError(chat("", header), 401, "unauthorized");
        }
        checkError(post("/proxy/chat?key=" + KEY, ASK.formatted("")), 400, "invalid_request");
        checkError(chat("", BEARER, "X-API-Key: other"), 400, "invalid_request");
        assertThat(provider.requests()).isEmpty();
        for (String header : List.of("X-API-Key: ", "x-goog-api-key: ", "api-key: ")) {
            assertThat(chat("", header + KEY).status()).as(header).isEqualTo(200);
        }
    }

    @Test
    void theProxyKeyOpensNoOtherDoor() throws IOException {
        for (String path :
                List.of("/v1/models", "/gateway/user/balance", "/gateway/admin/monitor")) {
            assertThat(RawClient.call(port(), "GET", path, BEARER).status())
                    .as(path)
                    .isEqualTo(401);
        }
        Response answer = post("/v1/chat/completions", ASK.formatted(""));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(provider.requests()).isEmpty();
    }

    @Test
    void whatIsNoChatIsRefused() throws IOException {
        for (String body :
                List.of(
                        "{\"model\":",
                        "",
                        "[]",
                        "7",
                        "{\"model\":\"deepseek-chat\"}",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        "{\"model\":\"deepseek-chat\",\"messages\":\"x\"}",
                        "{\"model\":\"deepseek-chat\",\"messages\":[]}",
                        "{\"model\":\"deepseek-chat\",\"model\":\"x\",\"messages\":[{}]}",
                        ASK.formatted(",\"stream\":\"yes\""),
                        ASK.formatted(",\"max_tokens\":-1"))) {
            checkError(post("/proxy/chat", body), 400, "invalid_request");
        }
        assertThat(provider.requests()).isEmpty();
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        checkError(RawClient.call(port(), "GET", "/proxy/other", BEARER), 404, "not_found");
        checkError(post("/proxy/chat/more", ASK.formatted("")), 404, "not_found");
        checkError(RawClient.call(port(), "GET", "/proxy/chat", BEARER), 404, "not_found");
        checkError(RawClient.call(port(), "DELETE", "/proxy", BEARER), 404, "not_found");
        checkError(RawClient.call(port(), "PUT", "/proxy/", BEARER), 404, "not_found");
        checkError(
                post("/proxy/chat", ASK.formatted("").replace("deepseek-chat", "no-model")),
                404,
                "not_found");
    }

    @Test
    void aMegabyteIsTheMost() throws IOException {
        assertThat(post("/proxy/chat", padded(BODY_BYTES_MAX)).status()).isEqualTo(200);
        checkError(post("/proxy/chat", padded(BODY_BYTES_MAX + 1)), 413, "payload_too_large");
        assertThat(provider.requests()).hasSize(1);
    }

    private static String padded(int bytes) {
        String ask = ASK.formatted("");
        return ask.replace("Good day!", "Good day!" + "x".repeat(bytes - ask.length()));
    }

    @Test
    void aProviderThatFailsIsAnUpstreamError() throws IOException {
        for (int status : new int[] {401, 403, 418, 500, 503}) {
            provider.on("upstream-v3", Script.status(status));
            checkError(chat(""), 502, "upstream_error");
            checkError(chat(",\"stream\":true"), 502, "upstream_error");
        }
        provider.on("upstream-v3", Script.status(429).retryAfter("9"));
        Response busy = chat("");
        checkError(busy, 429, "rate_limited");
        assertThat(busy.header("retry-after")).isEqualTo("9");
        provider.on("upstream-v3", Script.status(422));
        Response refused = chat("");
        checkError(refused, 422, "invalid_request");
        assertThat(refused.json().path("details").stringValue()).contains("says 422");
    }

    @Test
    void aProviderThatIsSilentTimesOut() throws IOException {
        open("timeout: 1s");
        provider.on("upstream-v3", Script.text("late").held());
        checkError(chat(""), 504, "timeout");
        checkError(chat(",\"stream\":true"), 504, "timeout");
    }

    @Test
    void onlyTheListedModelsAreServed() throws IOException {
        open("models: [deepseek-reasoner]");
        checkError(chat(""), 403, "forbidden");
        provider.on("upstream-r1", Script.text("Well."));
        assertThat(
                        post(
                                        "/proxy/chat",
                                        ASK.formatted("")
                                                .replace("deepseek-chat", "deepseek-reasoner"))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aDayHasItsLimitOfMoney() throws IOException {
        open("max-per-day: 0.05");
        // At most 0.0345 USD: some 140 bytes of input and 100 tokens of output.
        assertThat(chat(",\"max_tokens\":100").status()).isEqualTo(200);
        assertThat(provider.requests()).hasSize(1);
        checkError(chat(",\"max_tokens\":1000"), 429, "rate_limited");
        assertThat(provider.requests()).hasSize(1);
    }

    @Test
    void otherKeysMeetTheirOwnLimitsHere() throws IOException {
        RunningGateway running = java.util.Objects.requireNonNull(gateway);
        checkError(chat("", running.newGuest("0").bearer()), 402, "insufficient_credits");
        RunningGateway.Guest guest = running.newGuest("5");
        String nothing = key(guest, "\"scope_permissions\":{\"read\":[],\"write\":[]}");
        checkError(chat("", nothing), 403, "forbidden");
        String slow = key(guest, "\"limits\":{\"requests_per_minute\":1}");
        assertThat(chat("", slow).status()).isEqualTo(200);
        Response limited = chat("", slow);
        checkError(limited, 429, "rate_limited");
        assertThat(limited.header("retry-after")).matches("[1-9][0-9]?");
    }

    private String key(RunningGateway.Guest owner, String settings) throws IOException {
        Response made =
                RawClient.postJson(
                        port(),
                        "/user/api-keys",
                        "{\"key_name\":\"another\",%s}".formatted(settings),
                        owner.bearer());
        return "Authorization: Bearer " + made.json().path("api_key").stringValue();
    }

    // ---------------------------------------------------------------- browsers

    @Test
    void browsersMayCallFromAnyOrigin() throws IOException {
        Response preflight =
                RawClient.call(
                        port(),
                        "OPTIONS",
                        "/proxy/chat",
                        "Origin: https://app.example",
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: authorization,content-type");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(preflight.header("access-control-allow-methods")).contains("POST");
        assertThat(preflight.header("access-control-allow-headers"))
                .isEqualTo("authorization,content-type");
        assertThat(preflight.header("access-control-allow-credentials")).isNull();
        Response answer = chat("", BEARER, "Origin: https://app.example");
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    }
}
