package tollgate.http;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The numbers of a client, each for one event loop.
///
/// @param connectionsPerOriginMax open at once to one origin
/// @param waitingPerOriginMax calls that wait for one of them (more: refused as unreachable)
/// @param idle how long an unused connection is kept
/// @param tick the precision of deadlines
/// @param trusted a PEM file of the authorities to trust instead of Java's own, or null
public record HttpClientSettings(
        int connectionsPerOriginMax,
        int waitingPerOriginMax,
        Duration idle,
        Duration tick,
        @Nullable Path trusted) {
    public static final HttpClientSettings DEFAULT =
            new HttpClientSettings(
                    1_024, 1_024, Duration.ofSeconds(30), Duration.ofMillis(100), null);
}
