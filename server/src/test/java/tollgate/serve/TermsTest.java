package tollgate.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollgate.call.Usage;
import tollgate.catalog.Price;
import tollgate.catalog.Price.Bound;
import tollgate.catalog.Price.Caches;
import tollgate.catalog.PriceVersion;
import tollgate.catalog.Rates;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.serve.Terms.Growth;
import tollgate.unit.Money;

/// What a call reserves, at 1 nano-dollar a token of input and 2 a token of output.
class TermsTest {
    private static final PriceVersion PRICE =
            new PriceVersion(1, Price.of(Rates.of(1_000_000, 2_000_000)), 0);
    private static final long RICH = Long.MAX_VALUE;

    private static Terms.Ask ask(long limit, long choices, boolean openStream) {
        return new Terms.Ask(new Bound(100, 0, 0, Caches.LONG), limit, choices, 0, openStream);
    }

    private static Terms terms(
            Terms.Ask ask, long longest, long spendable, @Nullable Long maxCost) {
        return Terms.of(
                ask,
                new Terms.Offer(PRICE, longest, 16_384),
                spendable,
                maxCost == null ? null : new Money(maxCost));
    }

    private static void refused(Runnable call, long required, long available) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.OutOfCredits(
                                                        new Money(required),
                                                        new Money(available))));
    }

    @Test
    void withALimitTheHoldDependsOnRequestAndPriceAlone() {
        for (long spendable : new long[] {0, 1, RICH}) {
            Terms terms = terms(ask(50, 1, false), 4_096, spendable, null);
            assertThat(terms.hold()).isEqualTo(100 + 2 * 50);
            assertThat(terms.sentLimit()).isEqualTo(-1);
            assertThat(terms.growth()).isEqualTo(Growth.FIXED);
        }
    }

    @Test
    void noAnswerIsLongerThanTheModelsLongest() {
        assertThat(terms(ask(9_999, 1, false), 4_096, RICH, null).hold())
                .isEqualTo(100 + 2 * 4_096);
        assertThat(terms(ask(9_999, 1, false), -1, RICH, null).hold()).isEqualTo(100 + 2 * 9_999);
    }

    @Test
    void choicesMultiplyTheHold() {
        assertThat(terms(ask(50, 3, false), 4_096, RICH, null).hold()).isEqualTo(100 + 2 * 150);
        assertThat(terms(ask(-1, 3, true), 4_096, RICH, null).bound().outputTokens())
                .isEqualTo(3 * Terms.SLICE_TOKENS);
    }

    @Test
    void anAbsurdLimitIsBoundedNotAnError() {
        assertThat(terms(ask(Long.MAX_VALUE, 128, false), -1, RICH, null).bound().outputTokens())
                .isLessThanOrEqualTo(Usage.TOKENS_MAX);
    }

    @Test
    void withoutLimitAWholeAnswerIsHeldAtTheModelsLongest() {
        Terms terms = terms(ask(-1, 1, false), 4_096, RICH, null);
        assertThat(terms.hold()).isEqualTo(100 + 2 * 4_096);
        assertThat(terms.sentLimit()).isEqualTo(-1);
    }

    @Test
    void whatTheBalancePaysForIsSentWhenItIsTheSmaller() {
        Terms terms = terms(ask(-1, 1, false), 4_096, 100 + 2 * 500 + 1, null);
        assertThat(terms.hold()).isEqualTo(100 + 2 * 500);
        assertThat(terms.sentLimit()).isEqualTo(500);
    }

    @Test
    void aModelOfUnknownLengthIsToldTheDefault() {
        Terms terms = terms(ask(-1, 1, false), -1, RICH, null);
        assertThat(terms.sentLimit()).isEqualTo(16_384);
        assertThat(terms.hold()).isEqualTo(100 + 2 * 16_384);
    }

    @Test
    void fewerThanSixteenTokensAreNotWorthStarting() {
        assertThat(terms(ask(-1, 1, false), 4_096, 100 + 2 * 16, null).sentLimit()).isEqualTo(16);
        refused(() -> terms(ask(-1, 1, false), 4_096, 100 + 2 * 16 - 1, null), 132, 131);
        assertThat(terms(ask(-1, 1, true), 4_096, 100 + 2 * 16, null).hold()).isEqualTo(132);
        refused(() -> terms(ask(-1, 1, true), 4_096, 100 + 2 * 16 - 1, null), 132, 131);
        refused(() -> terms(ask(-1, 1, true), 4_096, 99, null), 132, 99);
    }

    @Test
    void anOpenStreamIsHeldByTheSlice() {
        Terms terms = terms(ask(-1, 1, true), 4_096, RICH, null);
        assertThat(terms.growth()).isEqualTo(Growth.BY_SLICES);
        assertThat(terms.hold()).isEqualTo(100 + 2 * 1_024);
        assertThat(terms.sentLimit()).isEqualTo(-1);
        assertThat(terms(ask(-1, 1, true), 300, RICH, null).hold()).isEqualTo(100 + 2 * 300);
        assertThat(terms(ask(-1, 1, true), 4_096, 100 + 2 * 40, null).hold()).isEqualTo(180);
    }

    @Test
    void maxCostClampsTheLimit() {
        Terms given = terms(ask(50, 1, false), 4_096, RICH, 100 + 2 * 30L);
        assertThat(given.hold()).isEqualTo(160);
        assertThat(given.sentLimit()).isEqualTo(30);
        Terms open = terms(ask(-1, 1, true), 4_096, RICH, 100 + 2 * 30L);
        assertThat(open.growth()).isEqualTo(Growth.FIXED);
        assertThat(open.sentLimit()).isEqualTo(30);
        assertThat(terms(ask(50, 1, false), 4_096, RICH, 100 + 2 * 50L).sentLimit()).isEqualTo(-1);
    }

    @Test
    void maxCostBelowTheInputIsRefused() {
        refused(() -> terms(ask(50, 1, false), 4_096, RICH, 99L), 132, 99);
        refused(() -> terms(ask(5, 1, false), 4_096, RICH, 100 + 2 * 4L), 110, 108);
        assertThat(terms(ask(5, 1, false), 4_096, RICH, 110L).hold()).isEqualTo(110);
    }
}
