package tollgate.door.gateway;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.door.Times;
import tollgate.tenant.Budget;
import tollgate.tenant.IssuedKey;
import tollgate.tenant.Key;
import tollgate.tenant.KeyLimits;
import tollgate.tenant.KeySettings;
import tollgate.tenant.Resource;
import tollgate.tenant.Scopes;
import tollgate.unit.Environment;
import tollgate.wire.json.Json;

/// API keys as the gateway contract's JSON says them. What a request leaves out keeps what it was.
final class KeyJson {
    private KeyJson() {}

    /// The settings that a request asks for, over those before.
    static KeySettings settings(Json.Obj body, KeySettings before, Key actor) {
        KeySettings settings = before;
        if (body.has("key_name")) {
            settings =
                    settings.withName(
                            body.string("key_name")
                                    .orElseThrow(() ->
                                            Amounts.refused("key_name", "null (expected: text)")));
        }
        if (body.has("is_active")) {
            settings = settings.withActive(body.bool("is_active").orElse(true));
        }
        if (body.has("scope_permissions")) {
            settings = settings.withScopes(scopes(body, actor));
        }
        if (body.has("models")) {
            settings = settings.withModels(models(body));
        }
        if (body.has("budget")) {
            settings = settings.withBudget(body.object("budget").map(KeyJson::budget).orElse(null));
        }
        if (body.has("limits")) {
            settings =
                    settings.withLimits(
                            body.object("limits").map(KeyJson::limits).orElse(KeyLimits.NONE));
        }
        if (body.has("expires_at")) {
            settings = settings.withExpiresAt(expiry(body));
        }
        return settings;
    }

    private static Scopes scopes(Json.Obj body, Key actor) {
        Json.Obj said = body.object("scope_permissions").orElse(null);
        if (said == null) {
            return Scopes.ALL;
        }
        Scopes scopes = Scopes.of(resources(said, "read"), resources(said, "write"));
        boolean worker = said.array("worker").map(list -> !list.isEmpty()).orElse(false);
        if (worker && !actor.isAdmin()) {
            throw Amounts.refused(
                    "scope_permissions.worker", "asked for (expected: only with the admin key)");
        }
        return worker ? scopes.withWorker() : scopes;
    }

    private static Set<Resource> resources(Json.Obj said, String right) {
        return Scopes.resources(right, words(said, right, "scope_permissions." + right));
    }

    private static List<String> words(Json.Obj said, String name, String param) {
        List<String> words = new ArrayList<>();
        for (Json element : said.array(name).orElse(List.of())) {
            if (!(element instanceof Json.Str word)) {
                throw Amounts.refused(param, "an element that is no text (expected: texts)");
            }
            words.add(word.text());
        }
        return words;
    }

    private static @Nullable Set<String> models(Json.Obj body) {
        return body.array("models").isEmpty()
                ? null
                : new HashSet<>(words(body, "models", "models"));
    }

    private static Budget budget(Json.Obj said) {
        String period = said.string("period").orElse("total");
        Budget.Period over =
                switch (period) {
                    case "day" -> Budget.Period.DAY;
                    case "month" -> Budget.Period.MONTH;
                    case "total" -> Budget.Period.TOTAL;
                    default ->
                            throw Amounts.refused(
                                    "budget.period", "unknown (expected: day, month or total)");
                };
        return new Budget(Amounts.required(said, "limit"), over);
    }

    private static KeyLimits limits(Json.Obj said) {
        return new KeyLimits(
                said.integer("requests_per_minute").orElse(0),
                said.integer("tokens_per_minute").orElse(0),
                said.integer("concurrent").orElse(0));
    }

    private static @Nullable Instant expiry(Json.Obj body) {
        String said = body.string("expires_at").orElse(null);
        if (said == null) {
            return null;
        }
        try {
            return Instant.parse(said);
        } catch (DateTimeParseException _) {
            throw Amounts.refused("expires_at", "no time (expected: such as 2027-01-31T00:00:00Z)");
        }
    }

    static Environment environment(Json.Obj body) {
        String tag = body.string("environment_tag").orElse("live");
        return Environment.find(tag)
                .orElseThrow(() ->
                        Amounts.refused(
                                "environment_tag",
                                "unknown (expected: live, test, staging or dev)"));
    }

    // ---------------------------------------------------------------- shown

    /// A key with its text, the one time.
    static Json.Obj issued(IssuedKey issued) {
        Key key = issued.key();
        return Json.obj()
                .put("success", true)
                .put("id", key.id())
                .put("api_key", issued.text().reveal())
                .put("key_name", key.name())
                .put("environment_tag", key.environment().tag())
                .put("created_at", Times.seconds(key.createdAt()));
    }

    static Json.Obj shown(Key key) {
        Json.Obj shown =
                Json.obj()
                        .put("id", key.id())
                        .put("key_name", key.name())
                        .put("api_key", key.masked())
                        .put("environment_tag", key.environment().tag())
                        .put("is_active", key.settings().active())
                        .put("created_at", Times.seconds(key.createdAt()))
                        .put("scope_permissions", scopes(key.scopes()));
        Instant expires = key.settings().expiresAt();
        shown = shown.put("expires_at", expires == null ? null : Times.seconds(expires));
        Budget budget = key.budget();
        if (budget != null) {
            shown =
                    shown.put(
                            "budget",
                            Json.obj()
                                    .put("limit", budget.limit())
                                    .put(
                                            "period",
                                            budget.period()
                                                    .name()
                                                    .toLowerCase(java.util.Locale.ROOT)));
        }
        KeyLimits limits = key.limits();
        if (!limits.equals(KeyLimits.NONE)) {
            shown =
                    shown.put(
                            "limits",
                            Json.obj()
                                    .put("requests_per_minute", limits.requestsPerMinute())
                                    .put("tokens_per_minute", limits.tokensPerMinute())
                                    .put("concurrent", limits.concurrent()));
        }
        Set<String> models = key.settings().models();
        if (models != null) {
            shown = shown.put("models", texts(models.stream().sorted().toList()));
        }
        return shown;
    }

    private static Json.Obj scopes(Scopes scopes) {
        Json.Obj shown =
                Json.obj()
                        .put("read", texts(scopes.read().stream().map(Resource::word).toList()))
                        .put("write", texts(scopes.write().stream().map(Resource::word).toList()));
        return scopes.isWorker() ? shown.put("worker", texts(List.of("*"))) : shown;
    }

    private static List<Json> texts(List<String> texts) {
        List<Json> shown = new ArrayList<>();
        texts.forEach(text -> shown.add(new Json.Str(text)));
        return shown;
    }
}
