package tollgate.serve;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a door wants its model calls done.
///
/// @param naming whose name of the model the answer carries
/// @param firstByte this door's own deadline for the first byte, or null
/// @param models the only models it serves; empty: all
public record Manner(Naming naming, @Nullable Duration firstByte, Set<String> models) {
    public Manner {
        models = Set.copyOf(models);
    }

    /// Whose name stands in `model` of an answer.
    public enum Naming {
        /// What the provider wrote: the bytes stay as they are.
        PROVIDERS,
        /// What the caller wrote.
        CALLERS
    }
}
