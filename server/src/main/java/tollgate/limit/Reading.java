package tollgate.limit;

import java.time.Duration;

/// How a limit stands.
///
/// @param used what is counted now; may be more than the limit that was lowered meanwhile
/// @param nextLeaves how long until the oldest counted call leaves its window; zero when nothing
///   will leave by itself
public record Reading(long used, long left, Duration nextLeaves) {}
