package tollgate.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Strikes a secret out of what others say before it reaches a caller (I-61). Each of its bytes
/// becomes `*`, so that nothing moves: spans stay true and JSON stays JSON. Immutable.
public final class Redactor {
    /// Struck out wherever it stands, a shorter word would be found in innocent text.
    static final int SECRET_BYTES_MIN = 8;

    private static final Redactor NOTHING = new Redactor(new byte[0]);

    private static final int BYTE_VALUES = 256;

    private final byte[] secret;

    /// How far a byte under the secret's end lets it move on (Horspool): nearly always its length.
    private final int[] skip = new int[BYTE_VALUES];

    private Redactor(byte[] secret) {
        this.secret = secret;
        Arrays.fill(skip, secret.length);
        for (int i = 0; i < secret.length - 1; i++) {
            skip[secret[i] & 0xFF] = secret.length - 1 - i;
        }
    }

    /// Strikes out this secret; a shorter one than eight bytes is left alone.
    public static Redactor of(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return bytes.length < SECRET_BYTES_MIN ? NOTHING : new Redactor(bytes);
    }

    /// The same bytes if the secret is not in them, else a clean copy.
    public byte[] clean(byte[] bytes) {
        int found = find(bytes, 0, bytes.length);
        if (found < 0) {
            return bytes;
        }
        byte[] clean = bytes.clone();
        strike(clean, found, clean.length);
        return clean;
    }

    /// Whether the secret stands in `bytes[from, to)`.
    public boolean isIn(byte[] bytes, int from, int to) {
        return find(bytes, from, to) >= 0;
    }

    public String clean(String text) {
        return secret.length == 0
                ? text
                : text.replace(
                        new String(secret, StandardCharsets.UTF_8), "*".repeat(secret.length));
    }

    private void strike(byte[] bytes, int first, int to) {
        for (int at = first; at >= 0; at = find(bytes, at + secret.length, to)) {
            Arrays.fill(bytes, at, at + secret.length, (byte) '*');
        }
    }

    private int find(byte[] bytes, int from, int to) {
        int length = secret.length;
        if (length == 0) {
            return -1;
        }
        byte last = secret[length - 1];
        int at = from;
        while (at + length <= to) {
            byte end = bytes[at + length - 1];
            if (end == last && Arrays.equals(bytes, at, at + length, secret, 0, length)) {
                return at;
            }
            at += skip[end & 0xFF];
        }
        return -1;
    }

    /// Never the secret.
    @Override
    public String toString() {
        return "Redactor";
    }
}
