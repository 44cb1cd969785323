package tollgate.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A text that never prints itself: provider keys, the admin key, passwords. Empty means not set.
public record Secret(String text) {
    public static final Secret NONE = new Secret("");

    public boolean isSet() {
        return !text.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(bytes(text), bytes(secret.text));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return isSet() ? "Secret[set]" : "Secret[none]";
    }
}
