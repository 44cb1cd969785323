package tollgate.door.gateway;

import java.math.BigDecimal;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;
import tollgate.wire.json.Json;

/// Money in JSON: a number of USD of at most nine places.
final class Amounts {
    private static final int NANO_PLACES = 9;

    private Amounts() {}

    /// The amount in a field.
    ///
    /// @throws GatewayException BadRequest when it is missing, no number, too fine or too large
    static Money required(Json.Obj body, String name) {
        Json value =
                body.find(name)
                        .orElseThrow(() -> refused(name, "missing (expected: a number of USD)"));
        if (!(value instanceof Json.Num number)) {
            throw refused(name, "no number (expected: a number of USD)");
        }
        try {
            BigDecimal nanos = new BigDecimal(number.text()).movePointRight(NANO_PLACES);
            return new Money(nanos.longValueExact());
        } catch (ArithmeticException _) {
            throw refused(
                    name, "%s (expected: at most nine decimal places)".formatted(number.text()));
        }
    }

    static GatewayException refused(String param, String message) {
        return new GatewayException(new Fault.BadRequest(param, param + ": " + message));
    }
}
