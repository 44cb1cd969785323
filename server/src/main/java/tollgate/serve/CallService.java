package tollgate.serve;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.HoldRequest;
import tollgate.ledger.OpenHold;
import tollgate.limit.Admission;
import tollgate.limit.Admitted;
import tollgate.limit.Limiter;
import tollgate.route.Attempt;
import tollgate.tenant.Key;

/// The request path of a model call. Doors have authenticated and peeked; from here on:
///
/// ```
/// replay    Idempotency-Key: answered before, running, or new      409 422
/// plan      model, price, bounds, attempts                         400 403 404
/// admit     requests, tokens, concurrent calls                     429
/// hold      the worst case, durable before any upstream byte       402 503
/// run       attempts until one gives output                        502 503 504
/// settle    what it cost, durable before the last byte
/// ```
public final class CallService {
    private final Idempotency idempotency;
    private final Planner planner;
    private final Limiter limiter;
    private final Stage stage;

    public CallService(Idempotency idempotency, Planner planner, Limiter limiter, Stage stage) {
        this.idempotency = idempotency;
        this.planner = planner;
        this.limiter = limiter;
        this.stage = stage;
    }

    /// Answers a call, now or later, on its event loop.
    public void serve(ModelCall call) {
        if (call.exchange().header(Idempotency.HEADER) == null) {
            admit(call, null);
        } else {
            idempotency.claim(call, claim -> admit(call, claim));
        }
    }

    private void admit(ModelCall call, Idempotency.@Nullable Claimed claim) {
        try {
            Payer payer = planner.payer(call);
            Plan plan = planner.plan(call, payer);
            Admitted admitted = admit(payer, plan);
            hold(call, payer, plan, claim)
                    .onSuccess(hold -> run(call, plan, hold, admitted, claim))
                    .onFailure(refused -> {
                        admitted.giveBack();
                        refuse(call, claim, fault(call, stage.fault(call, refused)));
                    });
        } catch (RuntimeException refused) {
            refuse(call, claim, stage.fault(call, refused));
        }
    }

    private Admitted admit(Payer payer, Plan plan) {
        long tokens = plan.terms().bound().inputTokens() + plan.terms().bound().outputTokens();
        return switch (limiter.admit(payer.limits(), tokens)) {
            case Admitted admitted -> admitted;
            case Admission.Refused refused ->
                    throw new GatewayException(
                            new Fault.LimitReached(refused.limit().words(), refused.retryAfter()));
            case Admission.Oversized oversized ->
                    throw new GatewayException(
                            new Fault.BadRequest(
                                    null,
                                    "this call may use %d tokens (expected: at most %s)"
                                            .formatted(
                                                    oversized.tokens(),
                                                    oversized.limit().words())));
        };
    }

    private Future<OpenHold> hold(
            ModelCall call, Payer payer, Plan plan, Idempotency.@Nullable Claimed claim) {
        Attempt first = plan.attempts().getFirst();
        return stage.lane(call)
                .hold(
                        new HoldRequest(
                                payer.purse(),
                                call.key().id(),
                                call.exchange().id(),
                                call.question().model(),
                                plan.price().id(),
                                call.context(first.provider().name(), first.requestModel()),
                                plan.terms().hold(),
                                payer.budget(),
                                claim == null ? null : claim.binding()));
    }

    private void run(
            ModelCall call,
            Plan plan,
            OpenHold hold,
            Admitted admitted,
            Idempotency.@Nullable Claimed claim) {
        Keeping keeping = claim == null ? null : idempotency.keeping(call);
        new Run(call, plan, hold, admitted, stage, keeping).start();
    }

    /// The proxy key's budget a day is the operator's rate limit, not the caller's purse.
    private Fault fault(ModelCall call, Fault fault) {
        return fault instanceof Fault.BudgetReached reached && call.key().kind() == Key.Kind.PROXY
                ? new Fault.LimitReached(reached.limit() + " USD per day", stage.untilTomorrow())
                : fault;
    }

    private static void refuse(ModelCall call, Idempotency.@Nullable Claimed claim, Fault fault) {
        if (claim != null) {
            claim.release();
        }
        if (!call.exchange().gone()) {
            call.visitor().refuse(fault);
        }
    }
}
