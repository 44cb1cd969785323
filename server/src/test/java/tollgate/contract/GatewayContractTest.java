package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;
import tools.jackson.databind.JsonNode;

/// The gateway contract as far as it is built: balance, keys, administration, and its wording of
/// errors, under its prefix and at the root.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayContractTest {
    private static final List<String> PREFIXES = List.of("/gateway", "");
    private static final String NEW_KEY =
            """
            {"key_name":"Mine","environment_tag":"live",\
            "scope_permissions":{"read":["*"],"write":["*"]}%s}\
            """;

    private final FakeUpstream provider = FakeUpstream.start();
    private RunningGateway gateway;
    private Guest guest;

    @SuppressWarnings("NullAway.Init") // open() and enter() set both
    GatewayContractTest() {}

    @BeforeAll
    void open() throws IOException {
        gateway =
                RunningGateway.open(
                        """
                        pricing: {signup-credits: 10}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: gateway-contract-key}
                        models:
                          acme/large: {routes: [{provider: maker, model: large-1}],
                            price: {input: 30, output: 60},
                            about: {context: 8192, max-output: 4096, hidden-reasoning: false}}
                        """
                                .formatted(provider.baseUrl()));
    }

    @BeforeEach
    void enter() throws IOException {
        provider.reset();
        provider.on("large-1", Script.text("Hi.").usage(9, 3));
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

    private Response send(String method, String path, String body, String bearer)
            throws IOException {
        try (var client = RawClient.connect(gateway.port())) {
            client.send(
                    "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(method, path, bearer, body.length(), body));
            return client.response(method);
        }
    }

    private static void checkError(Response answer, int status) {
        Bodies.check(
                answer,
                status,
                "{\"detail\":\"<text>\",\"status_code\":%d,\"timestamp\":\"<seconds>\"}"
                        .formatted(status));
    }

    // ---------------------------------------------------------------- public

    @Test
    void healthNeedsNoKey() throws IOException {
        Bodies.check(
                get("/gateway/health"),
                200,
                "{\"status\":\"healthy\",\"timestamp\":\"<seconds>\",\"version\":\"<text>\"}");
    }

    // ---------------------------------------------------------------- balance

    @Test
    void aBalanceIsWhatCanBeSpentNow() throws IOException {
        for (String prefix : PREFIXES) {
            Response answer = get(prefix + "/user/balance", guest.bearer());
            Bodies.check(
                    answer,
                    200,
                    """
                    {"api_key":"<masked>","credits":20,"held":0,"status":"active","user_id":%d,\
                    "account_id":%s}\
                    """
                            .formatted(guest.userId(), guest.account()));
            assertThat(answer.text()).doesNotContain(guest.key());
            assertThat(answer.json().path("api_key").stringValue())
                    .endsWith(guest.key().substring(guest.key().length() - 4));
        }
    }

    @Test
    void aNanoDollarIsWrittenInFull() throws IOException {
        gateway.addCredits(guest, "-19.999999999");
        assertThat(get("/user/balance", guest.bearer()).text()).contains("\"credits\":0.000000001");
    }

    @Test
    void whatRunsIsHeld() throws IOException {
        provider.on("large-1", Script.text("Hi.").usage(9, 3).held());
        try (var client = RawClient.connect(gateway.port())) {
            String ask =
                    "{\"model\":\"acme/large\",\"max_tokens\":100,"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]}";
            client.post("/v1/chat/completions", ask, guest.bearer());
            provider.awaitRequests(1);
            // Input is bound by its bytes at 36 USD a million, output by the limit at 72.
            long nanos = ask.length() * 36_000L + 100 * 72_000L;
            JsonNode balance = get("/user/balance", guest.bearer()).json();
            assertThat(balance.path("held").decimalValue())
                    .isEqualByComparingTo(java.math.BigDecimal.valueOf(nanos, 9));
            assertThat(balance.path("credits").decimalValue())
                    .isEqualByComparingTo(java.math.BigDecimal.valueOf(20_000_000_000L - nanos, 9));
            provider.release();
            assertThat(client.response().status()).isEqualTo(200);
        }
        JsonNode after = get("/user/balance", guest.bearer()).json();
        assertThat(after.path("held").decimalValue()).isEqualByComparingTo("0");
        assertThat(after.path("credits").decimalValue()).isEqualByComparingTo("19.999460");
    }

    // ---------------------------------------------------------------- keys

    @Test
    void aNewKeyIsShownOnceAndWorks() throws IOException {
        for (String prefix : PREFIXES) {
            Response made = post(prefix + "/user/api-keys", NEW_KEY.formatted(""), guest.bearer());
            Bodies.check(
                    made,
                    200,
                    """
                    {"success":true,"id":"<number>","api_key":"<live key>","key_name":"Mine",\
                    "environment_tag":"live","created_at":"<seconds>"}\
                    """);
            String key = made.json().path("api_key").stringValue();
            assertThat(get("/user/balance", "X-API-Key: " + key).status()).isEqualTo(200);
        }
    }

    @Test
    void keysAreListedMasked() throws IOException {
        String more =
                ",\"budget\":{\"limit\":5.25,\"period\":\"day\"},"
                        + "\"limits\":{\"requests_per_minute\":7,\"tokens_per_minute\":0,"
                        + "\"concurrent\":2},\"models\":[\"acme/large\"]";
        String key =
                post("/user/api-keys", NEW_KEY.formatted(more), guest.bearer())
                        .json()
                        .path("api_key")
                        .stringValue();
        Response list = get("/gateway/user/api-keys", guest.bearer());
        assertThat(list.text()).doesNotContain(key).doesNotContain(guest.key());
        JsonNode keys = list.json();
        assertThat(keys.path("count").intValue()).isEqualTo(2).isEqualTo(keys.path("data").size());
        Bodies.checkJson(
                byName(keys, "Mine"),
                """
                {"id":"<number>","key_name":"Mine","api_key":"<masked>","environment_tag":"live",\
                "is_active":true,"created_at":"<seconds>","expires_at":null,\
                "scope_permissions":{"read":["*"],"write":["*"]},\
                "budget":{"limit":5.25,"period":"day"},\
                "limits":{"requests_per_minute":7,"tokens_per_minute":0,"concurrent":2},\
                "models":["acme/large"]}\
                """);
    }

    private static JsonNode byName(JsonNode keys, String name) {
        for (JsonNode key : keys.path("data")) {
            if (key.path("key_name").stringValue().equals(name)) {
                return key;
            }
        }
        throw new AssertionError("no key " + name + ": " + keys);
    }

    @Test
    void aKeyIsRenamedSwitchedOffAndDeleted() throws IOException {
        JsonNode made = post("/user/api-keys", NEW_KEY.formatted(""), guest.bearer()).json();
        String path = "/gateway/user/api-keys/" + made.path("id").longValue();
        String its = "Authorization: Bearer " + made.path("api_key").stringValue();
        Bodies.check(
                send("PUT", path, "{\"key_name\":\"Yours\",\"is_active\":false}", guest.bearer()),
                200,
                "{\"success\":true,\"message\":\"API key updated successfully\"}");
        checkError(get("/gateway/user/balance", its), 401);
        assertThat(
                        byName(get("/user/api-keys", guest.bearer()).json(), "Yours")
                                .path("is_active")
                                .booleanValue())
                .isFalse();
        send("PUT", path, "{\"is_active\":true}", guest.bearer());
        assertThat(get("/user/balance", its).status()).isEqualTo(200);
        Bodies.check(
                send("DELETE", path, "", guest.bearer()),
                200,
                "{\"success\":true,\"message\":\"API key deleted successfully\"}");
        checkError(get("/gateway/user/balance", its), 401);
        checkError(send("DELETE", path, "", guest.bearer()), 404);
    }

    @Test
    void anothersKeyIsLikeNone() throws IOException {
        JsonNode made = post("/user/api-keys", NEW_KEY.formatted(""), guest.bearer()).json();
        String path = "/gateway/user/api-keys/" + made.path("id").longValue();
        String stranger = gateway.newGuest("0").bearer();
        Response its = send("DELETE", path, "", stranger);
        Response none = send("DELETE", "/gateway/user/api-keys/999999999", "", stranger);
        checkError(its, 404);
        assertThat(its.json().path("detail")).isEqualTo(none.json().path("detail"));
        checkError(send("PUT", path, "{\"is_active\":false}", stranger), 404);
    }

    @Test
    void emptyScopesAllowNothing() throws IOException {
        String nothing =
                """
                {"key_name":"None","environment_tag":"live",\
                "scope_permissions":{"read":[],"write":[]}}\
                """;
        String its =
                "Authorization: Bearer "
                        + post("/user/api-keys", nothing, guest.bearer())
                                .json()
                                .path("api_key")
                                .stringValue();
        checkError(get("/gateway/user/balance", its), 403);
        checkError(post("/gateway/user/api-keys", NEW_KEY.formatted(""), its), 403);
        assertThat(post("/v1/chat/completions", "{}", its).status()).isEqualTo(403);
    }

    // ---------------------------------------------------------------- requests

    private Response ask(String more, String... headers) throws IOException {
        return post(
                "/v1/chat/completions",
                "{\"model\":\"acme/large\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]%s}"
                        .formatted(more),
                headers);
    }

    @Test
    void aRequestIsShownToItsAccountAlone() throws IOException {
        for (String stream : List.of("false", "true")) {
            Response answer =
                    ask(
                            ",\"user\":\"u-1\",\"stream\":" + stream,
                            guest.bearer(),
                            "X-Title: My app",
                            "x-tollgate-tags: a,b");
            String id = java.util.Objects.requireNonNull(answer.header("x-request-id"));
            for (String prefix : PREFIXES) {
                Bodies.check(
                        get(prefix + "/user/requests/" + id, guest.bearer()),
                        200,
                        """
                        {"request_id":"%s","at":"<seconds>","door":"openai","model":"acme/large",\
                        "request_model":"large-1","response_model":"large-1","provider":"maker","status":200,\
                        "stream":%s,"finish_reason":"stop",\
                        "usage":{"input_tokens":9,"cached_input_tokens":0,"cache_write_tokens":0,\
                        "output_tokens":3,"reasoning_tokens":0},"cost":0.000540,"price_version":"<number>",\
                        "latency_ms":"<number>","first_token_ms":"<number>",\
                        "attempts":[{"provider":"maker","model":"large-1","status":200,\
                        "latency_ms":"<number>"}],"end_user":"u-1","app":"My app","tags":"a,b",\
                        "outcome":"completed"}\
                        """
                                .formatted(id, stream));
            }
            String other = gateway.newGuest("0").bearer();
            Response foreign = get("/gateway/user/requests/" + id, other);
            Response none = get("/gateway/user/requests/req_" + "0".repeat(32), other);
            checkError(foreign, 404);
            assertThat(foreign.json().path("detail")).isEqualTo(none.json().path("detail"));
        }
        checkError(get("/gateway/user/requests/7", guest.bearer()), 404);
        checkError(get("/gateway/user/requests"), 401);
    }

    @Test
    void requestsAreListedTheLatestFirst() throws IOException {
        List<String> ids = new java.util.ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.addFirst(ask("", guest.bearer()).header("x-request-id"));
        }
        JsonNode first = get("/gateway/user/requests?limit=2", guest.bearer()).json();
        assertThat(first.path("success").booleanValue()).isTrue();
        assertThat(first.path("count").intValue()).isEqualTo(2);
        JsonNode rest =
                get(
                                "/user/requests?limit=2&before=" + first.path("next").asString(),
                                guest.bearer())
                        .json();
        assertThat(rest.path("next").isNull()).isTrue();
        List<String> listed = new java.util.ArrayList<>();
        first.path("data").forEach(row -> listed.add(row.path("request_id").asString()));
        rest.path("data").forEach(row -> listed.add(row.path("request_id").asString()));
        assertThat(listed).isEqualTo(ids);
        checkError(get("/gateway/user/requests?limit=two", guest.bearer()), 400);
        checkError(get("/gateway/user/requests?before=x", guest.bearer()), 400);
    }

    /// What failed is listed too, and costs nothing.
    @Test
    void aRequestThatFailedIsListed() throws IOException {
        provider.on("large-1", Script.status(401));
        String id = ask("", guest.bearer()).header("x-request-id");
        JsonNode row = get("/user/requests/" + id, guest.bearer()).json();
        assertThat(row.path("outcome").asString()).isEqualTo("provider_failed");
        assertThat(row.path("cost").decimalValue()).isEqualByComparingTo("0");
        assertThat(row.path("attempts").path(0).path("status").intValue()).isEqualTo(401);
        assertThat(row.path("response_model").isNull()).isTrue();
    }

    // ---------------------------------------------------------------- administration

    @Test
    void anAdminMakesAccounts() throws IOException {
        for (String prefix : PREFIXES) {
            String name = "new%s@example.com".formatted(prefix.length());
            Response made =
                    post(
                            prefix + "/admin/create",
                            """
                            {"username":"%s","email":"%s","auth_method":"email",\
                            "environment_tag":"live"}\
                            """
                                    .formatted(name, name),
                            RunningGateway.ADMIN);
            Bodies.check(
                    made,
                    200,
                    """
                    {"success":true,"user_id":"<number>","account_id":"<number>","username":"%s",\
                    "api_key":"<live key>","credits":10}\
                    """
                            .formatted(name));
            String its = "Authorization: Bearer " + made.json().path("api_key").stringValue();
            assertThat(get("/user/balance", its).json().path("credits").decimalValue())
                    .isEqualByComparingTo("10");
        }
    }

    @Test
    void anAdminAddsAndTakesCreditsToTheNanoDollar() throws IOException {
        Map<String, String> steps = new java.util.LinkedHashMap<>(Map.of("50", "70"));
        steps.put("0.000000001", "70.000000001");
        steps.put("-70.000000001", "0");
        for (var step : steps.entrySet()) {
            Response added = credits(guest.userId(), step.getKey());
            assertThat(added.status()).as(added.toString()).isEqualTo(200);
            JsonNode body = added.json();
            assertThat(body.path("success").booleanValue()).isTrue();
            assertThat(body.path("message").stringValue()).isEqualTo("Credits added successfully");
            assertThat(body.path("new_balance").decimalValue())
                    .isEqualByComparingTo(step.getValue());
            assertThat(body.size()).isEqualTo(3);
        }
        checkError(credits(guest.userId(), "-0.000000001"), 400);
        checkError(credits(guest.userId(), "0.0000000001"), 400);
        checkError(credits(guest.userId(), "\"5\""), 400);
        checkError(credits(999_999_999L, "1"), 404);
    }

    private Response credits(long user, String amount) throws IOException {
        return post(
                "/gateway/admin/add_credits",
                "{\"user_id\":%d,\"credits\":%s,\"reason\":\"thanks\"}".formatted(user, amount),
                RunningGateway.ADMIN);
    }

    @Test
    void theMonitorSaysHowItGoes() throws IOException {
        Bodies.check(
                get("/gateway/admin/monitor", RunningGateway.ADMIN),
                200,
                """
                {"success":true,"system":{"status":"healthy","uptime":"<number>",\
                "active_users":"<number>","total_requests":"<number>"},\
                "database":{"status":"connected","response_time":"<number>"}}\
                """);
    }

    @Test
    void onlyTheAdminKeyAdministers() throws IOException {
        for (String path : List.of("/gateway/admin/create", "/gateway/admin/add_credits")) {
            checkError(post(path, "{}", guest.bearer()), 403);
            checkError(post(path, "{}"), 401);
        }
        checkError(get("/gateway/admin/monitor", guest.bearer()), 403);
        checkError(get("/gateway/admin/ledger/export", guest.bearer()), 403);
    }

    // ---------------------------------------------------------------- errors and manners

    @Test
    void withoutAKeyNobodyPasses() throws IOException {
        String wrong = "Authorization: Bearer gw_live_" + "A".repeat(49);
        for (String path : List.of("/gateway/user/balance", "/gateway/user/api-keys")) {
            checkError(get(path), 401);
            checkError(get(path, wrong), 401);
        }
        checkError(get("/user/balance", wrong), 401);
        checkError(
                get("/gateway/user/balance", guest.bearer(), "X-API-Key: " + wrong.substring(22)),
                400);
        checkError(get("/gateway/user/balance?api_key=" + guest.key()), 400);
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        checkError(get("/gateway/no/such/path", guest.bearer()), 404);
        Response method = send("PATCH", "/gateway/user/api-keys", "{}", guest.bearer());
        checkError(method, 405);
        assertThat(method.header("allow")).contains("GET").contains("POST");
        checkError(post("/gateway/user/api-keys", "{", guest.bearer()), 400);
        checkError(post("/gateway/user/api-keys", "{}", guest.bearer()), 400);
        checkError(post("/gateway/user/api-keys", "{\"key_name\":7}", guest.bearer()), 400);
    }

    @Test
    void badValuesAre400() throws IOException {
        for (String more :
                List.of(
                        "\"environment_tag\":\"prod\"",
                        "\"environment_tag\":7",
                        "\"scope_permissions\":[]",
                        "\"scope_permissions\":{\"read\":\"*\"}",
                        "\"scope_permissions\":{\"read\":[1]}",
                        "\"scope_permissions\":{\"write\":[\"money\"]}",
                        "\"scope_permissions\":{\"worker\":[\"*\"]}",
                        "\"models\":\"acme/large\"",
                        "\"models\":[\"\"]",
                        "\"budget\":7",
                        "\"budget\":{}",
                        "\"budget\":{\"limit\":\"5\"}",
                        "\"budget\":{\"limit\":-1}",
                        "\"budget\":{\"limit\":1e400}",
                        "\"budget\":{\"limit\":9e99}",
                        "\"budget\":{\"limit\":0.0000000001}",
                        "\"budget\":{\"limit\":1,\"period\":\"week\"}",
                        "\"limits\":[]",
                        "\"limits\":{\"requests_per_minute\":-1}",
                        "\"limits\":{\"tokens_per_minute\":1.5}",
                        "\"limits\":{\"concurrent\":99999999999999999999}",
                        "\"expires_at\":\"tomorrow\"",
                        "\"expires_at\":\"2020-01-01T00:00:00Z\"",
                        "\"expires_at\":7",
                        "\"is_active\":\"yes\"",
                        "\"key_name\":\"twice\"")) {
            checkError(
                    post(
                            "/gateway/user/api-keys",
                            "{\"key_name\":\"x\",%s}".formatted(more),
                            guest.bearer()),
                    400);
        }
        for (String body :
                List.of(
                        "{}",
                        "{\"username\":\"\"}",
                        "{\"username\":7}",
                        "{\"username\":\"x\",\"email\":\"nobody\"}",
                        "{\"username\":\"x\",\"environment_tag\":\"moon\"}",
                        "{\"user_id\":true}")) {
            checkError(post("/gateway/admin/create", body, RunningGateway.ADMIN), 400);
            checkError(post("/gateway/admin/add_credits", body, RunningGateway.ADMIN), 400);
        }
        checkError(get("/gateway/admin/ledger/export?after=x", RunningGateway.ADMIN), 400);
    }

    @Test
    void aTrailingSlashAndHeadAreFine() throws IOException {
        assertThat(get("/gateway/user/balance/", guest.bearer()).status()).isEqualTo(200);
        Response head =
                RawClient.call(gateway.port(), "HEAD", "/gateway/user/balance", guest.bearer());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }
}
