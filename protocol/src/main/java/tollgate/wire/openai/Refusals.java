package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tollgate.call.Capability;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.Token;

/// Collects the fields of one request that are not passed on.
final class Refusals {
    /// Listed at most; a request with more is refused for the first all the same.
    private static final int FIELDS_MAX = 100;

    static final byte[] ID = Peeking.ascii("id");
    private static final byte[] TTL = Peeking.ascii("ttl");
    private static final byte[] FIVE_MINUTES = Peeking.ascii("5m");

    private List<NotPassed> fields = List.of();

    void add(String field, Capability capability) {
        if (fields.isEmpty()) {
            fields = new ArrayList<>(4);
        }
        if (fields.size() < FIELDS_MAX) {
            fields.add(new NotPassed(field, capability));
        }
    }

    List<NotPassed> fields() {
        return fields;
    }

    /// Stands at the value of a `cache_control`: a cache that lives longer than the usual five
    /// minutes is written at another price (Anthropic's models, behind OpenRouter and others).
    void cacheControl(JsonReader json, Supplier<String> owner) {
        if (json.token() != Token.OBJECT_START) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean ttl = json.textIs(TTL);
            json.next();
            boolean usual =
                    json.token() == Token.NULL
                            || (json.token() == Token.STRING && json.textIs(FIVE_MINUTES));
            if (ttl && !usual) {
                String path = owner.get();
                add(
                        (path.isEmpty() ? "" : path + ".") + "cache_control.ttl",
                        Capability.LONG_CACHE);
            }
            json.skipValue();
        }
    }

    /// Stands at the value of `service_tier`. `auto` is the project's own tier, which the operator
    /// chose: as good as none.
    void serviceTier(JsonReader json) {
        String tier = Peeking.text(json, "service_tier");
        if (tier != null && !tier.equals("default") && !tier.equals("auto")) {
            add("service_tier", Capability.PRIORITY);
        }
    }
}
