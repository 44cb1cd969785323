package tollgate.tenant;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import tollgate.unit.Digest;
import tollgate.unit.Environment;

/// The text of a key, while it may be shown: `gw_live_`, 256 random bits as 43 base62 digits, and
/// six more as a checksum, by which a mistyped key and a leaked one are told without a look-up. It
/// does not print itself.
public final class KeyText {
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final int RANDOM_BYTES = 32;
    private static final int RANDOM_DIGITS = 43;
    private static final int CHECKSUM_DIGITS = 6;
    private static final int LAST = 4;
    private static final Pattern SHAPE =
            Pattern.compile("gw_(live|test|staging|dev)_[0-9A-Za-z]{49}");

    private final String text;
    private final String prefix;

    private KeyText(String text, String prefix) {
        this.text = text;
        this.prefix = prefix;
    }

    /// Makes a new one.
    ///
    /// @param random a SecureRandom, outside of tests
    static KeyText generate(Environment environment, RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String prefix = prefix(environment);
        String unchecked = prefix + base62(new BigInteger(1, bytes), RANDOM_DIGITS);
        return new KeyText(unchecked + checksum(unchecked), prefix);
    }

    /// How keys of an environment begin; the constants are shared by all keys in memory.
    static String prefix(Environment environment) {
        return switch (environment) {
            case LIVE -> "gw_live_";
            case TEST -> "gw_test_";
            case STAGING -> "gw_staging_";
            case DEV -> "gw_dev_";
        };
    }

    private static String base62(BigInteger number, int digits) {
        char[] text = new char[digits];
        BigInteger rest = number;
        for (int i = digits - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            text[i] = DIGITS.charAt(parts[1].intValue());
            rest = parts[0];
        }
        return new String(text);
    }

    private static String checksum(String unchecked) {
        CRC32 crc = new CRC32();
        crc.update(unchecked.getBytes(StandardCharsets.US_ASCII));
        return base62(BigInteger.valueOf(crc.getValue()), CHECKSUM_DIGITS);
    }

    /// Whether a text has the shape of our keys but not their checksum: mistyped or made up.
    static boolean isDamaged(String text) {
        if (!SHAPE.matcher(text).matches()) {
            return false;
        }
        int end = text.length() - CHECKSUM_DIGITS;
        return !checksum(text.substring(0, end)).equals(text.substring(end));
    }

    static Digest digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The key itself: shown to its owner once, then forgotten.
    public String reveal() {
        return text;
    }

    Digest digest() {
        return digest(text);
    }

    String prefix() {
        return prefix;
    }

    String last4() {
        return text.substring(text.length() - LAST);
    }

    @Override
    public String toString() {
        return prefix + "…" + last4();
    }
}
