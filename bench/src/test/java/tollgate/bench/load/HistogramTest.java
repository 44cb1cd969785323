package tollgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {
    private final Histogram histogram = new Histogram();

    @Test
    void smallValuesAreExact() {
        for (int i = 1; i <= 100; i++) {
            histogram.add(i);
        }
        assertThat(histogram.total()).isEqualTo(100);
        assertThat(histogram.quantile(0.5)).isEqualTo(50);
        assertThat(histogram.quantile(0.99)).isEqualTo(99);
        assertThat(histogram.quantile(1)).isEqualTo(100);
    }

    @Test
    void anyValueIsReadBackWithinOnePercent() {
        for (long value = 1; value > 0 && value < Long.MAX_VALUE / 3; value = value * 5 / 3 + 1) {
            var one = new Histogram();
            one.add(value);
            assertThat((double) one.quantile(0.5)).isCloseTo((double) value, within(value * 0.008));
        }
    }

    @Test
    void emptyIsZeroAndNegativeCountsAsZero() {
        assertThat(histogram.quantile(0.99)).isZero();
        histogram.add(-5);
        assertThat(histogram.quantile(1)).isZero();
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.quantile(1)).isPositive();
    }
}
