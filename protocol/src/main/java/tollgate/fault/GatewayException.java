package tollgate.fault;

import org.jspecify.annotations.Nullable;

/// Carries a [Fault] to the door. Without a stack trace: it is an answer, not a bug.
public final class GatewayException extends RuntimeException {
    private final transient Fault fault;

    public GatewayException(Fault fault) {
        this(fault, null);
    }

    public GatewayException(Fault fault, @Nullable Throwable cause) {
        super(fault.getClass().getSimpleName(), cause, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
