package tollgate.tenant;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

/// What an owner can choose and change about a key.
///
/// @param models that may be called; null: all, empty: none
/// @param budget null: none of its own
/// @param expiresAt null: never
/// @param active false: put aside, to be taken up again
public record KeySettings(
        String name,
        Scopes scopes,
        @Nullable Set<String> models,
        @Nullable Budget budget,
        KeyLimits limits,
        @Nullable Instant expiresAt,
        boolean active) {
    private static final int NAME_CHARACTERS_MAX = 100;
    private static final int MODELS_MAX = 1_000;
    private static final int MODEL_CHARACTERS_MAX = 200;

    public KeySettings {
        if (name.isBlank() || name.length() > NAME_CHARACTERS_MAX || hasControls(name)) {
            throw refused(
                    "key_name",
                    "%d characters (expected: 1 to %d, none of them a control)"
                            .formatted(name.length(), NAME_CHARACTERS_MAX));
        }
        models = models == null ? null : checked(models);
    }

    /// Everything allowed, nothing limited.
    public static KeySettings named(String name) {
        return new KeySettings(name, Scopes.ALL, null, null, KeyLimits.NONE, null, true);
    }

    private static Set<String> checked(Set<String> models) {
        if (models.size() > MODELS_MAX) {
            throw refused(
                    "models",
                    "%d names (expected: at most %d)".formatted(models.size(), MODELS_MAX));
        }
        for (String model : models) {
            if (model.isBlank() || model.length() > MODEL_CHARACTERS_MAX || hasControls(model)) {
                throw refused("models", "a name that is no model's (expected: model names)");
            }
        }
        return Set.copyOf(models);
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    static GatewayException refused(String param, String message) {
        return new GatewayException(new Fault.BadRequest(param, message));
    }

    /// Whether calls of this model may be made.
    public boolean mayCall(String model) {
        return models == null || models.contains(model);
    }

    public KeySettings withName(String newName) {
        return new KeySettings(newName, scopes, models, budget, limits, expiresAt, active);
    }

    public KeySettings withScopes(Scopes newScopes) {
        return new KeySettings(name, newScopes, models, budget, limits, expiresAt, active);
    }

    public KeySettings withModels(@Nullable Set<String> newModels) {
        return new KeySettings(name, scopes, newModels, budget, limits, expiresAt, active);
    }

    public KeySettings withBudget(@Nullable Budget newBudget) {
        return new KeySettings(name, scopes, models, newBudget, limits, expiresAt, active);
    }

    public KeySettings withLimits(KeyLimits newLimits) {
        return new KeySettings(name, scopes, models, budget, newLimits, expiresAt, active);
    }

    public KeySettings withExpiresAt(@Nullable Instant newExpiresAt) {
        return new KeySettings(name, scopes, models, budget, limits, newExpiresAt, active);
    }

    public KeySettings withActive(boolean nowActive) {
        return new KeySettings(name, scopes, models, budget, limits, expiresAt, nowActive);
    }

    /// The models for a row: a name a line, in order; null for all.
    @Nullable String modelLines() {
        return models == null ? null : String.join("\n", new TreeSet<>(models));
    }

    static @Nullable Set<String> modelsOf(@Nullable String lines) {
        if (lines == null) {
            return null;
        }
        return lines.isEmpty() ? Set.of() : Set.of(lines.split("\n", -1));
    }
}
