package tollgate.bench.load;

import org.jspecify.annotations.Nullable;

/// A run of load could not be brought to its end.
public final class LoadFailed extends RuntimeException {
    public LoadFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
