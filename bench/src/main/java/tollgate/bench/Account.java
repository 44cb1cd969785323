package tollgate.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An account that pays for calls, made through the gateway's admin API.
///
/// @param id the balance's `account_id`, without the word `account:`
/// @param maker the account's first key, which makes those that calls present
record Account(String id, String maker) {
    /// A customer may have 1,000 keys.
    static final int KEYS_MAX = 900;

    private static final int MAKERS = 64;
    private static final String CREDITS = "1000000";

    /// Of the live environment, with limits that cost work but never refuse: the limiter counts,
    /// and admits, for they are more than any run brings.
    private static final String KEY =
            """
            {"key_name":"bench","environment_tag":"live",\
            "limits":{"requests_per_minute":50000000,"concurrent":100000},\
            "scope_permissions":{"read":["*"],"write":["*"]}}\
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
        String maker = created.path("api_key").asString();
        return new Account(balance(port, maker).accountId, maker);
    }

    /// Makes keys, several at a time.
    ///
    /// @param count 1 to 900
    List<String> makeKeys(int port, int count) {
        try (var makers = Executors.newFixedThreadPool(MAKERS)) {
            List<Callable<String>> wanted = Collections.nCopies(count, () -> makeKey(port));
            var all = new ArrayList<String>(count);
            for (Future<String> made : makers.invokeAll(wanted)) {
                all.add(made.get());
            }
            return all;
        } catch (ExecutionException failure) {
            throw new BenchFailed("a key was not made: " + failure.getCause(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailed("interrupted", interrupted);
        }
    }

    Balance balance(int port) {
        return balance(port, maker);
    }

    private String makeKey(int port) {
        return post(port, "/user/api-keys", maker, KEY).path("api_key").asString();
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
