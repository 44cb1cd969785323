package tollgate.call;

import java.util.Locale;

/// Where a charge's token counts come from (I-09).
public enum UsageSource {
    /// The provider reported them.
    PROVIDER,
    /// We counted the text with o200k_base, because no report came.
    COUNTED,
    /// Taken from a progress mark after a crash, or a bound.
    ESTIMATED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
