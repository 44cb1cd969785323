package tollgate.tenant;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;

/// How far a key reaches over others: it makes and changes none that may do more than itself.
final class Reach {
    private Reach() {}

    /// Refuses a key that is, or is to become, more than the actor: in environment, scopes, models.
    static void overlook(Key actor, Environment environment, KeySettings settings) {
        if (actor.isAdmin()) {
            return;
        }
        if (actor.environment() != Environment.LIVE && actor.environment() != environment) {
            throw beyond("environment %s".formatted(actor.environment().tag()));
        }
        if (!settings.scopes().isWithin(actor.scopes())) {
            throw beyond("scopes");
        }
        if (!isWithin(settings.models(), actor.settings().models())) {
            throw beyond("models");
        }
    }

    /// Refuses as well what would let the actor's owner out of a budget, a limit or an end: a
    /// second key has a second budget.
    static void grant(Key actor, Environment environment, KeySettings settings) {
        overlook(actor, environment, settings);
        if (actor.isAdmin()) {
            return;
        }
        if (actor.budget() != null || !actor.limits().equals(KeyLimits.NONE)) {
            throw beyond("budget or limits");
        }
        // A session's end is that of a sign-in, and keys are meant to outlive it.
        if (actor.kind() == Key.Kind.USER
                && !isWithin(settings.expiresAt(), actor.settings().expiresAt())) {
            throw beyond("expiry");
        }
    }

    private static boolean isWithin(@Nullable Set<String> wanted, @Nullable Set<String> granted) {
        return granted == null || (wanted != null && granted.containsAll(wanted));
    }

    private static boolean isWithin(@Nullable Instant wanted, @Nullable Instant granted) {
        return granted == null || (wanted != null && !wanted.isAfter(granted));
    }

    private static GatewayException beyond(String what) {
        return new GatewayException(
                new Fault.Forbidden("a key cannot create or alter a key beyond its own " + what));
    }
}
