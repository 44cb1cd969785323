package tollgate.door.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.door.Route;
import tollgate.door.Times;
import tollgate.door.Visit;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Book;
import tollgate.ledger.Ledger;
import tollgate.ledger.Purse;
import tollgate.tenant.IssuedKey;
import tollgate.tenant.Key;
import tollgate.tenant.KeySettings;
import tollgate.tenant.Keys;
import tollgate.unit.RequestId;
import tollgate.usage.CallRow;
import tollgate.usage.UsageLog;
import tollgate.wire.json.Json;

/// What a key's owner asks about: balance, keys, requests. Blocking; on virtual threads.
final class UserRoutes {
    /// The fold is a second behind at most; a list that is asked for waits for it that long.
    private static final Duration FOLD_WAIT_MAX = Duration.ofSeconds(2);

    private static final int PAGE = 100;
    private static final Duration OVERLAP = Duration.ofHours(24);

    private final Ledger ledger;
    private final Keys keys;
    private final UsageLog log;

    UserRoutes(Ledger ledger, Keys keys, UsageLog log) {
        this.ledger = ledger;
        this.keys = keys;
        this.log = log;
    }

    /// @param prefix before each path: empty at the root
    List<Route> routes(String prefix) {
        String keyPaths = prefix + "/user/api-keys";
        return List.of(
                Route.loop(
                        "GET", prefix + "/user/balance", Route.reading("billing"), this::balance),
                Route.work("POST", keyPaths, Route.writing("keys"), this::createKey),
                Route.work("GET", keyPaths, Route.reading("keys"), this::listKeys),
                Route.work("PUT", keyPaths + "/{id*}", Route.writing("keys"), this::updateKey),
                Route.work("DELETE", keyPaths + "/{id*}", Route.writing("keys"), this::deleteKey),
                Route.work("POST", keyPaths + "/{id*}", Route.writing("keys"), this::rotateKey),
                Route.work(
                        "GET", prefix + "/user/requests", Route.reading("history"), this::requests),
                Route.work(
                        "GET",
                        prefix + "/user/requests/{id}",
                        Route.reading("history"),
                        this::request));
    }

    private void balance(Visit visit) {
        Key key = visit.key();
        Purse.Balance balance = ledger.purse(key.accountId(), book(key)).balance();
        visit.answer(
                200,
                Json.obj()
                        .put("api_key", key.masked())
                        .put("credits", balance.available())
                        .put("held", balance.held())
                        .put("status", "active")
                        .put("user_id", key.userId())
                        .put("account_id", key.accountId()));
    }

    private static Book book(Key key) {
        return key.environment().isTest() ? Book.TEST : Book.LIVE;
    }

    // ---------------------------------------------------------------- keys

    private void createKey(Visit visit) {
        Json.Obj body = visit.json();
        String name =
                body.string("key_name")
                        .orElseThrow(
                                () -> Amounts.refused("key_name", "missing (expected: a name)"));
        KeySettings settings = KeyJson.settings(body, KeySettings.named(name), visit.key());
        IssuedKey issued = keys.create(visit.key(), KeyJson.environment(body), settings);
        visit.answer(200, KeyJson.issued(issued));
    }

    private void listKeys(Visit visit) {
        List<Json> shown = new ArrayList<>();
        keys.list(visit.key()).forEach(key -> shown.add(KeyJson.shown(key)));
        visit.answer(
                200, Json.obj().put("success", true).put("data", shown).put("count", shown.size()));
    }

    private void updateKey(Visit visit) {
        Json.Obj body = visit.json();
        keys.update(
                visit.key(), id(visit.id()), before -> KeyJson.settings(body, before, visit.key()));
        done(visit, "API key updated successfully");
    }

    private void deleteKey(Visit visit) {
        keys.delete(visit.key(), id(visit.id()));
        done(visit, "API key deleted successfully");
    }

