package tollgate.tenant;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tollgate.unit.Digest;
import tollgate.unit.Environment;

/// What a program presents, without its text: only the digest is known once it was made.
///
/// @param prefix how its text begins, such as `gw_live_`
/// @param last4 how its text ends; empty for keys from the configuration, which may be short
/// @param overlap null unless the key was rotated a while ago
/// @param revokedAt null while it lives
public record Key(
        long id,
        long accountId,
        long userId,
        Kind kind,
        Environment environment,
        Digest digest,
        String prefix,
        String last4,
        KeySettings settings,
        Instant createdAt,
        @Nullable Overlap overlap,
        @Nullable Instant revokedAt) {
    /// What a key was made for.
    public enum Kind {
        /// Made by its owner.
        USER,
        /// Made at sign-in, for a while.
        SESSION,
        /// The operator's.
        ADMIN,
        /// The one of the proxy door.
        PROXY;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The text before a rotation, which works until its users have the new one.
    public record Overlap(Digest digest, Instant until) {}

    public String name() {
        return settings.name();
    }

    public Scopes scopes() {
        return settings.scopes();
    }

    public @Nullable Budget budget() {
        return settings.budget();
    }

    public KeyLimits limits() {
        return settings.limits();
    }

    /// Whether calls of this model may be made.
    public boolean mayCall(String model) {
        return settings.mayCall(model);
    }

    public boolean isAdmin() {
        return kind == Kind.ADMIN;
    }

    /// As shown in lists: `gw_live_…a1b2`.
    public String masked() {
        return prefix + "…" + last4;
    }

    /// Whether it opens anything at this moment.
    public boolean isLive(long nowMillis) {
        Instant expiresAt = settings.expiresAt();
        return settings.active()
                && revokedAt == null
                && (expiresAt == null || nowMillis < expiresAt.toEpochMilli());
    }

    Key with(KeySettings changed) {
        return new Key(
                id,
                accountId,
                userId,
                kind,
                environment,
                digest,
                prefix,
                last4,
                changed,
                createdAt,
                overlap,
                revokedAt);
    }

    Key revoked(Instant at) {
        return new Key(
                id,
                accountId,
                userId,
                kind,
                environment,
                digest,
                prefix,
                last4,
                settings,
                createdAt,
                overlap,
                at);
    }

    /// The same key under a new text; the old one works until `until`.
    Key rotated(KeyText text, Instant until) {
        return new Key(
                id,
                accountId,
                userId,
                kind,
                environment,
                text.digest(),
                text.prefix(),
                text.last4(),
                settings,
                createdAt,
                new Overlap(digest, until),
                revokedAt);
    }
}
