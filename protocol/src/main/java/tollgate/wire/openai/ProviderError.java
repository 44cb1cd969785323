package tollgate.wire.openai;

import org.jspecify.annotations.Nullable;

/// What a provider said about its refusal. The message is its own words, at most 2,000 characters.
public record ProviderError(
        String message, @Nullable String type, @Nullable String param, @Nullable String code) {}
