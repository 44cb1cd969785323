package tollgate.observe;

import java.time.Duration;
import java.util.List;
import tollgate.unit.Money;
import tollgate.unit.RequestId;

/// What we report, closed: facts only, never a key, a prompt or a query string. [Words] finds the
/// words, [Counters] the numbers.
public sealed interface Observation {
    /// The server is open for requests.
    ///
    /// @param address such as `http://127.0.0.1:8080`
    /// @param took since the process began
    record ServerStarted(String address, Duration took) implements Observation {}

    /// No new requests are taken; those that run may finish.
    record ServerStopping(int running) implements Observation {}

    record ServerStopped(int cut) implements Observation {}

    /// A request was answered, whatever the status.
    ///
    /// @param route the pattern of the path, such as `/v1/chat/completions`, never the path itself
    record RequestAnswered(
            RequestId id, String method, String route, String door, int status, long nanos)
            implements Observation {}

    /// A request that could not be framed; `reason` is ours, not the caller's bytes.
    record FramingRefused(int status, String reason) implements Observation {}

    /// An attempt failed; `status` is 0 when no answer came.
    record ProviderFailed(RequestId id, String provider, String model, int status, String reason)
            implements Observation {}

    record BreakerOpened(String provider, String model, Duration retryAfter)
            implements Observation {}

    record BreakerClosed(String provider, String model) implements Observation {}

    /// A provider reported a kind of usage that has no price (I-31).
    record UsageUnknown(RequestId id, String provider, String model, List<String> classes)
            implements Observation {
        public UsageUnknown {
            classes = List.copyOf(classes);
        }
    }

    /// A provider reported more than was held; the operator pays the difference (I-13).
    record OverageBooked(RequestId id, String provider, String model, Money amount)
            implements Observation {}

    /// The journal has not reached the disk for `unsynced`.
    record JournalStalled(Duration unsynced) implements Observation {}

    record JournalFailed(String operation, Exception cause) implements Observation {}

    record JournalRecovered(Duration lasted) implements Observation {}

    /// Holds that a dead owner left open.
    record HoldsReconciled(int posted, int voided) implements Observation {}

    /// The database is behind the journal by so many records.
    record FoldLagging(long records) implements Observation {}

    record FoldCaughtUp(long records) implements Observation {}

    /// The database does not do its work.
    ///
    /// @param operation `read` or `write`
    record StoreFailed(String operation, Exception cause) implements Observation {}

    record StoreRecovered(String operation) implements Observation {}

    /// The database's tables were changed to this version's.
    record Migrated(int from, int to) implements Observation {}

    record ConfigReloaded(String file) implements Observation {}

    /// A reload was refused; what was in force stays.
    record ConfigRefused(String message) implements Observation {}

    /// Our own mistake. `reference` is what the caller was told, or where it happened.
    record OwnError(String reference, Throwable thrown) implements Observation {}
}
