package tollgate.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import tollgate.wire.json.Json.Arr;
import tollgate.wire.json.Json.Bool;
import tollgate.wire.json.Json.Nil;
import tollgate.wire.json.Json.Num;
import tollgate.wire.json.Json.Obj;
import tollgate.wire.json.Json.Str;

/// Writes JSON text, without white space. Quotes, backslashes, control characters and half
/// surrogates are escaped, nothing else.
public final class JsonWriter {
    private static final HexFormat HEX = HexFormat.of();

    private JsonWriter() {}

    /// A string in quotes, as UTF-8.
    public static byte[] quoted(String text) {
        StringBuilder into = new StringBuilder(text.length() + 2);
        string(text, into);
        return into.toString().getBytes(StandardCharsets.UTF_8);
    }

    static String text(Json value) {
        StringBuilder into = new StringBuilder();
        write(value, into);
        return into.toString();
    }

    private static void write(Json value, StringBuilder into) {
        switch (value) {
            case Obj(var members) -> object(members, into);
            case Arr arr -> array(arr, into);
            case Str(var text) -> string(text, into);
            case Num num -> into.append(num);
            case Bool bool -> into.append(bool);
            case Nil nil -> into.append(nil);
        }
    }

    private static void object(Map<String, Json> members, StringBuilder into) {
        char before = '{';
        for (Map.Entry<String, Json> member : members.entrySet()) {
            into.append(before);
            string(member.getKey(), into);
            into.append(':');
            write(member.getValue(), into);
            before = ',';
        }
        if (before == '{') {
            into.append('{');
        }
        into.append('}');
    }

    private static void array(Arr array, StringBuilder into) {
        char before = '[';
        for (Json element : array.elements()) {
            into.append(before);
            write(element, into);
            before = ',';
        }
        if (before == '[') {
            into.append('[');
        }
        into.append(']');
    }

    /// Appends a string in quotes.
    public static void string(String text, StringBuilder into) {
        into.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> into.append("\\\"");
                case '\\' -> into.append("\\\\");
                case '\n' -> into.append("\\n");
                case '\r' -> into.append("\\r");
                case '\t' -> into.append("\\t");
                default -> i += character(text, i, into);
            }
        }
        into.append('"');
    }

    /// Appends the character at `i`; returns how many more chars it took.
    private static int character(String text, int i, StringBuilder into) {
        char c = text.charAt(i);
        if (c < ' ') {
            escape(c, into);
            return 0;
        }
        if (!Character.isSurrogate(c)) {
            into.append(c);
            return 0;
        }
        int point = text.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(point)) {
            escape(c, into);
            return 0;
        }
        into.appendCodePoint(point);
        return 1;
    }

    private static void escape(char c, StringBuilder into) {
        into.append("\\u").append(HEX.toHexDigits(c));
    }
}
