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
    /// @param isOpenStream whether output can be followed as it flows
    record Ask(Bound input, long limit, long choices, boolean isOpenStream) {}

    /// What answers: its price, the tokens of its longest answer (-1: unknown), and what is assumed
    /// when that is unknown.
    record Offer(PriceVersion price, long longest, long outputDefault) {}

    /// Decides. `spendable` matters only where the caller gave no limit.
    ///
    /// @throws GatewayException OutOfCredits when no answer worth starting can be paid
    static Terms of(Ask ask, Offer offer, long spendable, @Nullable Money maxCost) {
        Cap cap = cap(ask, offer, maxCost);
        if (cap.limit() >= 0) {
            long most = offer.longest() < 0 ? cap.limit() : Math.min(cap.limit(), offer.longest());
            return fixed(ask, offer, most, cap.isOurs() ? cap.limit() : AS_SAID);
        }
        if (ask.isOpenStream()) {
            return slices(ask, offer, spendable);
        }
        long want = offer.longest() < 0 ? offer.outputDefault() : offer.longest();
        long paid = affordable(ask, offer, spendable);
        long most = Math.min(want, paid);
        boolean sent = most < want || offer.longest() < 0;
        return fixed(ask, offer, most, sent ? most : AS_SAID);
    }

    /// The output limit that holds, -1 for none, and whether it is another than the caller's.
    private record Cap(long limit, boolean isOurs) {}

    private static Cap cap(Ask ask, Offer offer, @Nullable Money maxCost) {
        if (maxCost == null) {
            return new Cap(ask.limit(), false);
        }
        long paid = offer.price().outputAffordable(maxCost.nanos(), ask.input());
        long each = paid < 0 ? -1 : paid / ask.choices();
        long asked = ask.limit() >= 0 ? ask.limit() : offer.longest();
        if (asked >= 0 && each >= asked) {
            return new Cap(ask.limit() >= 0 ? ask.limit() : asked, false);
        }
        if (each < OUTPUT_MIN) {
            long least = asked < 0 ? OUTPUT_MIN : Math.min(OUTPUT_MIN, asked);
            throw outOfCredits(ask, offer, least, maxCost.nanos());
        }
        return new Cap(each, true);
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
        long paid = offer.price().outputAffordable(spendable, ask.input());
        long each = paid < 0 ? -1 : paid / ask.choices();
        if (each < OUTPUT_MIN) {
            throw outOfCredits(ask, offer, OUTPUT_MIN, spendable);
        }
        return each;
    }

    static Bound withOutput(Ask ask, long tokens) {
        return new Bound(
                ask.input().inputTokens(), tokens, ask.input().images(), ask.input().caches());
    }

    private static GatewayException outOfCredits(Ask ask, Offer offer, long least, long available) {
        long required = offer.price().worst(withOutput(ask, least * ask.choices()));
        return new GatewayException(
                new Fault.OutOfCredits(new Money(required), new Money(available)));
    }
}
