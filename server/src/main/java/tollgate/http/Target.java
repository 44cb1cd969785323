package tollgate.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The target of a request, apart: a path that begins with `/` and perhaps a query, both as they
/// came. Nothing is normalised, since two readers that normalise differently route differently;
/// what would invite it is refused instead.
record Target(String path, @Nullable String query) {
    static final Target NONE = new Target("/", null);

    /// Reads a request's target.
    ///
    /// @throws Refused when it is not in origin form, or would mean different things to different
    ///   readers: other than visible ASCII, a fragment, a broken or null escape, dot segments
    static Target of(String uri) {
        if (uri.isEmpty() || uri.charAt(0) != '/') {
            throw Refused.framing("the request target does not begin with a slash");
        }
        int mark = uri.indexOf('?');
        int end = mark < 0 ? uri.length() : mark;
        checkCharacters(uri);
        if (uri.indexOf("/.") >= 0 || uri.indexOf("/%2") >= 0) {
            checkSegments(uri.substring(0, end));
        }
        int pathEnd = end > 1 && uri.charAt(end - 1) == '/' ? end - 1 : end;
        return new Target(
                pathEnd == uri.length() ? uri : uri.substring(0, pathEnd),
                mark < 0 ? null : uri.substring(mark + 1));
    }

    private static void checkCharacters(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                throw Refused.framing(
                        "the request target holds 0x%02x (expected: it escaped)"
                                .formatted((int) c));
            }
            if (c == '%') {
                checkEscape(uri, i);
            }
        }
    }

    private static void checkEscape(String uri, int at) {
        if (at + 2 >= uri.length()) {
            throw Refused.framing("the request target ends inside an escape");
        }
        int high = hex(uri.charAt(at + 1));
        int low = hex(uri.charAt(at + 2));
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            throw Refused.framing("the request target has a malformed or null escape");
        }
    }

    private static void checkSegments(String path) {
        for (String segment : path.split("/", -1)) {
            String plain = segment.replace("%2e", ".").replace("%2E", ".");
            if (plain.equals(".") || plain.equals("..")) {
                throw Refused.framing("the path has dot segments (expected: none)");
            }
        }
    }

    /// The first value of a parameter of the query, decoded, or null.
    @Nullable String parameter(String name) {
        if (query == null) {
            return null;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (decode(key).equals(name)) {
                return equals < 0 ? "" : decode(pair.substring(equals + 1));
            }
        }
        return null;
    }

    /// Decodes escapes, known to be well-formed, and `+`.
    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) (hex(text.charAt(i + 1)) << 4 | hex(text.charAt(i + 2)));
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' ? ' ' : c);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static int hex(char c) {
        return c < 0x7f ? Character.digit(c, 16) : -1;
    }
}
