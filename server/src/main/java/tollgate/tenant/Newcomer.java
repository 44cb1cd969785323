package tollgate.tenant;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A user who gets an account and a first key.
///
/// @param email null when there is none
public record Newcomer(String username, @Nullable String email, String authMethod) {
    private static final int CHARACTERS_MAX =
            254; // of an address (RFC 5321, with its brackets off)
    private static final int METHOD_CHARACTERS_MAX = 32;

    public Newcomer {
        if (username.isBlank() || username.length() > CHARACTERS_MAX || hasControls(username)) {
            throw KeySettings.refused(
                    "username",
                    "%d characters (expected: 1 to %d, none of them a control)"
                            .formatted(username.length(), CHARACTERS_MAX));
        }
        if (authMethod.isBlank() || authMethod.length() > METHOD_CHARACTERS_MAX) {
            throw KeySettings.refused("auth_method", "no method (expected: such as email)");
        }
        email = email == null || email.isBlank() ? null : address(email);
    }

    private static String address(String email) {
        String address = email.strip().toLowerCase(Locale.ROOT);
        int at = address.indexOf('@');
        if (at < 1
                || at != address.lastIndexOf('@')
                || at == address.length() - 1
                || address.length() > CHARACTERS_MAX
                || address.chars().anyMatch(c -> c <= ' ' || Character.isISOControl(c))) {
            throw KeySettings.refused("email", "no address (expected: such as a@example.com)");
        }
        return address;
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /// Without name and address: they are personal.
    @Override
    public String toString() {
        return "Newcomer[%s]".formatted(authMethod);
    }
}
