package tollgate.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.unit.Money;

/// Reads `providers` and `models`.
final class ModelReader {
    /// Always there, and never the operator's to redefine.
    private static final String SANDBOX = "sandbox";

    private static final String ANY_MODEL = "*";
    private static final int NAME_CHARACTERS_MAX = 200;
    private static final long TOKENS_MAX = 1_000_000_000L;

    private final Set<String> wellKnown;

    ModelReader(Set<String> wellKnown) {
        this.wellKnown = wellKnown;
    }

    Map<String, Config.Provider> providers(Section section) {
        Map<String, Config.Provider> providers = new LinkedHashMap<>();
        for (String name : section.names()) {
            // Callers may write provider/model, so a name must be a plain word.
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}") || name.equals(SANDBOX)) {
                throw section.refused(
                        name, name, "letters, digits, _ . - (64 at most), not sandbox");
            }
            providers.put(name, provider(name, section.section(name)));
        }
        return providers;
    }

    private Config.Provider provider(String name, Section section) {
        Config.Provider provider =
                new Config.Provider(
                        section.ifPresent(
                                "protocol",
                                () -> section.choice("protocol", Config.Protocol.OPENAI)),
                        section.ifPresent("base-url", () -> Urls.base(section, "base-url", "")),
                        section.secret("api-key", Secret.NONE, 1));
        section.end();
        if (!wellKnown.contains(name)) {
            require(section, "protocol", provider.protocol() != null);
            require(section, "base-url", provider.baseUrl() != null);
        }
        return provider;
    }

    private static void require(Section section, String key, boolean isThere) {
        if (!isThere) {
            throw section.refused(
                    key, "missing", "a value, for this is no provider we know by name");
        }
    }

    Map<String, Config.Model> models(Section section, Set<String> providers) {
        Map<String, Config.Model> models = new LinkedHashMap<>();
        for (String name : section.names()) {
            if (name.isBlank() || name.length() > NAME_CHARACTERS_MAX) {
                throw section.refused(
                        name, name.length() + " characters", "1 to " + NAME_CHARACTERS_MAX);
            }
            models.put(name, model(name, section.section(name), providers));
        }
        return models;
    }

    private Config.Model model(String name, Section section, Set<String> providers) {
        Config.Model model =
                new Config.Model(
                        section.sections("routes").stream()
                                .map(route -> route(name, route, providers))
                                .toList(),
                        section.ifPresent("price", () -> price(section.section("price"))),
                        section.ifPresent("markup", () -> section.percentage("markup", 0)),
                        about(section.section("about")),
                        section.choices("allow", Capability.class));
        section.end();
        if (model.routes().isEmpty()) {
            throw section.refused("routes", "none", "one route or more");
        }
        return model;
    }

    private Config.Route route(String name, Section section, Set<String> providers) {
        Config.Route route =
                new Config.Route(
                        section.text("provider", ""),
                        section.ifPresent("model", () -> section.text("model", name)),
                        (int) section.integer("weight", 1, 1, 1_000_000),
                        section.truth("fallback", false),
                        section.ifPresent("cost", () -> price(section.section("cost"))));
        section.end();
        String provider = route.provider();
        if (!provider.equals(SANDBOX)
                && !providers.contains(provider)
                && !wellKnown.contains(provider)) {
            throw section.refused(
                    "provider", provider.isEmpty() ? "missing" : provider, "a provider's name");
        }
        if (name.equals(ANY_MODEL) && route.model() != null) {
            throw section.refused("model", route.model(), "none: under * a model keeps its name");
        }
        return route;
    }

    private Config.Price price(Section section) {
        Config.Above above = section.ifPresent("above", () -> above(section.section("above")));
        return classes(section, above);
    }

    private Config.Above above(Section section) {
        long tokens = section.integer("tokens", 0, 0, TOKENS_MAX);
        if (tokens == 0) {
            throw section.refused("tokens", "none", "the input tokens that must be exceeded");
        }
        return new Config.Above(tokens, classes(section, null));
    }

    private static Config.Price classes(Section section, Config.@Nullable Above above) {
        Config.Price price =
                new Config.Price(
                        amount(section, "input"),
                        amount(section, "output"),
                        amount(section, "cached-input"),
                        amount(section, "cache-write"),
                        amount(section, "cache-write-1h"),
                        amount(section, "reasoning"),
                        amount(section, "image"),
                        amount(section, "request"),
                        amount(section, "web-search"),
                        above);
        section.end();
        return price;
    }

    private static @Nullable Money amount(Section section, String key) {
        return section.ifPresent(key, () -> section.amount(key, Money.ZERO));
    }

    private static Config.About about(Section section) {
        Config.About about =
                new Config.About(
                        tokens(section, "context", 1),
                        tokens(section, "max-output", 1),
                        section.ifPresent(
                                "hidden-reasoning", () -> section.truth("hidden-reasoning", true)),
                        section.ifPresent(
                                "modalities",
                                () -> section.choices("modalities", Config.Modality.class)),
                        tokens(section, "input-overhead", 0),
                        tokens(section, "image-tokens", 0),
                        tokens(section, "audio-tokens", 0),
                        tokens(section, "file-tokens", 0));
        section.end();
        return about;
    }

    private static @Nullable Long tokens(Section section, String key, long min) {
        return section.ifPresent(key, () -> section.integer(key, min, min, TOKENS_MAX));
    }
}
