package tollgate.bench;

import java.math.BigDecimal;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The account that pays for the calls, made through the gateway's admin API.
///
/// @param id the balance's `account_id`, without the word `account:`
/// @param key of the live environment, with limits that cost work but never refuse
record Account(String id, String key) {
    private static final String CREDITS = "1000000";

    /// More than any run brings: the limiter counts, and admits.
    private static final String LIMITS =
            """
            {"requests_per_minute":50000000,"concurrent":100000}\
            """;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    /// The balance as the customer sees it, in nano-dollars.
    record Balance(String accountId, long creditsNanos, long heldNanos) {}

    static Account open(int port, String adminKey) {
        String name = "bench" + Long.toString(System.nanoTime(), 36);
        JsonNode created =
                post(
                        port,
                        "/admin/create",
                        adminKey,
                        """
                        {"username":"%s","email":"%s@example.com","auth_method":"email",\
                        "environment_tag":"live"}\
                        """
                                .formatted(name, name));
        post(
                port,
                "/admin/add_credits",
                adminKey,
                "{\"user_id\":%s,\"credits\":%s,\"reason\":\"bench\"}"
                        .formatted(created.path("user_id"), CREDITS));
        JsonNode limited =
                post(
                        port,
                        "/user/api-keys",
                        created.path("api_key").asString(),
                        """
                        {"key_name":"bench","environment_tag":"live","limits":%s,\
                        "scope_permissions":{"read":["*"],"write":["*"]}}\
                        """
                                .formatted(LIMITS));
        String key = limited.path("api_key").asString();
        return new Account(balance(port, key).accountId, key);
    }

    Balance balance(int port) {
        return balance(port, key);
    }

    private static Balance balance(int port, String key) {
        JsonNode body = read("/user/balance", Http.get(port, "/user/balance", key));
        return new Balance(
                body.path("account_id").asString().replace("account:", ""),
                nanos(body.path("credits")),
                nanos(body.path("held")));
    }

    private static long nanos(JsonNode usd) {
        return new BigDecimal(usd.asString()).movePointRight(9).longValueExact();
    }

    private static JsonNode post(int port, String path, String key, String json) {
        return read(path, Http.post(port, path, key, json));
    }

    private static JsonNode read(String path, Http.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new BenchFailed(
                    "%s: status %d (expected: 2xx): %s"
                            .formatted(path, answer.status(), answer.text()));
        }
        return JSON.readTree(answer.text());
    }

    /// The key stays out of messages.
    @Override
    public String toString() {
        return "Account[%s]".formatted(id);
    }
}
