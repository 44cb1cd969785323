package tollgate.usage;

import java.time.Instant;
import java.util.List;
import tollgate.call.Usage;
import tollgate.unit.Money;
import tollgate.unit.RequestId;

/// One call as the request log shows it. Texts are empty where nothing was said, `firstTokenMillis`
/// is -1 where no output came.
public record CallRow(
        long hold,
        RequestId id,
        Instant at,
        String door,
        Names names,
        int status,
        boolean stream,
        String finishReason,
        String outcome,
        Usage usage,
        Money cost,
        long priceVersion,
        long latencyMillis,
        long firstTokenMillis,
        Who who,
        List<AttemptRow> attempts) {
    /// The model under its three names, and who answered.
    public record Names(String model, String requestModel, String responseModel, String provider) {}

    /// Who asked.
    public record Who(long key, String endUser, String app, String tags) {}

    /// One try at one route; `status` is 0 when the provider gave none.
    public record AttemptRow(String provider, String model, int status, long latencyMillis) {}
}
