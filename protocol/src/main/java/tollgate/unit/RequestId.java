package tollgate.unit;

/// The name of one request, as `x-request-id` and in the ledger: 128 bits, written `req_` and 32
/// hexadecimal digits.
public record RequestId(long high, long low) {
    private static final String PREFIX = "req_";
    private static final int HEX_DIGITS = 32;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    /// Reads what [#toString()] wrote.
    ///
    /// @throws IllegalArgumentException when the text is no request id
    public static RequestId parse(String text) {
        if (text.length() != PREFIX.length() + HEX_DIGITS || !text.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "request id: %d characters (expected: req_ and 32 hexadecimal digits)"
                            .formatted(text.length()));
        }
        int from = PREFIX.length();
        return new RequestId(
                Long.parseUnsignedLong(text, from, from + 16, 16),
                Long.parseUnsignedLong(text, from + 16, from + 32, 16));
    }

    @Override
    @SuppressWarnings("deprecation") // Latin-1 bytes straight into a string: no decoder, no copy
    public String toString() {
        byte[] text = new byte[PREFIX.length() + HEX_DIGITS];
        PREFIX.getBytes(0, PREFIX.length(), text, 0);
        for (int i = 0; i < 16; i++) {
            text[PREFIX.length() + i] = HEX[(int) (high >>> (60 - 4 * i)) & 15];
            text[PREFIX.length() + 16 + i] = HEX[(int) (low >>> (60 - 4 * i)) & 15];
        }
        return new String(text, 0);
    }
}
