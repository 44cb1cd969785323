package tollgate.tenant;

import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;

/// What a key may spend in a period; days and months are UTC's.
public record Budget(Money limit, Period period) {
    /// Over what spending is summed.
    public enum Period {
        DAY,
        MONTH,
        TOTAL
    }

    public Budget {
        if (limit.isNegative()) {
            throw new GatewayException(
                    new Fault.BadRequest(
                            "budget.limit", "%s (expected: 0 or more USD)".formatted(limit)));
        }
    }
}
