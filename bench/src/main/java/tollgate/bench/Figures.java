package tollgate.bench;

import java.math.BigDecimal;
import java.util.List;

/// Medians, and numbers as the table shows them.
final class Figures {
    private Figures() {}

    /// The middle value, or the mean of the two in the middle.
    ///
    /// @throws IllegalArgumentException when there is none
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: none (expected: at least one)");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static String shortest(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    static String micros(double value) {
        return "%.1f µs".formatted(value);
    }

    static String millis(double value) {
        return "%.2f ms".formatted(value);
    }

    static String ratio(double value) {
        return "%.2f".formatted(value);
    }
}
