package tollgate.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import tollgate.kit.OraclePrice.Usage;

final class OraclePriceTest {
    private static final OraclePrice MINI = OraclePrice.usd("0.15", "0.60");

    @Test
    void tokensCostTheirPriceRoundedUpOnce() {
        assertThat(charge(MINI, Usage.of(20, 10))).isEqualTo(9_000);
        assertThat(charge(MINI.withMarkup("0.2"), Usage.of(20, 10))).isEqualTo(10_800);
        assertThat(charge(OraclePrice.usd("0.0000001", "0"), Usage.of(1, 0))).isEqualTo(1);
        assertThat(charge(OraclePrice.usd("0.0001", "0.0004"), Usage.of(1, 1))).isEqualTo(1);
        assertThat(charge(MINI, Usage.of(0, 0))).isZero();
    }

    @Test
    void classesWithoutPriceCostAsTheirParents() {
        var usage = new Usage(100, 40, 10, 30, 20);

        assertThat(charge(MINI, usage)).isEqualTo(charge(MINI, Usage.of(100, 30)));
        var priced = MINI.withCachedInput("0.075").withCacheWrite("0.3").withReasoning("1.2");
        // 50 × 150 + 40 × 75 + 10 × 300 + 10 × 600 + 20 × 1,200 nano-dollars
        assertThat(charge(priced, usage)).isEqualTo(7_500 + 3_000 + 3_000 + 6_000 + 24_000);
    }

    @Test
    void longInputHasAnotherPriceFromTheFirstTokenOn() {
        var tiered = MINI.above(1_000, OraclePrice.usd("1", "2")).withMarkup("0.5");

        assertThat(charge(tiered, Usage.of(1_000, 1))).isEqualTo(225_900);
        assertThat(charge(tiered, Usage.of(1_001, 1))).isEqualTo(1_504_500);
    }

    @Test
    void requestPriceIsAddedBeforeMarkup() {
        assertThat(charge(MINI.withRequest("0.01").withMarkup("0.2"), Usage.of(20, 10)))
                .isEqualTo(12_010_800);
    }

    private static long charge(OraclePrice price, Usage usage) {
        BigInteger nanos = price.charge(usage);
        return nanos.longValueExact();
    }
}
