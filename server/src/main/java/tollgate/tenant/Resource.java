package tollgate.tenant;

import java.util.Locale;
import java.util.Optional;

/// What a scope opens.
public enum Resource {
    MODELS(1),
    KEYS(2),
    BILLING(4),
    HISTORY(8),
    RELAY(16),
    /// All of the others, and those to come; written `*`.
    EVERYTHING(32);

    private final int bit;

    Resource(int bit) {
        this.bit = bit;
    }

    /// As written in JSON and in routes.
    public String word() {
        return this == EVERYTHING ? "*" : name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Resource> find(String word) {
        for (Resource resource : values()) {
            if (resource.word().equals(word)) {
                return Optional.of(resource);
            }
        }
        return Optional.empty();
    }

    /// Its place in the sets of [Scopes].
    int bit() {
        return bit;
    }
}
