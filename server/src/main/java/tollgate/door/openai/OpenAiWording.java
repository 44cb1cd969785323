package tollgate.door.openai;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tollgate.door.Plain;
import tollgate.door.Words;
import tollgate.fault.Fault;
import tollgate.wire.json.Json;

/// Errors as OpenAI words them, so that its SDKs raise their own exceptions. Source: OpenAI API
/// reference, "Error codes" (read 2026-11-21).
public final class OpenAiWording implements Words.Wording {
    private static final String INVALID = "invalid_request_error";

    /// What is said of a fault beside its message.
    private record Kind(String type, @Nullable String param, @Nullable String code) {}

    @Override
    public Words words(Fault fault) {
        return new Words(
                Plain.status(fault),
                Buffer.buffer(error(fault).toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Buffer event(Fault fault) {
        String event = "event: error\ndata: " + error(fault) + "\n\n";
        return Buffer.buffer(event.getBytes(StandardCharsets.UTF_8));
    }

    private static Json.Obj error(Fault fault) {
        Kind kind = kind(fault);
        return Json.obj()
                .put(
                        "error",
                        Json.obj()
                                .put("message", Plain.message(fault))
                                .put("type", kind.type())
                                .put("param", kind.param())
                                .put("code", kind.code()));
    }

    private static Kind kind(Fault fault) {
        return switch (fault) {
            case Fault.BadRequest f -> new Kind(INVALID, f.param(), null);
            case Fault.Unauthenticated _ -> new Kind(INVALID, null, "invalid_api_key");
            case Fault.NoRoute _ -> new Kind(INVALID, null, "unknown_url");
            case Fault.MethodNotAllowed _ -> new Kind(INVALID, null, "method_not_allowed");
            case Fault.BodyTooLarge _ -> new Kind(INVALID, null, "request_too_large");
            case Fault.BadFraming _, Fault.Conflict _ -> new Kind(INVALID, null, null);
            case Fault.NoSuchObject _ -> new Kind(INVALID, null, "not_found");
            case Fault.Forbidden _ ->
                    new Kind("permission_error", null, "insufficient_permissions");
            case Fault.OutOfCredits _ -> new Kind("insufficient_quota", null, "insufficient_quota");
            case Fault.BudgetReached _ ->
                    new Kind("insufficient_quota", null, "billing_hard_limit_reached");
            case Fault.LimitReached _ -> new Kind("rate_limit_error", null, "rate_limit_exceeded");
            case Fault.InFlight _ -> new Kind(INVALID, null, "idempotency_key_in_use");
            case Fault.KeyReused _ -> new Kind("idempotency_error", null, "idempotency_key_reused");
            case Fault.ChargedWithoutAnswer _ ->
                    new Kind("idempotency_error", null, "idempotency_answer_missing");
            case Fault.UnknownModel _ -> new Kind(INVALID, "model", "model_not_found");
            case Fault.RoutesClosed _, Fault.Unavailable _ ->
                    new Kind("server_error", null, "service_unavailable");
            case Fault.ProviderRefused f ->
                    new Kind(f.type() == null ? INVALID : f.type(), f.param(), f.errorCode());
            case Fault.ProvidersFailed _, Fault.StreamBroken _ ->
                    new Kind("server_error", null, "upstream_error");
            case Fault.ProvidersSilent _ -> new Kind("server_error", null, "upstream_timeout");
            case Fault.ProvidersBusy _ ->
                    new Kind("rate_limit_error", null, "upstream_rate_limited");
            case Fault.Played f ->
                    new Kind(f.status() == 429 ? "rate_limit_error" : "server_error", null, null);
            case Fault.Internal _ -> new Kind("server_error", null, "internal_error");
        };
    }
}
