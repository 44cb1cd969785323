package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;
import tools.jackson.databind.JsonNode;

/// OpenAI's API at the root and under `/openai`: paths, shapes, headers, and the words of each
/// error, as its SDKs rely on them. Source: `specs/openai` and the guide "Error codes" (read
/// 2026-11-21).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiContractTest {
    private static final List<String> PREFIXES = List.of("/v1", "/openai/v1");
    private static final String PROVIDER_KEY = "openai-contract-provider-key";
    private static final String INVALID = "invalid_request_error";

    /// With odd spaces, unknown members and a trailing line end: none of it may change.
    private static final String ANSWER =
            """
            { "id" : "cmpl-7", "object":"chat.completion","created":1764000000, "model":"large-1",
              "choices":[{"index":0,"message":{"role":"assistant","content":"Good \\u0064ay."},\
            "finish_reason":"stop","novelty":[1.50]}],
              "usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16} }
            """;

    private final FakeUpstream provider = FakeUpstream.start();
    private RunningGateway gateway;
    private Guest guest;

    @SuppressWarnings("NullAway.Init") // open() and enter() set both
    OpenAiContractTest() {}

    @BeforeAll
    void open() throws IOException {
        gateway =
                RunningGateway.open(
                        """
                        server: {max-body: 100KB}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: %s}
                          gone: {protocol: openai, base-url: "http://127.0.0.1:%d/v1", api-key: x}
                        timeouts: {first-byte: {stream: 1s, whole: 1s}}
                        models:
                          acme/large: {routes: [{provider: maker, model: large-1}],
                            price: {input: 30, output: 60}, markup: 0%%,
                            about: {context: 8192, max-output: 4096, hidden-reasoning: false}}
                          vectors: {routes: [{provider: maker, model: vectors-1}],
                            price: {input: 1, output: 0}}
                          unpriced: {routes: [{provider: maker}]}
                          lost: {routes: [{provider: gone}], price: {input: 1, output: 1}}
                        """
                                .formatted(
                                        provider.baseUrl(),
                                        PROVIDER_KEY,
                                        FakeUpstream.closedPort()));
    }

    @BeforeEach
    void enter() throws IOException {
        provider.reset();
        provider.on(
                "large-1",
                Script.replay(200, "application/json; charset=utf-8", KitJson.utf8(ANSWER)));
        guest = gateway.newGuest("20");
    }

    @AfterAll
    void close() throws IOException {
        gateway.close();
        provider.close();
    }

    private Response get(String path, String... headers) throws IOException {
        return RawClient.call(gateway.port(), "GET", path, headers);
    }

    private Response post(String path, String body, String... headers) throws IOException {
        return RawClient.postJson(gateway.port(), path, body, headers);
    }

    private static String ask(String model, String more) {
        return "{\"model\":\"%s\", \"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]%s}"
                .formatted(model, more);
    }

    private Response chat(String more, String... headers) throws IOException {
        String[] all = headers.length == 0 ? new String[] {guest.bearer()} : headers;
        return post("/v1/chat/completions", ask("acme/large", more), all);
    }

    private static void checkError(
            Response answer,
            int status,
            String type,
            @Nullable String param,
            @Nullable String code) {
        Bodies.check(
                answer,
                status,
                "{\"error\":{\"message\":\"<text>\",\"type\":\"%s\",\"param\":%s,\"code\":%s}}"
                        .formatted(type, quoted(param), quoted(code)));
        assertThat(answer.text()).doesNotContain(PROVIDER_KEY).doesNotContain("127.0.0.1");
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    // ---------------------------------------------------------------- chat

    @Test
    void anAnswerIsTheProvidersByteForByte() throws IOException {
        for (String prefix : PREFIXES) {
            for (String path : List.of("/chat/completions", "/chat/completions/")) {
                Response answer = post(prefix + path, ask("acme/large", ""), guest.bearer());
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo(ANSWER);
                assertThat(answer.header("content-type"))
                        .isEqualTo("application/json; charset=utf-8");
                assertThat(answer.header("x-tollgate-cost")).isEqualTo("0.0006");
                assertThat(answer.header("x-tollgate-route")).isEqualTo("maker/large-1");
                assertThat(answer.header("x-request-id")).startsWith("req_");
            }
        }
    }

    @Test
    void theProviderGetsTheCallersBytesUnderItsOwnNameOfTheModel() throws IOException {
        String more = ",\"max_tokens\" : 50,\n \"novelty\":{\"a\":[1.50,null]},\"user\":\"u-1\"";
        chat(more, guest.bearer());
        Received sent = provider.requests().getFirst();
        assertThat(sent.text()).isEqualTo(ask("large-1", more));
        assertThat(sent.path()).endsWith("/chat/completions");
    }

    /// Requests to providers are built from nothing.
    @Test
    void nothingElseOfTheCallersHeadGoesToTheProvider() throws IOException {
        chat(
                ",\"max_tokens\":5",
                guest.bearer(),
                "Cookie: a=b",
                "User-Agent: some SDK",
                "OpenAI-Organization: org-1",
                "X-Forwarded-For: 192.0.2.1",
                "traceparent: 00-1-1-00",
                "Accept-Encoding: gzip, br",
                "X-Title: My app",
                "Idempotency-Key: k-1");
        Received sent = provider.requests().getFirst();
        assertThat(sent.headers())
                .extracting(field -> field.getKey())
                .containsExactlyInAnyOrder(
                        "host",
                        "content-length",
                        "content-type",
                        "accept",
                        "accept-encoding",
                        "authorization");
        assertThat(sent.header("accept-encoding")).isEqualTo("identity");
        assertThat(sent.header("authorization")).isEqualTo("Bearer " + PROVIDER_KEY);
    }

    @Test
    void littleOfTheProvidersHeadComesBack() throws IOException {
        provider.on(
                "large-1",
                Script.text("Hi.")
                        .withHeader("Set-Cookie", "a=b")
                        .withHeader("OpenAI-Organization", "org-1")
                        .withHeader("X-RateLimit-Remaining-Requests", "7")
                        .withHeader("Server", "theirs"));
        for (String more : List.of("", ",\"stream\":true")) {
            Response answer = chat(more, guest.bearer());
            assertThat(answer.header("x-upstream-request-id")).isEqualTo("fu-request-id");
            assertThat(answer.head().fields())
                    .extracting(field -> field.getKey())
                    .doesNotContain("set-cookie", "openai-organization", "server")
                    .noneMatch(name -> name.startsWith("x-ratelimit"));
        }
    }

    @Test
    void aStreamIsTheProvidersEventsAndACommentOfWhatItCost() throws IOException {
        provider.on("large-1", Script.text("Good", " day.").usage(12, 4));
        for (String usage : List.of("true", "false")) {
            Response answer =
                    chat(
                            ",\"stream\":true,\"stream_options\":{\"include_usage\":%s}"
                                    .formatted(usage),
                            guest.bearer());
            String sent =
                    new String(
                            provider.requests().getLast().sent(),
                            java.nio.charset.StandardCharsets.UTF_8);
            for (SseEvent event : answer.events()) {
                String data = event.data();
                assertThat(data == null || sent.contains(data)).as(data).isTrue();
            }
            assertThat(answer.text().contains("\"usage\":{")).isEqualTo(usage.equals("true"));
            assertThat(answer.text()).endsWith(": x-tollgate-cost 0.0006\n\ndata: [DONE]\n\n");
            assertThat(answer.header("content-type")).startsWith("text/event-stream");
        }
    }

    /// With `n`, tools and the like nothing of the call is lost either.
    @Test
    void embeddingsAreTheProvidersByteForByte() throws IOException {
        String vectors =
                "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                        + "\"embedding\":[0.10,-2e-3]}],\"model\":\"vectors-1\","
                        + "\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}";
        provider.on("vectors-1", Script.body(vectors));
        String body = "{\"input\":[\"a\",\"b\"],\"model\":\"%s\",\"dimensions\":2}";
        for (String prefix : PREFIXES) {
            Response answer =
                    post(prefix + "/embeddings", body.formatted("vectors"), guest.bearer());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo(vectors);
            assertThat(answer.header("x-tollgate-cost")).isEqualTo("0.000006");
        }
        assertThat(provider.requests().getFirst().text()).isEqualTo(body.formatted("vectors-1"));
    }

    // ---------------------------------------------------------------- models

    @Test
    void modelsAreListedAndFoundByTheirNames() throws IOException {
        for (String prefix : PREFIXES) {
            JsonNode list = get(prefix + "/models", guest.bearer()).json();
            assertThat(list.path("object").asString()).isEqualTo("list");
            assertThat(list.path("data").valueStream().map(m -> m.path("id").asString()))
                    .contains("acme/large", "vectors")
                    .doesNotContain("unpriced");
            for (String id : List.of("acme/large", "acme%2Flarge", "acme%2flarge")) {
                Bodies.check(
                        get(prefix + "/models/" + id, guest.bearer()),
                        200,
                        """
                        {"id":"acme/large","object":"model","created":"<number>",\
                        "owned_by":"acme"}\
                        """);
            }
            checkError(
                    get(prefix + "/models/nobody", guest.bearer()),
                    404,
                    INVALID,
                    "model",
                    "model_not_found");
        }
    }

    // ---------------------------------------------------------------- errors of the door

    @Test
    void everyRefusalHasItsWords() throws IOException {
        String good = ask("acme/large", ",\"max_tokens\":9");
        String path = "/v1/chat/completions";
        checkError(post(path, good), 401, INVALID, null, "invalid_api_key");
        checkError(post(path, good, "api-key: wrong"), 401, INVALID, null, "invalid_api_key");
        checkError(post(path, good, guest.bearer(), "X-API-Key: other"), 400, INVALID, null, null);
        checkError(post(path + "?api_key=x", good), 400, INVALID, null, null);
        checkError(post(path, "{", guest.bearer()), 400, INVALID, null, null);
        checkError(
                post(path, ask("acme/large", ",\"max_tokens\":\"9\""), guest.bearer()),
                400,
                INVALID,
                "max_tokens",
                null);
        checkError(
                post(path, "{\"model\":\"acme/large\"}", guest.bearer()),
                400,
                INVALID,
                "messages",
                null);
        checkError(
                post(path, good, gateway.newGuest("0").bearer()),
                402,
                "insufficient_quota",
                null,
                "insufficient_quota");
        for (String model : List.of("nobody", "unpriced", "maker/unpriced")) {
            checkError(
                    post(path, ask(model, ""), guest.bearer()),
                    404,
                    INVALID,
                    "model",
                    "model_not_found");
        }
        checkError(
                post(path, good.replace("Hi!", "x".repeat(102_400)), guest.bearer()),
                413,
                INVALID,
                null,
                "request_too_large");
        checkError(get("/v1/nothing", guest.bearer()), 404, INVALID, null, "unknown_url");
        checkError(get("/openai/v1/nothing"), 404, INVALID, null, "unknown_url");
        checkError(get("/nothing"), 404, INVALID, null, "unknown_url");
        Response method = get(path, guest.bearer());
        checkError(method, 405, INVALID, null, "method_not_allowed");
        assertThat(method.header("allow")).isEqualTo("OPTIONS, POST");
        assertThat(provider.requests()).isEmpty();
        assertThat(gateway.export())
                .noneMatch(line ->
                        line.kind().equals("hold")
                                && line.debit().equals("account:" + guest.account()));
    }

    @Test
    void aKeysOwnLimitsHaveTheirWords() throws IOException {
        checkError(
                chat("", key("\"scope_permissions\":{\"read\":[\"*\"],\"write\":[]}")),
                403,
                "permission_error",
                null,
                "insufficient_permissions");
        checkError(
                chat("", key("\"models\":[\"vectors\"]")),
                403,
                "permission_error",
                null,
                "insufficient_permissions");
        checkError(
                chat(",\"max_tokens\":9", key("\"budget\":{\"limit\":0.000001}")),
                402,
                "insufficient_quota",
                null,
                "billing_hard_limit_reached");
        String slow = key("\"limits\":{\"requests_per_minute\":1}");
        assertThat(chat("", slow).status()).isEqualTo(200);
        Response limited = chat("", slow);
        checkError(limited, 429, "rate_limit_error", null, "rate_limit_exceeded");
        assertThat(limited.header("retry-after")).matches("[1-9][0-9]?");
    }

    private String key(String settings) throws IOException {
        Response made =
                post(
                        "/user/api-keys",
                        "{\"key_name\":\"another\",%s}".formatted(settings),
                        guest.bearer());
        return "Authorization: Bearer " + made.json().path("api_key").stringValue();
    }

    @Test
    void whatTheCallerWantsToPayAtMostIsKept() throws IOException {
        chat("", guest.bearer(), "X-Max-Cost: 0.01");
        JsonNode sent = provider.requests().getFirst().json();
        long limit =
                sent.path("max_tokens").asLong(0) + sent.path("max_completion_tokens").asLong(0);
        // Some 70 bytes at 30 USD a million leave 0.0079 USD, at 60 a million.
        assertThat(limit).isBetween(100L, 140L);
        checkError(
                chat("", guest.bearer(), "X-Max-Cost: 0.000001"),
                402,
                "insufficient_quota",
                null,
                "insufficient_quota");
        for (String bad : List.of("much", "-1", "1e400", "0.0000000001")) {
            assertThat(chat("", guest.bearer(), "X-Max-Cost: " + bad).status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    // ---------------------------------------------------------------- errors of the provider

    private static Script refusal(int status) {
        return Script.replay(
                status,
                "text/html",
                KitJson.utf8(
                        "{\"error\":{\"message\":\"no, %s of org-77\",\"type\":\"their_type\",\"param\":\"top_p\",\"code\":\"their_code\"}}"
                                .formatted(PROVIDER_KEY)));
    }

    /// Only the texts of 400, 404, 413 and 422 reach callers, and no secret in them.
    @Test
    void aProvidersRefusalOfTheRequestReachesTheCaller() throws IOException {
        for (int status : new int[] {400, 404, 413, 422}) {
            provider.on("large-1", refusal(status));
            for (String more : List.of("", ",\"stream\":true")) {
                Response answer = chat(more, guest.bearer());
                checkError(answer, status, "their_type", "top_p", "their_code");
                assertThat(answer.text()).contains("no, ***").contains("of org-77");
            }
        }
    }

    @Test
    void aProvidersOtherFailuresAreInOurWords() throws IOException {
        for (int status : new int[] {401, 402, 403, 405, 409, 418, 451, 500, 501, 503, 529, 302}) {
            provider.on("large-1", refusal(status));
            for (String more : List.of("", ",\"stream\":true")) {
                Response answer = chat(more, guest.bearer());
                checkError(answer, 502, "server_error", null, "upstream_error");
                assertThat(answer.text()).doesNotContain("org-77");
            }
        }
        provider.on("large-1", refusal(429).retryAfter("7"));
        Response busy = chat("", guest.bearer());
        checkError(busy, 429, "rate_limit_error", null, "upstream_rate_limited");
        assertThat(busy.header("retry-after")).isEqualTo("7");
        assertThat(busy.text()).doesNotContain("org-77");
    }

    @Test
    void aProviderWhoGivesNoAnswerIs502Or504() throws IOException {
        checkError(
                post("/v1/chat/completions", ask("lost", ""), guest.bearer()),
                502,
                "server_error",
                null,
                "upstream_error");
        for (String nothing :
                List.of("", "null", "[]", "<html>", "{\"error\":{\"message\":\"x\"}}", "{}")) {
            provider.on("large-1", Script.body(nothing));
            checkError(chat("", guest.bearer()), 502, "server_error", null, "upstream_error");
        }
        provider.on("large-1", Script.text("late").held());
        for (String more : List.of("", ",\"stream\":true")) {
            checkError(chat(more, guest.bearer()), 504, "server_error", null, "upstream_timeout");
        }
    }

    @Test
    void aStreamThatBreaksOffEndsWithAnErrorAndWithoutDone() throws IOException {
        provider.on(
                "large-1", Script.text("Good").errorEvent("{\"error\":{\"message\":\"org-77\"}}"));
        Response answer = chat(",\"stream\":true", guest.bearer());
        SseEvent last = answer.events().getLast();
        assertThat(last.name()).isEqualTo("error");
        Bodies.checkJson(
                last.json(),
                "{\"error\":{\"message\":\"<text>\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":\"upstream_error\"}}");
        assertThat(answer.text()).doesNotContain("[DONE]").doesNotContain("org-77");
    }

    /// A stream whose first event is an error is a failure like any other.
    @Test
    void anErrorAsTheFirstEventIsNoAnswer() throws IOException {
        provider.on(
                "large-1",
                Script.events("{\"error\":{\"message\":\"org-77\",\"code\":503}}").keepAlives(2));
        Response answer = chat(",\"stream\":true", guest.bearer());
        checkError(answer, 502, "server_error", null, "upstream_error");
    }

    // ---------------------------------------------------------------- manners

    @Test
    void headIsGetWithoutItsBody() throws IOException {
        Response get = get("/v1/models/acme/large", guest.bearer());
        Response head =
                RawClient.call(gateway.port(), "HEAD", "/v1/models/acme/large", guest.bearer());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-length")).isEqualTo(get.header("content-length"));
        assertThat(head.body()).isEmpty();
    }

    @Test
    void browsersMayCallWithAKeyOfTheirOwn() throws IOException {
        for (String path : List.of("/v1/chat/completions", "/openai/v1/embeddings")) {
            Response preflight =
                    RawClient.call(
                            gateway.port(),
                            "OPTIONS",
                            path,
                            "Origin: https://app.example",
                            "Access-Control-Request-Method: POST",
                            "Access-Control-Request-Headers: authorization, x-max-cost");
            assertThat(preflight.status()).isEqualTo(204);
            assertThat(preflight.header("access-control-allow-origin")).isEqualTo("*");
            assertThat(preflight.header("access-control-allow-methods")).contains("POST");
            assertThat(preflight.header("access-control-allow-headers"))
                    .isEqualTo("authorization, x-max-cost");
            assertThat(preflight.header("access-control-allow-credentials")).isNull();
        }
        Response refused = chat("", "Origin: https://app.example");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void theRootsHealthNeedsNoKey() throws IOException {
        Bodies.check(
                get("/health"),
                200,
                "{\"status\":\"ok\",\"timestamp\":\"<seconds>\",\"version\":\"<text>\"}");
    }

    /// `server.root` says whose words `/v1`, `/health` and unknown paths use; the door's own prefix
    /// keeps its own.
    @Test
    void theRootMaySpeakAnotherDoorsWords() throws IOException {
        for (String root : List.of("gateway", "proxy")) {
            String wording =
                    root.equals("gateway")
                            ? "{\"detail\":\"<text>\",\"status_code\":%d,\"timestamp\":\"<seconds>\"}"
                            : "{\"error\":\"%s\",\"details\":\"<text>\",\"timestamp\":\"<millis>\"}";
            try (var other = RunningGateway.open("server: {root: %s}".formatted(root))) {
                for (String path : List.of("/v1/models", "/v1/nothing", "/nothing")) {
                    Response answer = RawClient.call(other.port(), "GET", path);
                    int status = path.equals("/v1/models") ? 401 : 404;
                    Object said =
                            root.equals("gateway")
                                    ? status
                                    : status == 401 ? "unauthorized" : "not_found";
                    Bodies.check(answer, status, String.format(Locale.ROOT, wording, said));
                }
                checkError(
                        RawClient.call(other.port(), "GET", "/openai/v1/models"),
                        401,
                        INVALID,
                        null,
                        "invalid_api_key");
                String health =
                        Objects.requireNonNull(
                                RawClient.call(other.port(), "GET", "/health")
                                        .json()
                                        .path("status")
                                        .asString());
                assertThat(health).isEqualTo(root.equals("gateway") ? "healthy" : "ok");
            }
        }
    }
}
