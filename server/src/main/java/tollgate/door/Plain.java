package tollgate.door;

import tollgate.fault.Fault;

/// What nearly all doors say of a fault: the status and one sentence. Doors put it into their own
/// shape, and differ where their contract does.
public final class Plain {
    /// Anthropic's status for an overloaded provider, which other doors show as 503.
    private static final int OVERLOADED = 529;

    private Plain() {}

    public static int status(Fault fault) {
        return switch (fault) {
            case Fault.BadRequest _ -> 400;
            case Fault.Unauthenticated _ -> 401;
            case Fault.OutOfCredits _, Fault.BudgetReached _ -> 402;
            case Fault.Forbidden _ -> 403;
            case Fault.NoRoute _, Fault.NoSuchObject _, Fault.UnknownModel _ -> 404;
            case Fault.MethodNotAllowed _ -> 405;
            case Fault.Conflict _, Fault.InFlight _, Fault.ChargedWithoutAnswer _ -> 409;
            case Fault.BodyTooLarge _ -> 413;
            case Fault.KeyReused _ -> 422;
            case Fault.LimitReached _, Fault.ProvidersBusy _ -> 429;
            case Fault.BadFraming f -> f.status();
            case Fault.ProviderRefused f -> f.status();
            case Fault.Played f -> f.status() == OVERLOADED ? 503 : f.status();
            case Fault.Internal _ -> 500;
            case Fault.ProvidersFailed _, Fault.StreamBroken _ -> 502;
            case Fault.RoutesClosed _, Fault.Unavailable _ -> 503;
            case Fault.ProvidersSilent _ -> 504;
        };
    }

    public static String message(Fault fault) {
        return switch (fault) {
            case Fault.BadRequest f -> f.message();
            case Fault.Unauthenticated _ ->
                    "Invalid API key (expected: a live key in the header Authorization: Bearer).";
            case Fault.NoRoute f -> "Nothing is at %s %s.".formatted(f.method(), f.path());
            case Fault.MethodNotAllowed f ->
                    "Method %s is not allowed here (expected: %s)."
                            .formatted(f.method(), String.join(", ", f.allowed()));
            case Fault.BodyTooLarge f ->
                    "The body is too large (expected: at most %d bytes).".formatted(f.bytesMax());
            case Fault.BadFraming f -> f.message();
            case Fault.NoSuchObject f -> "There is no such %s.".formatted(f.what());
            case Fault.Conflict f -> f.message();
            case Fault.Forbidden f -> f.message();
            case Fault.OutOfCredits f ->
                    "Insufficient credits: this call may cost %s USD, and %s are available."
                            .formatted(f.required(), f.available());
            case Fault.LimitReached f ->
                    "The limit of %s is reached; try again in %d ms."
                            .formatted(f.limit(), f.retryAfter().toMillis());
            case Fault.InFlight _ -> "A request with this Idempotency-Key is running.";
            case Fault.KeyReused _ ->
                    "This Idempotency-Key came with another request before; use a new key.";
            case Fault.ChargedWithoutAnswer f ->
                    ("The first request with this Idempotency-Key was charged %s USD, but its"
                                    + " answer is not whole; use a new key.")
                            .formatted(f.charged());
            case Fault.BudgetReached f ->
                    "This key's budget of %s USD is reached: this call may cost %s, and %s are left."
                            .formatted(f.limit(), f.required(), f.left());
            case Fault.UnknownModel f ->
                    "The model `%s` does not exist or you do not have access to it."
                            .formatted(f.model());
            case Fault.RoutesClosed f ->
                    "The model `%s` cannot be reached at the moment.".formatted(f.model());
            case Fault.ProviderRefused f -> f.message();
            case Fault.ProvidersFailed _ -> "The provider could not answer.";
            case Fault.ProvidersSilent _ -> "The provider did not answer in time.";
            case Fault.ProvidersBusy _ -> "The provider is limiting requests; try again later.";
            case Fault.Played f -> f.message();
            case Fault.StreamBroken f -> f.message();
            case Fault.Unavailable f -> "Not available at the moment: %s.".formatted(f.message());
            case Fault.Internal f ->
                    "Something went wrong here; the log has it as %s.".formatted(f.reference());
        };
    }
}
