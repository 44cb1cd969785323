package tollgate.door;

import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Exchange;
import tollgate.tenant.Key;
import tollgate.tenant.Keys;

/// Who asks, and whether they may: computed once a request, from the request itself (I-58).
/// Unknown, expired, revoked and malformed keys are refused alike (I-62).
public final class Gate {
    private static final String BEARER = "bearer ";

    /// Headers that may carry a key beside `Authorization`.
    private static final String[] KEY_HEADERS = {"x-api-key", "x-goog-api-key", "api-key"};

    /// Query parameters that clients of some providers put keys into: never here, where they would
    /// end in logs.
    private static final String[] KEY_PARAMETERS = {"key", "api_key", "api-key", "access_token"};

    /// The one door of the operator's static key.
    private static final String PROXY_DOOR = "proxy";

    private final Keys keys;

    public Gate(Keys keys) {
        this.keys = keys;
    }

    /// The key of a request that this access lets pass; null where everybody may.
    ///
    /// @throws GatewayException Unauthenticated, Forbidden, or BadRequest for two different keys
    @Nullable Key admit(Exchange exchange, Door door, Route.Access access) {
        return switch (access) {
            case Route.Access.Anyone _ -> null;
            case Route.Access.Scoped scoped -> scoped(authenticate(exchange, door), scoped);
            case Route.Access.Admin _ -> admin(authenticate(exchange, door));
        };
    }

    private Key authenticate(Exchange exchange, Door door) {
        String presented = presented(exchange);
        Key key = presented == null ? null : keys.find(presented);
        if (key == null || !opens(key, door)) {
            throw new GatewayException(new Fault.Unauthenticated());
        }
        return key;
    }

    private static boolean opens(Key key, Door door) {
        return key.kind() != Key.Kind.PROXY || door.name().equals(PROXY_DOOR);
    }

    private static @Nullable String presented(Exchange exchange) {
        if (exchange.rawQuery() != null) {
            refuseKeysInQuery(exchange);
        }
        String found = bearer(exchange.header("authorization"));
        for (String name : KEY_HEADERS) {
            String other = exchange.header(name);
            if (other != null && found != null && !other.equals(found)) {
                throw new GatewayException(
                        new Fault.BadRequest(
                                null, "two different keys in one request (expected: one)"));
            }
            found = other == null ? found : other;
        }
        return found;
    }

    private static void refuseKeysInQuery(Exchange exchange) {
        for (String name : KEY_PARAMETERS) {
            if (exchange.query(name) != null) {
                throw new GatewayException(
                        new Fault.BadRequest(
                                null,
                                "a key in the query string (expected: the header Authorization)"));
            }
        }
    }

    private static @Nullable String bearer(@Nullable String header) {
        return header != null
                        && header.length() > BEARER.length()
                        && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : null;
    }

    private static Key scoped(Key key, Route.Access.Scoped wanted) {
        boolean allowed =
                switch (wanted.right()) {
                    case READ -> key.scopes().mayRead(wanted.resource());
                    case WRITE -> key.scopes().mayWrite(wanted.resource());
                };
        if (!allowed) {
            throw new GatewayException(
                    new Fault.Forbidden(
                            "this key has no scope %s:%s"
                                    .formatted(
                                            wanted.right() == Route.Right.READ ? "read" : "write",
                                            wanted.resource())));
        }
        return key;
    }

    private static Key admin(Key key) {
        if (key.kind() != Key.Kind.ADMIN) {
            throw new GatewayException(new Fault.Forbidden("this needs the operator's admin key"));
        }
        return key;
    }
}
