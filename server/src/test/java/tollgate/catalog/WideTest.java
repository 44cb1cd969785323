package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WideTest {
    private static final int SAMPLES = 100_000;
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

    private final Random random = new Random(128);

    private static BigInteger big(Wide wide) {
        return unsigned(wide.high()).multiply(WORD).add(unsigned(wide.low()));
    }

    private static BigInteger unsigned(long word) {
        return new BigInteger(Long.toUnsignedString(word));
    }

    /// Any length of up to so many bits is as likely as any other.
    private long positive(int bitsMax) {
        return random.nextLong() >>> (63 - random.nextInt(bitsMax));
    }

    private Wide wide() {
        return random.nextInt(4) == 0
                ? new Wide(0, random.nextLong())
                : new Wide(positive(63), random.nextLong());
    }

    @Test
    void productsSumsAndComparisonsAreExact() {
        for (int i = 0; i < SAMPLES; i++) {
            long a = positive(63);
            long b = positive(63);
            assertThat(big(Wide.product(a, b)))
                    .isEqualTo(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)));
            Wide one = new Wide(positive(62), random.nextLong());
            Wide other = new Wide(positive(62), random.nextLong());
            assertThat(big(one.plus(other))).isEqualTo(big(one).add(big(other)));
            assertThat(one.isAbove(other)).isEqualTo(big(one).compareTo(big(other)) > 0);
            Wide near = new Wide(one.high(), other.low());
            assertThat(one.isAbove(near)).isEqualTo(big(one).compareTo(big(near)) > 0);
            assertThat(one.isAbove(one)).isFalse();
        }
    }

    @Test
    void multiplesAreExactAsLongAsTheyFit() {
        for (int i = 0; i < SAMPLES; i++) {
            long factor = positive(27);
            Wide number = new Wide(positive(100 - 64), random.nextLong());
            assertThat(big(number.times(factor)))
                    .isEqualTo(big(number).multiply(BigInteger.valueOf(factor)));
        }
    }

    @Test
    void quotientsAreRoundedUpAndCapped() {
        for (int i = 0; i < SAMPLES; i++) {
            Wide number = wide();
            long divisor = 1 + positive(54);
            long most = random.nextBoolean() ? Long.MAX_VALUE : positive(63);
            BigInteger[] exact = big(number).divideAndRemainder(BigInteger.valueOf(divisor));
            BigInteger up = exact[0].add(BigInteger.valueOf(exact[1].signum()));
            assertThat(number.dividedUp(divisor, most))
                    .isEqualTo(up.min(BigInteger.valueOf(most)).longValueExact());
        }
    }

    @Test
    void quotientsOfMultiplesAndTheirNeighboursAreExact() {
        for (int i = 0; i < SAMPLES; i++) {
            long divisor = 1 + positive(54);
            long times = positive(62);
            Wide multiple = Wide.product(divisor, times);
            assertThat(multiple.dividedUp(divisor, Long.MAX_VALUE)).isEqualTo(times);
            assertThat(multiple.plus(new Wide(0, 1)).dividedUp(divisor, Long.MAX_VALUE))
                    .isEqualTo(times + 1);
        }
    }

    @Test
    void edgesOfTheRangeHold() {
        assertThat(new Wide(0, -1).plus(new Wide(0, 1))).isEqualTo(new Wide(1, 0));
        assertThat(new Wide(0, -1).dividedUp(1, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(new Wide(1, 0).dividedUp(2, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(new Wide(1, 0).dividedUp(3, Long.MAX_VALUE))
                .isEqualTo(6_148_914_691_236_517_206L);
        assertThat(new Wide(Wide.DIVISOR_MAX - 1, -1).dividedUp(Wide.DIVISOR_MAX, 9)).isEqualTo(9);
        assertThat(Wide.ZERO.dividedUp(7, Long.MAX_VALUE)).isZero();
    }
}
