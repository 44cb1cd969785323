package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollgate.config.Config;
import tollgate.unit.Money;

class ConfiguredPriceTest {
    private static @Nullable Money money(@Nullable String usd) {
        return usd == null ? null : Money.parse(usd);
    }

    /// Input, output, cached input, cache write, one-hour cache write, reasoning.
    private static Config.Price said(Config.@Nullable Above above, @Nullable String... classes) {
        return new Config.Price(
                money(classes[0]),
                money(classes[1]),
                money(classes[2]),
                money(classes[3]),
                money(classes[4]),
                money(classes[5]),
                null,
                null,
                null,
                above);
    }

    @Test
    void classesWithoutAPriceCostAsInputAndOutput() {
        Price price = ConfiguredPrice.of("p", said(null, "0.15", "0.6", null, null, null, null));
        assertThat(price).isEqualTo(Price.of(Rates.of(150_000_000, 600_000_000)));
    }

    @Test
    void everyClassHasItsOwnPrice() {
        Price price =
                ConfiguredPrice.of(
                        "p",
                        new Config.Price(
                                Money.parse("0.000000001"),
                                Money.parse("2"),
                                Money.parse("3"),
                                Money.parse("4"),
                                Money.parse("5"),
                                Money.parse("6"),
                                Money.parse("7"),
                                Money.parse("0.008"),
                                Money.parse("10"),
                                null));
        assertThat(price)
                .isEqualTo(
                        new Price(
                                new Rates(
                                        1,
                                        3_000_000_000L,
                                        4_000_000_000L,
                                        5_000_000_000L,
                                        2_000_000_000L,
                                        6_000_000_000L),
                                7_000_000_000L,
                                8_000_000,
                                10_000_000_000L,
                                List.of()));
    }

    @Test
    void tierKeepsWhatItDoesNotSay() {
        Config.Above above =
                new Config.Above(200_000, said(null, "2", null, null, null, "9", null));
        Price price = ConfiguredPrice.of("p", said(above, "1", "5", "0.1", null, null, "6"));
        assertThat(price.tiers())
                .containsExactly(
                        new Price.Tier(
                                200_000,
                                new Rates(
                                        2_000_000_000L,
                                        100_000_000L,
                                        2_000_000_000L,
                                        9_000_000_000L,
                                        5_000_000_000L,
                                        6_000_000_000L)));
    }

    @Test
    void forgottenClassIsNoGift() {
        assertThatThrownBy(() ->
                        ConfiguredPrice.of(
                                "models.m.price", said(null, "1", null, null, null, null, null)))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "models.m.price.output: missing"
                                + " (expected: USD per million tokens, 0 if free)");
    }
}
