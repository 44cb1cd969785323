package tollgate.ledger;

import java.util.List;

/// A call that has ended, as the journal tells it: what a row of the request log is made of.
///
/// @param atMillis when its hold was written, milliseconds since 1970
/// @param attempts what was tried after the first attempt, each with the result of the one before
public record ClosedCall(
        long atMillis,
        Entry.Hold hold,
        List<Entry.Attempt> attempts,
        Entry.Resolution resolution) {}
