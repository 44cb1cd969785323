package tollgate.tenant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who signs in.
///
/// @param email in lower case; null when nobody told us
/// @param authMethod how, such as `email` or `google`
public record User(
        long id, String username, @Nullable String email, String authMethod, Instant createdAt) {
    /// Without name and address: they are personal.
    @Override
    public String toString() {
        return "User[%d]".formatted(id);
    }
}
