package tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PriceTest {
    @Test
    void chargeIsSummedThenRoundedUpOnce() {
        // 150.001003 nano-dollars a token, plus 20 %, is 180.0012036.
        assertThat(Price.charge(1, 0, 0)).isEqualTo(181);
        assertThat(Price.charge(1_000_000, 0, 0)).isEqualTo(180_001_204);
        assertThat(Price.charge(5_000_000, 0, 0)).isEqualTo(900_006_018);
        assertThat(Price.charge(1, 1, 1)).isEqualTo(811);
        assertThat(Price.charge(0, 0, 0)).isZero();
    }

    @Test
    void measuredCallsTryTheRounding() {
        assertThat(Call.WHOLE.chargeNanos()).isEqualTo(126_361);
        assertThat(Call.STREAM.chargeNanos()).isEqualTo(109_801);
    }
}
