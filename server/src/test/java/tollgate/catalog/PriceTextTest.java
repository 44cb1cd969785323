package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PriceTextTest {
    private final Random random = new Random(9);

    private long upTo(long most) {
        return random.nextInt(4) == 0 ? most : random.nextLong(most + 1);
    }

    private Rates rates() {
        return new Rates(
                upTo(Rates.RATE_MAX),
                upTo(Rates.RATE_MAX),
                upTo(Rates.RATE_MAX),
                random.nextBoolean() ? Rates.UNPRICED : upTo(Rates.RATE_MAX),
                upTo(Rates.RATE_MAX),
                upTo(Rates.RATE_MAX));
    }

    @Test
    void randomPricesAreReadAsTheyWereWritten() {
        for (int i = 0; i < 5_000; i++) {
            List<Price.Tier> tiers = new ArrayList<>();
            for (int tier = random.nextInt(4); tier > 0; tier--) {
                tiers.add(new Price.Tier(1_000L - tier, rates()));
            }
            Price price =
                    new Price(
                            rates(),
                            upTo(Price.EACH_MAX),
                            upTo(Price.EACH_MAX),
                            random.nextBoolean() ? Rates.UNPRICED : upTo(Price.EACH_MAX),
                            tiers);
            assertThat(PriceText.read(PriceText.write(price))).isEqualTo(price);
        }
    }

    @Test
    void whatFollowsADefaultIsNotWritten() {
        assertThat(PriceText.write(Price.of(Rates.of(150_000_000, 600_000_000))))
                .isEqualTo("0.15 0.6");
        assertThat(PriceText.write(Price.FREE)).isEqualTo("0 0");
        assertThat(PriceText.read("4.5 0.123456789"))
                .isEqualTo(Price.of(Rates.of(4_500_000_000L, 123_456_789)));
    }

    @Test
    void everyClassHasItsLetter() {
        Rates rates = new Rates(1_000_000_000, 2, 30, 400, 5_000, 60_000);
        Price price = new Price(rates, 7, 8, 9, List.of(new Price.Tier(10, Rates.of(1, 0))));
        assertThat(PriceText.write(price))
                .isEqualTo(
                        "1 0.000005 c0.000000002 w0.00000003 l0.0000004 r0.00006 i0.000000007"
                                + " q0.000000008 s0.000000009 >10 0.000000001 0");
        assertThat(PriceText.read(PriceText.write(price))).isEqualTo(price);
    }

    @Test
    void otherTextsAreRefused() {
        for (String text :
                List.of(
                        "",
                        "1",
                        "1 2 x3",
                        "1 2 c",
                        "1 -2",
                        "1 2.",
                        "1 .2",
                        "1 2.0000000001",
                        "1 2 >5",
                        "1 2 >5 1",
                        "1 2 >x 1 2",
                        "1 9999999999999",
                        "1 2 ")) {
            assertThatThrownBy(() -> PriceText.read(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
