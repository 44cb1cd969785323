package tollgate.tenant;

import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

/// How fast a key may call; 0: no limit.
public record KeyLimits(long requestsPerMinute, long tokensPerMinute, long concurrent) {
    public static final KeyLimits NONE = new KeyLimits(0, 0, 0);

    /// More than any key could use, little enough to add without overflow.
    private static final long MAX = 1_000_000_000_000L;

    public KeyLimits {
        check("limits.requests_per_minute", requestsPerMinute);
        check("limits.tokens_per_minute", tokensPerMinute);
        check("limits.concurrent", concurrent);
    }

    private static void check(String param, long found) {
        if (found < 0 || found > MAX) {
            throw new GatewayException(
                    new Fault.BadRequest(param, "%d (expected: 0 to %d)".formatted(found, MAX)));
        }
    }
}
