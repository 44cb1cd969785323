package tollgate.observe;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import tollgate.unit.Money;
import tollgate.unit.RequestId;

/// One observation of each kind.
final class Observations {
    static final RequestId ID = new RequestId(1, 2);

    private Observations() {}

    static List<Observation> all() {
        return List.of(
                new Observation.ServerStarted("http://127.0.0.1:8080", Duration.ofMillis(812)),
                new Observation.ServerStopping(3),
                new Observation.ServerStopped(0),
                answered("openai", 200, 12_345_678),
                new Observation.FramingRefused(400, "two lengths"),
                new Observation.ProviderFailed(ID, "openai", "gpt-4o-mini", 503, "overloaded"),
                new Observation.BreakerOpened("openai", "gpt-4o-mini", Duration.ofSeconds(10)),
                new Observation.BreakerClosed("openai", "gpt-4o-mini"),
                new Observation.UsageUnknown(ID, "openai", "gpt-4o-mini", List.of("audio_tokens")),
                new Observation.OverageBooked(ID, "openai", "gpt-4o-mini", new Money(1_500)),
                new Observation.JournalStalled(Duration.ofMillis(250)),
                new Observation.JournalFailed("write", new IOException("No space left on device")),
                new Observation.JournalRecovered(Duration.ofSeconds(2)),
                new Observation.HoldsReconciled(2, 5),
                new Observation.FoldLagging(100_000),
                new Observation.FoldCaughtUp(10),
                new Observation.StoreFailed("write", new IOException("disk")),
                new Observation.StoreRecovered("write"),
                new Observation.Migrated(0, 4),
                new Observation.ConfigReloaded("tollgate.yaml"),
                new Observation.ConfigRefused("tollgate.yaml, line 3: port: x"),
                new Observation.OwnError("req_1", new IllegalStateException("a prompt")));
    }

    static Observation.RequestAnswered answered(String door, int status, long nanos) {
        return new Observation.RequestAnswered(
                ID, "POST", "/v1/chat/completions", door, status, nanos);
    }
}
