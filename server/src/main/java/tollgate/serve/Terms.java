package tollgate.serve;

import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.catalog.Price.Bound;
import tollgate.catalog.PriceVersion;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;

/// What a call reserves, and how long its answer may get (DESIGN 4, *Hold*).
///
/// @param bound the most it may use
/// @param hold what that costs, in nano-dollars
/// @param sentLimit the output limit to send upstream, tokens of one choice; -1: as the caller said
/// @param growth whether more is reserved while it runs
record Terms(Bound bound, long hold, long sentLimit, Growth growth) {
    /// Fewer tokens than these are no answer worth starting.
    static final long OUTPUT_MIN = 16;

    /// What an open stream reserves at a time.
    static final long SLICE_TOKENS = 1_024;

    private static final long AS_SAID = -1;

    enum Growth {
        FIXED,
        /// A stream without limit whose output is all visible.
        BY_SLICES
    }

    /// What is asked for.
    ///
    /// @param input the bound of everything but the output
    /// @param limit the caller's output limit, tokens of one choice; -1: none
    /// @param choices answers made at once
    /// @param predicted tokens of a prediction, which are billed as output even when not used
    /// @param isOpenStream whether output can be followed as it flows
    record Ask(Bound input, long limit, long choices, long predicted, boolean isOpenStream) {}

    /// What answers: its price, the tokens of its longest answer (-1: unknown), and what is assumed
    /// when that is unknown.
    record Offer(PriceVersion price, long longest, long outputDefault) {}

    /// Decides. `spendable` matters only where the caller gave no limit.
    ///
    /// @throws GatewayException OutOfCredits when no answer worth starting can be paid
    static Terms of(Ask ask, Offer offer, long spendable, @Nullable Money maxCost) {
        if (ask.limit() >= 0) {
            return limited(ask, offer, maxCost);
        }
        if (ask.isOpenStream() && maxCost == null) {
            return slices(ask, offer, spendable);
        }
        long budget = maxCost == null ? spendable : Math.min(spendable, maxCost.nanos());
        long want = offer.longest() < 0 ? offer.outputDefault() : offer.longest();
        long most = Math.min(want, affordable(ask, offer, budget));
        boolean sent = most < want || offer.longest() < 0;
        return fixed(ask, offer, most, sent ? most : AS_SAID);
    }

    /// The caller's limit, lowered to what he wants to pay at most. The balance does not matter.
    private static Terms limited(Ask ask, Offer offer, @Nullable Money maxCost) {
        long most = offer.longest() < 0 ? ask.limit() : Math.min(ask.limit(), offer.longest());
        long paid = maxCost == null ? most : paid(ask, offer, maxCost.nanos());
        if (paid < Math.min(OUTPUT_MIN, most)) {
            throw outOfCredits(ask, offer, Math.min(OUTPUT_MIN, most), spendableOf(maxCost));
        }
        return paid < most ? fixed(ask, offer, paid, paid) : fixed(ask, offer, most, AS_SAID);
    }

    private static long spendableOf(@Nullable Money maxCost) {
        return maxCost == null ? 0 : maxCost.nanos();
    }

    private static Terms fixed(Ask ask, Offer offer, long most, long sent) {
        long each = Math.min(most, Usage.TOKENS_MAX / ask.choices());
        Bound bound = withOutput(ask, each * ask.choices());
        return new Terms(bound, offer.price().worst(bound), sent, Growth.FIXED);
    }

    private static Terms slices(Ask ask, Offer offer, long spendable) {
        long slice = offer.longest() < 0 ? SLICE_TOKENS : Math.min(SLICE_TOKENS, offer.longest());
        long each = Math.min(slice, affordable(ask, offer, spendable));
        Bound bound = withOutput(ask, each * ask.choices());
        return new Terms(bound, offer.price().worst(bound), AS_SAID, Growth.BY_SLICES);
    }

    /// Tokens of one choice that can be paid.
    private static long affordable(Ask ask, Offer offer, long spendable) {
        long each = paid(ask, offer, spendable);
        if (each < OUTPUT_MIN) {
            throw outOfCredits(ask, offer, OUTPUT_MIN, spendable);
        }
        return each;
    }

    private static long paid(Ask ask, Offer offer, long nanos) {
        long paid = offer.price().outputAffordable(nanos, ask.input()) - ask.predicted();
        return paid < 0 ? -1 : paid / ask.choices();
    }

    static Bound withOutput(Ask ask, long tokens) {
        return new Bound(
                ask.input().inputTokens(),
                Math.min(Usage.TOKENS_MAX, tokens + ask.predicted()),
                ask.input().images(),
                ask.input().caches());
    }

    private static GatewayException outOfCredits(Ask ask, Offer offer, long least, long available) {
        long required = offer.price().worst(withOutput(ask, least * ask.choices()));
        return new GatewayException(
                new Fault.OutOfCredits(new Money(required), new Money(available)));
    }
}
