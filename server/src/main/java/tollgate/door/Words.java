package tollgate.door;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.http.Headers;

/// A fault in a door's own words.
public record Words(int status, Buffer body) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// How a door words its errors. Implementations are shared by all event loops.
    public interface Wording {
        Words words(Fault fault);

        /// The same inside a stream that has begun: one complete event.
        Buffer event(Fault fault);
    }

    /// The header fields that a fault brings at every door.
    static Headers headers(Headers base, Fault fault) {
        Headers headers = base.with("content-type", "application/json");
        if (fault instanceof Fault.MethodNotAllowed refused) {
            headers = headers.with("allow", String.join(", ", refused.allowed()));
        }
        Duration wait = retryAfter(fault);
        return wait == null ? headers : headers.with("retry-after", seconds(wait));
    }

    private static @Nullable Duration retryAfter(Fault fault) {
        return switch (fault) {
            case Fault.LimitReached f -> f.retryAfter();
            case Fault.InFlight f -> f.retryAfter();
            case Fault.RoutesClosed f -> f.retryAfter();
            case Fault.ProvidersBusy f -> f.retryAfter();
            case Fault.Unavailable f -> f.retryAfter();
            case Fault.BadRequest _,
                    Fault.Unauthenticated _,
                    Fault.NoRoute _,
                    Fault.MethodNotAllowed _,
                    Fault.BodyTooLarge _,
                    Fault.BadFraming _,
                    Fault.NoSuchObject _,
                    Fault.Conflict _,
                    Fault.Forbidden _,
                    Fault.OutOfCredits _,
                    Fault.KeyReused _,
                    Fault.ChargedWithoutAnswer _,
                    Fault.BudgetReached _,
                    Fault.UnknownModel _,
                    Fault.ProviderRefused _,
                    Fault.ProvidersFailed _,
                    Fault.ProvidersSilent _,
                    Fault.Played _,
                    Fault.StreamBroken _,
                    Fault.Internal _ ->
                    null;
        };
    }

    /// Whole seconds, rounded up: a caller who waits them is not too early.
    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, Math.ceilDiv(wait.toNanos(), NANOS_PER_SECOND)));
    }
}
