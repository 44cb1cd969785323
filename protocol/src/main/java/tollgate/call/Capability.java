package tollgate.call;

import java.util.Locale;
import java.util.Optional;

/// What a model entry may open with `allow`: parts of a request that change the price or name
/// objects in the provider's account, and are otherwise not passed on.
public enum Capability {
    /// `web_search_options` and hosted search tools.
    WEB_SEARCH,
    /// Every `service_tier`.
    PRIORITY,
    /// `prompt_cache_retention` and one-hour caches.
    LONG_CACHE,
    /// Fields that let the provider choose another model, or add plugins.
    ROUTING,
    /// Stored files, conversations, containers, and every other hosted tool.
    PROVIDER_OBJECTS;

    /// The capability that a configuration calls `word`.
    public static Optional<Capability> find(String word) {
        for (Capability capability : values()) {
            if (capability.word().equals(word)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }

    /// As written in the configuration: `web-search`, `provider-objects`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
