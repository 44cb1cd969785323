package tollgate.wire.openai;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.Token;

/// Reads fields of a request's body and refuses those of a wrong type, naming the field, what was
/// found and what was expected. Each method stands at a member's value and leaves it at its end.
final class Peeking {
    /// Characters of a model's name.
    static final int MODEL_CHARS_MAX = 256;

    /// Characters of an end user's name that we record; what follows is cut off.
    static final int END_USER_CHARS_MAX = 256;

    private Peeking() {}

    static GatewayException wrong(String param, JsonReader json, String expected) {
        return refused(
                param, "%s: found %s (expected: %s)".formatted(param, json.found(), expected));
    }

    static GatewayException refused(@Nullable String param, String message) {
        return new GatewayException(new BadRequest(param, message));
    }

    static GatewayException unreadable(JsonException e) {
        return new GatewayException(
                new BadRequest(null, "body: not valid JSON, " + e.getMessage()), e);
    }

    static GatewayException missing(String param, String expected) {
        return refused(param, "%s: found nothing (expected: %s)".formatted(param, expected));
    }

    /// A member of an unknown name that differs from a known one only in case.
    static GatewayException misspelt(JsonReader json, String known) {
        return refused(
                known, "%s: found \"%s\" (expected: \"%s\")".formatted(known, json.text(), known));
    }

    static String model(JsonReader json) {
        if (json.token() != Token.STRING || json.isEmptyText()) {
            throw wrong("model", json, "a non-empty string");
        }
        String model = json.text();
        if (model.length() > MODEL_CHARS_MAX) {
            throw refused(
                    "model",
                    "model: found a string of %d characters (expected: at most %d)"
                            .formatted(model.length(), MODEL_CHARS_MAX));
        }
        return model;
    }

    /// True, false, or null as false.
    static boolean truth(JsonReader json, String param) {
        return switch (json.token()) {
            case TRUE -> true;
            case FALSE, NULL -> false;
            default -> throw wrong(param, json, "true, false or null");
        };
    }

    /// An integer from 1 to `most`, or -1 for null.
    static long positive(JsonReader json, String param, long most) {
        if (json.token() == Token.NULL) {
            return -1;
        }
        long value = 0;
        if (json.token() == Token.NUMBER) {
            try {
                value = json.longValue();
            } catch (JsonException _) {
                // Not integral, or too large: refused below like any other that is out of range.
            }
        }
        if (value < 1 || value > most) {
            throw wrong(param, json, "an integer from 1 to %d, or null".formatted(most));
        }
        return value;
    }

    /// An output limit, or -1 for null.
    static long limit(JsonReader json, String param) {
        return positive(json, param, Usage.TOKENS_MAX);
    }

    /// A string, or null.
    static @Nullable String text(JsonReader json, String param) {
        return switch (json.token()) {
            case STRING -> json.text();
            case NULL -> null;
            default -> throw wrong(param, json, "a string or null");
        };
    }

    /// The name of an end user, cut to what we record; empty is none.
    static @Nullable String endUser(JsonReader json, String param) {
        String name = text(json, param);
        if (name == null || name.isEmpty()) {
            return null;
        }
        return name.length() > END_USER_CHARS_MAX ? name.substring(0, END_USER_CHARS_MAX) : name;
    }

    /// Whether an object begins; null passes.
    static boolean object(JsonReader json, String param) {
        return begins(json, param, Token.OBJECT_START, "an object or null");
    }

    /// Whether an array begins; null passes.
    static boolean array(JsonReader json, String param) {
        return begins(json, param, Token.ARRAY_START, "an array or null");
    }

    private static boolean begins(JsonReader json, String param, Token kind, String expected) {
        if (json.token() == kind) {
            return true;
        }
        if (json.token() == Token.NULL) {
            return false;
        }
        throw wrong(param, json, expected);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
