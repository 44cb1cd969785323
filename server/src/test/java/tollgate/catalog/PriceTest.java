package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollgate.call.Usage;

class PriceTest {
    private static final int SAMPLES =
            "full".equals(System.getProperty("tollgate.counts")) ? 1_000_000 : 100_000;
    private static final BigInteger TRILLION = BigInteger.TEN.pow(12);

    private final Random random = new Random(4);

    /// gpt-4o-mini's.
    private static final Price MINI =
            Price.of(
                    new Rates(
                            150_000_000,
                            75_000_000,
                            150_000_000,
                            Rates.UNPRICED,
                            600_000_000,
                            600_000_000));

    // The oracle: the formula of the specification, in integers of any length.

    private static BigInteger exactCharge(Price price, Usage usage, long markupPpm) {
        Rates rates = price.rates();
        for (Price.Tier tier : price.tiers()) {
            if (usage.inputTokens() > tier.above()) {
                rates = tier.rates();
            }
        }
        long longRate = rates.cacheWriteLong() < 0 ? rates.cacheWrite() : rates.cacheWriteLong();
        BigInteger sum =
                product(
                                usage.inputTokens()
                                        - usage.cachedInputTokens()
                                        - usage.cacheWriteTokens(),
                                rates.input())
                        .add(product(usage.cachedInputTokens(), rates.cachedInput()))
                        .add(
                                product(
                                        usage.cacheWriteTokens() - usage.cacheWriteLongTokens(),
                                        rates.cacheWrite()))
                        .add(product(usage.cacheWriteLongTokens(), longRate))
                        .add(
                                product(
                                        usage.outputTokens() - usage.reasoningTokens(),
                                        rates.output()))
                        .add(product(usage.reasoningTokens(), rates.reasoning()))
                        .add(product(usage.images(), price.image()).multiply(million()))
                        .add(BigInteger.valueOf(price.request()).multiply(million()));
        BigInteger[] parts =
                sum.multiply(BigInteger.valueOf(1_000_000 + markupPpm))
                        .divideAndRemainder(TRILLION);
        return parts[0].add(BigInteger.valueOf(parts[1].signum()))
                .min(BigInteger.valueOf(Price.CHARGE_MAX));
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private static BigInteger million() {
        return BigInteger.valueOf(1_000_000);
    }

    // Random prices and usages, with the ends of every range among them.

    private long upTo(long most) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> most;
            case 2 -> random.nextLong(most / 1_000 + 1);
            case 3 -> random.nextLong(most / 1_000_000 + 1);
            case 4, 5 -> random.nextLong(most / 1_000_000_000 + 1);
            default -> random.nextLong(most + 1);
        };
    }

    private long rate() {
        return upTo(Rates.RATE_MAX);
    }

    private Rates rates() {
        return new Rates(
                rate(),
                rate(),
                rate(),
                random.nextBoolean() ? Rates.UNPRICED : rate(),
                rate(),
                rate());
    }

    private Price price() {
        List<Price.Tier> tiers = new ArrayList<>();
        long above = 0;
        for (int i = random.nextInt(4); i > 0; i--) {
            above += 1 + upTo(Usage.TOKENS_MAX / 4);
            tiers.add(new Price.Tier(above, rates()));
        }
        return new Price(
                rates(), upTo(Price.EACH_MAX), upTo(Price.EACH_MAX), Rates.UNPRICED, tiers);
    }

    private Usage usage(long inputMost, long outputMost, long imagesMost, Price.Caches caches) {
        long input = upTo(inputMost);
        long cached = upTo(input);
        long write = upTo(input - cached);
        long longWrite = caches == Price.Caches.LONG ? upTo(write) : 0;
        long output = upTo(outputMost);
        return new Usage(input, cached, write, longWrite, output, upTo(output), upTo(imagesMost));
    }

    private Usage usage() {
        return usage(Usage.TOKENS_MAX, Usage.TOKENS_MAX, Usage.TOKENS_MAX, Price.Caches.LONG);
    }

    private long markup() {
        return random.nextBoolean() ? 200_000 : upTo(PriceVersion.MARKUP_PPM_MAX);
    }

    @Test
    void i05RandomChargesEqualTheOracleToTheNanoDollar() {
        for (int i = 0; i < SAMPLES; i++) {
            Price price = price();
            Usage usage = random.nextBoolean() ? usage() : usage(1_000_000, 100_000, 3, caches());
            long ppm = markup();
            assertThat(new PriceVersion(1, price, ppm).charge(usage))
                    .isEqualTo(exactCharge(price, usage, ppm).longValueExact());
        }
    }

    private Price.Caches caches() {
        return random.nextBoolean() ? Price.Caches.LONG : Price.Caches.USUAL;
    }

    @Test
    void i05LargestPossibleChargeDoesNotOverflow() {
        Rates dear =
                new Rates(
                        Rates.RATE_MAX,
                        Rates.RATE_MAX,
                        Rates.RATE_MAX,
                        Rates.RATE_MAX,
                        Rates.RATE_MAX,
                        Rates.RATE_MAX);
        Price price =
                new Price(
                        dear,
                        Price.EACH_MAX,
                        Price.EACH_MAX,
                        Price.EACH_MAX,
                        List.of(new Price.Tier(1, dear)));
        long most = Usage.TOKENS_MAX;
        Usage usage = new Usage(most, 0, 0, 0, most, 0, most);
        BigInteger sum =
                product(2 * most, Rates.RATE_MAX)
                        .add(product(most, Price.EACH_MAX).multiply(million()))
                        .add(BigInteger.valueOf(Price.EACH_MAX).multiply(million()))
                        .multiply(BigInteger.valueOf(1_000_000 + PriceVersion.MARKUP_PPM_MAX));
        assertThat(sum.bitLength()).isLessThan(128);
        assertThat(price.charge(usage, PriceVersion.MARKUP_PPM_MAX)).isEqualTo(Price.CHARGE_MAX);
        assertThat(price.charge(new Usage(2, 0, 0, 0, 0, 0, 0), 0)).isEqualTo(1_002_000_000_000L);
    }

    @Test
    void chargeOfAnEverydayCall() {
        // 10 × 0.15 + 20 × 0.60 USD a million, and 20 %: 0.0000162 USD.
        assertThat(MINI.charge(Usage.of(10, 20), 200_000)).isEqualTo(16_200);
        assertThat(MINI.charge(new Usage(10, 4, 0, 0, 20, 7, 0), 0)).isEqualTo(13_200);
    }

    @Test
    void i06OneRoundingUpARequest() {
        Price dust = Price.of(Rates.of(1, 0));
        assertThat(dust.charge(Usage.of(1, 0), 0)).isEqualTo(1);
        assertThat(dust.charge(Usage.of(1_000_000, 0), 0)).isEqualTo(1);
        assertThat(dust.charge(Usage.of(1_000_001, 0), 0)).isEqualTo(2);
        assertThat(dust.charge(Usage.of(1_000_000, 0), 1)).isEqualTo(2);
        assertThat(dust.charge(Usage.NONE, 0)).isZero();
    }

    @Test
    void i06SplitUsageDiffersByAtMostOneUnitARequestUpwards() {
        for (int i = 0; i < 2_000; i++) {
            Price price = Price.of(Rates.of(rate(), rate()));
            long ppm = markup();
            int parts = List.of(1, 7, 50, 1_000).get(i % 4);
            long each = random.nextLong(5_000_000 / parts);
            long whole = price.charge(Usage.of(each * parts, each * parts), ppm);
            long split = parts * price.charge(Usage.of(each, each), ppm);
            assertThat(split).isBetween(whole, whole + parts);
        }
    }

    @Test
    void tierHoldsForTheWholeRequestOnceInputExceedsIt() {
        Price tiered =
                new Price(
                        Rates.of(1_000_000, 2_000_000),
                        0,
                        0,
                        Rates.UNPRICED,
                        List.of(
                                new Price.Tier(100, Rates.of(3_000_000, 4_000_000)),
                                new Price.Tier(200, Rates.of(5_000_000, 6_000_000))));
        assertThat(tiered.charge(Usage.of(100, 10), 0)).isEqualTo(100 + 20);
        assertThat(tiered.charge(Usage.of(101, 10), 0)).isEqualTo(303 + 40);
        assertThat(tiered.charge(Usage.of(200, 10), 0)).isEqualTo(600 + 40);
        assertThat(tiered.charge(Usage.of(201, 10), 0)).isEqualTo(1_005 + 60);
        assertThat(tiered.worst(Price.Bound.of(100, 10), 0)).isEqualTo(100 + 20);
        assertThat(tiered.worst(Price.Bound.of(101, 10), 0)).isEqualTo(303 + 40);
    }

    @Test
    void imagesAndRequestsCostWholeAmountsWithMarkup() {
        Price price = new Price(Rates.of(0, 0), 20_000_000, 5, Rates.UNPRICED, List.of());
        assertThat(price.charge(new Usage(9, 0, 0, 0, 9, 0, 2), 200_000)).isEqualTo(48_000_006);
        assertThat(Price.flat(1_000_000_000).charge(Usage.of(9, 9), 0)).isEqualTo(1_000_000_000);
    }

    @Test
    void i31OneHourCachesWithoutAPriceAreNotCoveredAndNotFree() {
        Usage usage = new Usage(10, 0, 10, 10, 0, 0, 0);
        assertThat(MINI.covers(usage)).isFalse();
        assertThat(MINI.covers(new Usage(10, 5, 5, 0, 0, 0, 0))).isTrue();
        assertThat(MINI.charge(usage, 0)).isEqualTo(1_500);
        Price priced = Price.of(new Rates(1, 1, 1, 2_000_000, 1, 1));
        assertThat(priced.covers(usage)).isTrue();
        assertThat(priced.charge(usage, 0)).isEqualTo(20);
        Price above = new Price(MINI.rates(), 0, 0, -1, List.of(new Price.Tier(9, priced.rates())));
        assertThat(above.covers(usage)).isTrue();
    }

    @Test
    void i12NoUsageWithinTheBoundCostsMoreThanTheWorstCase() {
        for (int i = 0; i < SAMPLES; i++) {
            Price price = price();
            PriceVersion version = new PriceVersion(1, price, markup());
            Price.Bound bound = bound();
            Usage usage =
                    usage(
                            bound.inputTokens(),
                            bound.outputTokens(),
                            bound.images(),
                            bound.caches());
            assertThat(version.charge(usage)).isLessThanOrEqualTo(version.worst(bound));
        }
    }

    private Price.Bound bound() {
        return new Price.Bound(
                upTo(Usage.TOKENS_MAX), upTo(Usage.TOKENS_MAX), upTo(1_000), caches());
    }

    @Test
    void i11SomeUsageWithinTheBoundCostsAsMuchAsTheWorstCase() {
        for (int i = 0; i < SAMPLES / 10; i++) {
            Price price = price();
            Price.Bound bound = bound();
            long dearest = 0;
            for (long input : turningPoints(price, bound.inputTokens())) {
                for (Usage usage : extremes(input, bound)) {
                    dearest = Math.max(dearest, price.charge(usage, 200_000));
                }
            }
            assertThat(price.worst(bound, 200_000)).isEqualTo(dearest);
        }
    }

    private static List<Long> turningPoints(Price price, long inputMost) {
        List<Long> points = new ArrayList<>(List.of(inputMost));
        price.tiers().forEach(tier -> points.add(Math.min(inputMost, tier.above())));
        return points;
    }

    private static List<Usage> extremes(long input, Price.Bound bound) {
        List<Usage> usages = new ArrayList<>();
        long output = bound.outputTokens();
        long longMost = bound.caches() == Price.Caches.LONG ? input : 0;
        for (long reasoning : new long[] {0, output}) {
            usages.add(new Usage(input, 0, 0, 0, output, reasoning, bound.images()));
            usages.add(new Usage(input, input, 0, 0, output, reasoning, bound.images()));
            usages.add(new Usage(input, 0, input, 0, output, reasoning, bound.images()));
            usages.add(new Usage(input, 0, input, longMost, output, reasoning, bound.images()));
        }
        return usages;
    }

    @Test
    void affordableOutputIsTheLargestWhoseWorstCaseFits() {
        for (int i = 0; i < SAMPLES / 4; i++) {
            PriceVersion version = new PriceVersion(1, price(), markup());
            Price.Bound bound = random.nextBoolean() ? bound() : everydayBound();
            long nanos = upTo(Price.CHARGE_MAX);
            long output = version.outputAffordable(nanos, bound);
            if (output >= 0) {
                assertThat(version.worst(bound.withOutput(output))).isLessThanOrEqualTo(nanos);
            }
            if (output < Usage.TOKENS_MAX) {
                assertThat(version.worst(bound.withOutput(output + 1))).isGreaterThan(nanos);
            }
        }
    }

    private Price.Bound everydayBound() {
        return new Price.Bound(random.nextLong(100_000), 0, random.nextInt(3), caches());
    }

    @Test
    void affordableOutputOfAnEverydayCall() {
        Price.Bound bound = Price.Bound.of(1_000, 0);
        // 1,000 × 0.15 = 0.00015 USD of input; each token of output 600 nano-dollars.
        assertThat(MINI.outputAffordable(149_999, bound, 0)).isEqualTo(-1);
        assertThat(MINI.outputAffordable(150_000, bound, 0)).isZero();
        assertThat(MINI.outputAffordable(150_599, bound, 0)).isZero();
        assertThat(MINI.outputAffordable(150_600, bound, 0)).isEqualTo(1);
        assertThat(MINI.outputAffordable(-1, bound, 0)).isEqualTo(-1);
        assertThat(Price.FREE.outputAffordable(-1, bound, 0)).isEqualTo(-1);
        assertThat(Price.FREE.outputAffordable(0, bound, 0)).isEqualTo(Usage.TOKENS_MAX);
        assertThat(MINI.outputAffordable(Price.CHARGE_MAX, Price.Bound.of(0, 0), 0))
                .isEqualTo(Usage.TOKENS_MAX);
    }

    @Test
    void chargesNeverRiseWithLess() {
        for (int i = 0; i < SAMPLES / 10; i++) {
            Price price = Price.of(rates());
            Usage usage = usage(1_000_000, 1_000_000, 9, Price.Caches.LONG);
            Usage more =
                    new Usage(
                            usage.inputTokens() + 1,
                            usage.cachedInputTokens(),
                            usage.cacheWriteTokens(),
                            usage.cacheWriteLongTokens(),
                            usage.outputTokens() + 1,
                            usage.reasoningTokens(),
                            usage.images());
            assertThat(price.charge(usage, 0)).isLessThanOrEqualTo(price.charge(more, 0));
        }
    }

    @Test
    void pricesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Rates.of(-1, 0))
                .hasMessage("input: -1 nano-dollars (expected: 0 to 1000000000000000)");
        assertThatThrownBy(() -> Rates.of(0, Rates.RATE_MAX + 1)).hasMessageContaining("output");
        assertThatThrownBy(() -> new Rates(0, 0, 0, -2, 0, 0))
                .hasMessageContaining("cache-write-1h");
        assertThatThrownBy(() -> new Rates(0, -1, 0, -1, 0, 0))
                .hasMessageContaining("cached-input");
        assertThatThrownBy(() -> new Rates(0, 0, -1, -1, 0, 0))
                .hasMessageContaining("cache-write:");
        assertThatThrownBy(() -> new Rates(0, 0, 0, -1, 0, -1)).hasMessageContaining("reasoning");
        assertThatThrownBy(() -> Price.flat(Price.EACH_MAX + 1)).hasMessageContaining("request");
        assertThatThrownBy(() -> new Price(Rates.of(0, 0), -1, 0, -1, List.of()))
                .hasMessage("image: -1 nano-dollars (expected: 0 to 1000000000000)");
        assertThatThrownBy(() -> new Price(Rates.of(0, 0), 0, 0, -2, List.of()))
                .hasMessageContaining("web-search");
        assertThatThrownBy(() -> new PriceVersion(1, Price.FREE, -1))
                .hasMessage("markup: -1 parts per million (expected: 0 to 99000000)");
        assertThatThrownBy(() -> new PriceVersion(1, Price.FREE, PriceVersion.MARKUP_PPM_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tiersAscendAndAreFew() {
        Rates rates = Rates.of(1, 1);
        Price.Tier one = new Price.Tier(100, rates);
        assertThatThrownBy(() -> new Price(rates, 0, 0, -1, List.of(one, one)))
                .hasMessage("above: 100 tokens after 100 (expected: ascending)");
        List<Price.Tier> many = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            many.add(new Price.Tier(i, rates));
        }
        assertThat(new Price(rates, 0, 0, -1, many).tiers()).hasSize(8);
        many.add(new Price.Tier(9, rates));
        assertThatThrownBy(() -> new Price(rates, 0, 0, -1, many))
                .hasMessage("tiers: 9 (expected: at most 8)");
        assertThatThrownBy(() -> new Price.Tier(0, rates))
                .hasMessage("above: 0 tokens (expected: 1 to 1000000000000)");
        assertThatThrownBy(() -> Price.Bound.of(-1, 0))
                .hasMessage("input tokens: -1 (expected: 0 to 1000000000000)");
        assertThatThrownBy(() -> Price.Bound.of(0, Usage.TOKENS_MAX + 1))
                .hasMessageContaining("output tokens");
        assertThatThrownBy(() -> new Price.Bound(0, 0, -1, Price.Caches.USUAL))
                .hasMessageContaining("images");
        assertThat(new Price.Tier(Usage.TOKENS_MAX, rates).above()).isEqualTo(Usage.TOKENS_MAX);
        assertThatThrownBy(() -> new Price.Tier(Usage.TOKENS_MAX + 1, rates))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void freeIsFreeWhateverIsUsed() {
        assertThat(Price.FREE.isFree()).isTrue();
        assertThat(Price.FREE.charge(usage(), 200_000)).isZero();
        assertThat(MINI.isFree()).isFalse();
    }
}
