package tollgate.catalog;

/// An unsigned integer of 128 bits, for sums of tokens times prices: exact, and without the
/// allocations of BigInteger. Results above 128 bits are the caller's to exclude; [Price] says by
/// which bounds it does.
record Wide(long high, long low) {
    static final Wide ZERO = new Wide(0, 0);

    /// Divisors stay below 2^55, so that a remainder and eight more bits fit a positive long.
    static final long DIVISOR_MAX = (1L << 55) - 1;

    /// The product of two numbers of zero or more.
    static Wide product(long a, long b) {
        return new Wide(Math.multiplyHigh(a, b), a * b);
    }

    Wide plus(Wide other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Wide(high + other.high + carry, sum);
    }

    /// Times a number of zero or more.
    Wide times(long factor) {
        return new Wide(high * factor + Math.unsignedMultiplyHigh(low, factor), low * factor);
    }

    boolean isAbove(Wide other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh > 0 || (byHigh == 0 && Long.compareUnsigned(low, other.low) > 0);
    }

    /// The quotient rounded up, or `most` if it is more than that.
    ///
    /// @param divisor 1 to [#DIVISOR_MAX]
    long dividedUp(long divisor, long most) {
        Wide raised = plus(new Wide(0, divisor - 1));
        if (Long.compareUnsigned(raised.high, divisor) >= 0) {
            return most; // the quotient has more than 64 bits
        }
        long quotient =
                raised.high == 0
                        ? Long.divideUnsigned(raised.low, divisor)
                        : quotient(raised.high, raised.low, divisor);
        return Long.compareUnsigned(quotient, most) > 0 ? most : quotient;
    }

    /// Long division, eight bits a step; `high` is below the divisor, so 64 bits hold the result.
    private static long quotient(long high, long low, long divisor) {
        long remainder = high;
        long quotient = 0;
        for (int shift = 56; shift >= 0; shift -= 8) {
            long part = remainder << 8 | (low >>> shift & 0xff);
            quotient = quotient << 8 | part / divisor;
            remainder = part % divisor;
        }
        return quotient;
    }
}
