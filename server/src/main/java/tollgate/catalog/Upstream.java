package tollgate.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.config.Secret;

/// A provider as this gateway uses it: configured, switched on by its variable, or both.
///
/// @param known the well-known provider that it is, or null
public record Upstream(
        String name,
        Config.Protocol protocol,
        String baseUrl,
        Secret apiKey,
        @Nullable WellKnown known) {

    /// All of them, in the order in which a model's servers are tried: makers, then as configured,
    /// then as switched on. The sandbox is not among them.
    public static List<Upstream> all(Config config) {
        Map<String, Upstream> all = new LinkedHashMap<>();
        config.providers()
                .forEach((name, provider) -> all.put(name, configured(config, name, provider)));
        for (WellKnown known : WellKnown.makersFirst()) {
            Optional<String> value = known.value(config.variables());
            if (value.isPresent() && !all.containsKey(known.name())) {
                all.put(known.name(), switchedOn(known, value.get()));
            }
        }
        List<Upstream> inOrder = new ArrayList<>(all.values());
        inOrder.sort((a, b) -> Boolean.compare(b.isMaker(), a.isMaker()));
        return inOrder;
    }

    private static Upstream configured(Config config, String name, Config.Provider provider) {
        WellKnown named = WellKnown.find(name).orElse(null);
        String baseUrl = provider.baseUrl();
        Config.Protocol protocol = provider.protocol();
        if (named != null) {
            Optional<String> value = named.value(config.variables());
            Upstream usual = switchedOn(named, value.orElse(""));
            return new Upstream(
                    name,
                    protocol == null ? usual.protocol : protocol,
                    baseUrl == null ? usual.baseUrl : baseUrl,
                    provider.apiKey().isSet() ? provider.apiKey() : usual.apiKey,
                    named);
        }
        String its = Objects.requireNonNull(baseUrl, "the configuration demands it");
        return new Upstream(
                name,
                Objects.requireNonNull(protocol, "the configuration demands it"),
                its,
                provider.apiKey(),
                WellKnown.find(name, its).orElse(null));
    }

    /// @param value of its variable: a key, but Ollama's is an address; empty where it is not set
    private static Upstream switchedOn(WellKnown known, String value) {
        boolean isLocal = known.standing() == WellKnown.Standing.LOCAL;
        return new Upstream(
                known.name(),
                known.protocol(),
                isLocal && !value.isEmpty() ? localUrl(value) : known.baseUrl(),
                isLocal || value.isEmpty() ? Secret.NONE : new Secret(value),
                known);
    }

    /// `OLLAMA_HOST` is an address to listen on as well as to call: `host`, `host:port`, a URL.
    private static String localUrl(String host) {
        String url = host.contains("://") ? host : "http://" + host;
        url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        url = url.replace("//0.0.0.0", "//127.0.0.1");
        boolean hasPort = url.lastIndexOf(':') > url.indexOf("://") + 2;
        return (hasPort ? url : url + ":11434") + "/v1";
    }

    boolean isMaker() {
        return known != null && known.standing() == WellKnown.Standing.MAKER;
    }

    /// Costs nothing: it runs on the operator's own machines.
    boolean isFree() {
        return known != null && known.standing() == WellKnown.Standing.LOCAL;
    }

    /// Whether it serves what the catalogue says that it does: one of the well-known that has its
    /// key. Routes may name any other as well.
    boolean isEnabled() {
        return known != null && apiKey.isSet();
    }
}
