package tollgate.limit;

import java.time.Duration;

/// What a limiter says to a call.
public sealed interface Admission permits Admitted, Admission.Refused, Admission.Oversized {

    /// Not now; nothing was counted anywhere.
    ///
    /// @param limit the one that keeps the call waiting longest
    /// @param retryAfter from then on the call is admitted, if no other comes before it; for
    ///   concurrent calls, whose end nobody knows, a second
    record Refused(Limit limit, Duration retryAfter) implements Admission {}

    /// Never: the call alone needs more tokens than the limit allows within its window.
    record Oversized(Limit limit, long tokens) implements Admission {}
}
