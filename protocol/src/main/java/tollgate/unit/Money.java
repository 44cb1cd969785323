package tollgate.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// An amount of money in nano-dollars (1 USD = 1 credit = 1,000,000,000), signed.
///
/// Integer on purpose: prices are quoted per million tokens, so a token may cost less than a cent's
/// hundredth, and a sum of doubles would drift. Every operation throws ArithmeticException rather
/// than overflow (the range is about ±9.2 billion USD).
public record Money(long nanos) implements Comparable<Money> {
    public static final Money ZERO = new Money(0);
    public static final long NANOS_PER_USD = 1_000_000_000L;

    /// Digits accepted on either side of the point: enough for a long, too few to be an attack.
    private static final int DIGITS_MAX = 20;

    private static final int DECIMALS_MAX = 9;

    public static Money usd(long dollars) {
        return new Money(Math.multiplyExact(dollars, NANOS_PER_USD));
    }

    /// Reads a plain decimal such as `0.05`, `-3` or `12.000000001`: at most nine decimals, no
    /// exponent, no plus sign.
    ///
    /// @throws IllegalArgumentException when the text is anything else, or out of range
    public static Money parse(String text) {
        int digitsFrom = text.startsWith("-") ? 1 : 0;
        int point = text.indexOf('.');
        int wholeEnd = point < 0 ? text.length() : point;
        int decimals = point < 0 ? 0 : text.length() - point - 1;
        if (wholeEnd == digitsFrom
                || wholeEnd - digitsFrom > DIGITS_MAX
                || decimals > DECIMALS_MAX
                || point == text.length() - 1) {
            throw unreadable(text);
        }
        for (int i = digitsFrom; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i != point && (c < '0' || c > '9')) {
                throw unreadable(text);
            }
        }
        try {
            return new Money(new BigDecimal(text).movePointRight(DECIMALS_MAX).longValueExact());
        } catch (ArithmeticException outOfRange) {
            throw unreadable(text);
        }
    }

    private static IllegalArgumentException unreadable(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return new IllegalArgumentException(
                "amount: %s (expected: a decimal of at most nine places)".formatted(shown));
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    public Money negated() {
        return new Money(Math.negateExact(nanos));
    }

    public boolean isNegative() {
        return nanos < 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    /// The plain decimal in USD, shortest form: `0.0000108`, `10`, `-2.5`; never an exponent.
    @Override
    public String toString() {
        return new BigDecimal(nanos)
                .movePointLeft(DECIMALS_MAX)
                .setScale(DECIMALS_MAX, RoundingMode.UNNECESSARY)
                .stripTrailingZeros()
                .toPlainString();
    }
}
