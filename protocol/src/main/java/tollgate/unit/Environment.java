package tollgate.unit;

import java.util.Locale;
import java.util.Optional;

/// Which kind of key speaks. `STAGING` and `DEV` spend live money and carry a tag; `TEST` spends
/// test money and is answered by the sandbox only.
public enum Environment {
    LIVE,
    TEST,
    STAGING,
    DEV;

    public static Optional<Environment> find(String tag) {
        for (Environment environment : values()) {
            if (environment.tag().equals(tag)) {
                return Optional.of(environment);
            }
        }
        return Optional.empty();
    }

    /// As written in keys and JSON: `live`, `test`, `staging`, `dev`.
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isTest() {
        return this == TEST;
    }
}