    /// `POST /user/api-keys/{id}/rotate`: a new text for the same key; the old one works for
    /// `overlap_seconds` longer, a day unless said otherwise.
    private void rotateKey(Visit visit) {
        String path = visit.id();
        if (!path.endsWith("/rotate")) {
            throw new GatewayException(new Fault.NoRoute("POST", visit.exchange().path()));
        }
        long id = id(path.substring(0, path.length() - "/rotate".length()));
        Json.Obj body = visit.exchange().bodyBytes().length == 0 ? Json.obj() : visit.json();
        Duration overlap =
                Duration.ofSeconds(body.integer("overlap_seconds").orElse(OVERLAP.toSeconds()));
        visit.answer(200, KeyJson.issued(keys.rotate(visit.key(), id, overlap)));
    }

    private static void done(Visit visit, String message) {
        visit.answer(200, Json.obj().put("success", true).put("message", message));
    }

    private static long id(String text) {
        if (text.matches("[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        throw new GatewayException(new Fault.NoSuchObject("API key"));
    }

    // ---------------------------------------------------------------- requests

    private void requests(Visit visit) {
        caughtUp();
        int limit = number(visit, "limit", PAGE);
        String before = visit.exchange().query("before");
        Long cursor = before == null ? null : number(before, "before");
        List<Json> shown = new ArrayList<>();
        List<CallRow> rows =
                log.list(visit.key().accountId(), book(visit.key()), cursor, Math.max(1, limit));
        rows.forEach(row -> shown.add(shown(row)));
        visit.answer(
                200,
                Json.obj()
                        .put("success", true)
                        .put("data", shown)
                        .put("count", shown.size())
                        .put(
                                "next",
                                rows.size() < limit ? null : Long.toString(rows.getLast().hold())));
    }

    private void request(Visit visit) {
        caughtUp();
        CallRow row =
                find(visit)
                        .orElseThrow(() -> new GatewayException(new Fault.NoSuchObject("request")));
        visit.answer(200, shown(row));
    }

    private java.util.Optional<CallRow> find(Visit visit) {
        try {
            RequestId id = RequestId.parse(visit.id());
            return log.find(visit.key().accountId(), book(visit.key()), id);
        } catch (IllegalArgumentException _) {
            return java.util.Optional.empty();
        }
    }

    private void caughtUp() {
        ledger.folded()
                .completeOnTimeout(null, FOLD_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static int number(Visit visit, String name, int otherwise) {
        String said = visit.exchange().query(name);
        return said == null ? otherwise : (int) Math.min(UsageLog.PAGE_MAX, number(said, name));
    }

    private static long number(String said, String name) {
        if (said.matches("[0-9]{1,18}")) {
            return Long.parseLong(said);
        }
        throw Amounts.refused(name, "no number (expected: a whole number)");
    }

    private static Json.Obj shown(CallRow row) {
        List<Json> attempts = new ArrayList<>();
        for (CallRow.AttemptRow attempt : row.attempts()) {
            attempts.add(
                    Json.obj()
                            .put("provider", attempt.provider())
                            .put("model", attempt.model())
                            .put("status", attempt.status())
                            .put("latency_ms", attempt.latencyMillis()));
        }
        Json firstToken =
                row.firstTokenMillis() < 0
                        ? Json.of((String) null)
                        : Json.of(row.firstTokenMillis());
        return Json.obj()
                .put("request_id", row.id().toString())
                .put("at", Times.seconds(row.at()))
                .put("door", row.door())
                .put("model", row.names().model())
                .put("request_model", row.names().requestModel())
                .put("response_model", orNull(row.names().responseModel()))
                .put("provider", row.names().provider())
                .put("status", row.status())
                .put("stream", row.stream())
                .put("finish_reason", orNull(row.finishReason()))
                .put("usage", usage(row.usage()))
                .put("cost", row.cost())
                .put("price_version", row.priceVersion())
                .put("latency_ms", row.latencyMillis())
                .put("first_token_ms", firstToken)
                .put("attempts", attempts)
                .put("end_user", orNull(row.who().endUser()))
                .put("app", orNull(row.who().app()))
                .put("tags", orNull(row.who().tags()))
                .put("outcome", row.outcome());
    }

    static Json.Obj usage(Usage usage) {
        return Json.obj()
                .put("input_tokens", usage.inputTokens())
                .put("cached_input_tokens", usage.cachedInputTokens())
                .put("cache_write_tokens", usage.cacheWriteTokens())
                .put("output_tokens", usage.outputTokens())
                .put("reasoning_tokens", usage.reasoningTokens());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
