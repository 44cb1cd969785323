package tollgate.http;

import tollgate.fault.Fault;

/// A request that the server refuses by itself; travels from a check to the connection. Without a
/// stack trace: hostile callers cause it at will.
final class Refused extends RuntimeException {
    private final transient Fault fault;

    Refused(Fault fault) {
        super(fault.toString(), null, false, false);
        this.fault = fault;
    }

    static Refused framing(String message) {
        return of(400, message);
    }

    static Refused of(int status, String message) {
        return new Refused(new Fault.BadFraming(status, message));
    }

    Fault fault() {
        return fault;
    }
}
