package tollgate.wire.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads one JSON text (RFC 8259) token by token, without a tree and without allocating for tokens
/// that nobody asks the text of. For one thread; [#over] makes it start again on other bytes.
///
/// Everything passed over is judged as strictly as what is read: grammar, limits and, in the strict
/// manner, UTF-8, surrogates and member names of their own in every object. A byte order mark is
/// refused. Every method that moves throws [JsonException].
public final class JsonReader {
    private static final int VALUE = 0;
    private static final int VALUE_OR_END = 1;
    private static final int NAME = 2;
    private static final int NAME_OR_END = 3;
    private static final int AFTER_VALUE = 4;

    private final JsonLexer lexer;
    private final NamesSeen names = new NamesSeen();

    /// A bit a level, 1 = object; the innermost container is bit `depth - 1`.
    private long objects;

    private int depth;
    private int[] entries = new int[8];
    private int next = VALUE;
    private int position;

    private Token token = Token.END;
    private int start;
    private int end;
    private int comma = -1;
    private boolean escaped;
    private int nameHash;

    /// Reads `bytes[from, to)`.
    public JsonReader(byte[] bytes, int from, int to, JsonLimits limits) {
        lexer = new JsonLexer(bytes, to, limits);
        over(bytes, from, to);
    }

    /// Reads all of `bytes`.
    public JsonReader(byte[] bytes, JsonLimits limits) {
        this(bytes, 0, bytes.length, limits);
    }

    /// Forgets everything and begins at `bytes[from, to)`.
    public void over(byte[] bytes, int from, int to) {
        if (from < 0 || from > to || to > bytes.length) {
            throw new IllegalArgumentException(
                    "range: %d to %d (expected: inside 0 to %d)".formatted(from, to, bytes.length));
        }
        lexer.bytes = bytes;
        lexer.to = to;
        names.clear();
        objects = 0;
        depth = 0;
        next = VALUE;
        position = from;
        token = Token.END;
        start = from;
        end = from;
        comma = -1;
        escaped = false;
    }

    /// Moves to the next token and returns it; [Token#END] once the value is over and nothing but
    /// white space followed.
    public Token next() {
        int p = lexer.space(position);
        if (next == AFTER_VALUE) {
            if (depth == 0) {
                return finish(p);
            }
            if (p >= lexer.to || lexer.bytes[p] != ',') {
                return close(p);
            }
            comma = p;
            p = lexer.space(p + 1);
            next = isInObject() ? NAME : VALUE;
        } else if (next == VALUE_OR_END || next == NAME_OR_END) {
            if (p < lexer.to && lexer.bytes[p] == closing()) {
                return close(p);
            }
            comma = -1;
        }
        return next == NAME || next == NAME_OR_END ? name(p) : value(p);
    }

    /// The token that [#next()] returned last.
    public Token token() {
        return token;
    }

    /// Where the current token begins.
    public int start() {
        return start;
    }

    /// Where the current token ends; strings and names include their quotes.
    public int end() {
        return end;
    }

    /// Where the comma before the current name or array element stands; -1 for the first.
    public int comma() {
        return comma;
    }

    /// How many containers are open, the one just begun included.
    public int depth() {
        return depth;
    }

    /// Moves to the last token of the value that belongs to the current name, or that has just
    /// begun; it is judged like everything else.
    public void skipValue() {
        if (token == Token.NAME) {
            next();
        }
        if (token == Token.OBJECT_START || token == Token.ARRAY_START) {
            int outside = depth - 1;
            while (depth > outside) {
                next();
            }
        }
    }

    /// The decoded text of a string or name, or a number as written.
    public String text() {
        if (token == Token.NUMBER) {
            return new String(lexer.bytes, start, end - start, StandardCharsets.ISO_8859_1);
        }
        requireText();
        if (!escaped) {
            return Utf8.plain(lexer.bytes, start + 1, end - 1);
        }
        StringBuilder text = new StringBuilder(end - start);
        text(text);
        return text.toString();
    }

    /// Appends the decoded text of a string or name.
    public void text(StringBuilder into) {
        requireText();
        Utf8.decode(lexer.bytes, start + 1, end - 1, into);
    }

    /// The text of a string that was read before and stood at `bytes[from, to)`, quotes included.
    public static String decoded(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        Utf8.decode(bytes, from + 1, to - 1, text);
        return text.toString();
    }

    /// Appends the value that begins here as it is written, and moves to its end.
    public void source(StringBuilder into) {
        int from = start;
        skipValue();
        into.append(Utf8.plain(lexer.bytes, from, end));
    }

    /// Whether the current string or name has no characters.
    public boolean isEmptyText() {
        requireText();
        return end - start == 2;
    }

    /// Whether the current string or name reads as these ASCII characters.
    public boolean textIs(byte[] ascii) {
        requireText();
        if (escaped) {
            return text().equals(new String(ascii, StandardCharsets.ISO_8859_1));
        }
        return Arrays.equals(lexer.bytes, start + 1, end - 1, ascii, 0, ascii.length);
    }

    /// The current number as a long, when it is integral and fits (`20`, `2e1`, `20.0`).
    ///
    /// @throws JsonException when it is neither, or the token is no number
    public long longValue() {
        if (token != Token.NUMBER) {
            throw new JsonException(start, "found %s (expected: an integer)".formatted(found()));
        }
        int digits = lexer.bytes[start] == '-' ? start + 1 : start;
        if (end - digits > 18) {
            return exactLong();
        }
        long value = 0;
        for (int p = digits; p < end; p++) {
            byte b = lexer.bytes[p];
            if (!JsonLexer.isDigit(b)) {
                return exactLong();
            }
            value = value * 10 + b - '0';
        }
        return digits == start ? value : -value;
    }

    private long exactLong() {
        try {
            return new BigDecimal(text()).longValueExact();
        } catch (ArithmeticException _) {
            throw new JsonException(
                    start, "found %s (expected: a 64-bit integer)".formatted(found()));
        }
    }

    /// The current token for a message: what it is, and for a number which one. Never a text.
    public String found() {
        return switch (token) {
            case NUMBER -> "the number " + text();
            case STRING -> "a string of %d bytes".formatted(end - start - 2);
            default -> token.words();
        };
    }

    int nameHash() {
        return nameHash;
    }

    private boolean isInObject() {
        return (objects >>> (depth - 1) & 1) != 0;
    }

    private byte closing() {
        return (byte) (isInObject() ? '}' : ']');
    }

    private void requireText() {
        if (token != Token.STRING && token != Token.NAME) {
            throw new JsonException(start, "found %s (expected: a string)".formatted(found()));
        }
    }

    private Token finish(int p) {
        if (p < lexer.to) {
            throw lexer.unexpected(p, "nothing after the value");
        }
        return at(Token.END, p, p);
    }

    private Token close(int p) {
        boolean object = isInObject();
        if (p >= lexer.to || lexer.bytes[p] != closing()) {
            throw lexer.unexpected(p, object ? "',' or '}'" : "',' or ']'");
        }
        if (object && lexer.isStrict()) {
            names.close(depth);
        }
        depth--;
        next = AFTER_VALUE;
        return at(object ? Token.OBJECT_END : Token.ARRAY_END, p, p + 1);
    }

    private Token name(int p) {
        if (p >= lexer.to || lexer.bytes[p] != '"') {
            throw lexer.unexpected(p, "a member's name in quotes");
        }
        count(p, lexer.limits.membersMax(), "members");
        int after = lexer.name(p);
        escaped = lexer.escaped;
        nameHash = lexer.nameHash;
        at(Token.NAME, p, after);
        if (lexer.isStrict() && !names.add(depth, lexer.bytes, p + 1, after - 1, nameHash)) {
            throw new JsonException(
                    p, "found a second member %s (expected: each name once)".formatted(shown()));
        }
        int colon = lexer.space(after);
        if (colon >= lexer.to || lexer.bytes[colon] != ':') {
            throw lexer.unexpected(colon, "':'");
        }
        position = colon + 1;
        next = VALUE;
        return Token.NAME;
    }

    /// The current name for a message; a long one could be somebody's text.
    private String shown() {
        String name = text();
        return name.length() <= 40 ? '"' + name + '"' : "of %d characters".formatted(name.length());
    }

    private void count(int p, int most, String what) {
        if (++entries[depth] > most) {
            throw new JsonException(
                    p,
                    "found more than %d %s in one container (expected: at most %d)"
                            .formatted(most, what, most));
        }
    }

    private Token value(int p) {
        if (p >= lexer.to) {
            throw lexer.unexpected(p, "a value");
        }
        if (depth > 0 && !isInObject()) {
            count(p, lexer.limits.elementsMax(), "elements");
        }
        byte b = lexer.bytes[p];
        next = AFTER_VALUE;
        return switch (b) {
            case '"' -> string(p);
            case '{' -> open(p, Token.OBJECT_START);
            case '[' -> open(p, Token.ARRAY_START);
            case 't' -> at(Token.TRUE, p, lexer.word(p, "true"));
            case 'f' -> at(Token.FALSE, p, lexer.word(p, "false"));
            case 'n' -> at(Token.NULL, p, lexer.word(p, "null"));
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
                    at(Token.NUMBER, p, lexer.number(p));
            default -> throw lexer.unexpected(p, "a value");
        };
    }

    private Token string(int p) {
        int after = lexer.string(p, lexer.limits.stringBytesMax());
        escaped = lexer.escaped;
        return at(Token.STRING, p, after);
    }

    private Token open(int p, Token kind) {
        if (depth == lexer.limits.depthMax()) {
            throw new JsonException(
                    p,
                    "found a container at depth %d (expected: at most %d)"
                            .formatted(depth + 1, depth));
        }
        depth++;
        if (depth == entries.length) {
            entries = Arrays.copyOf(entries, depth * 2);
        }
        entries[depth] = 0;
        if (kind == Token.OBJECT_START) {
            objects |= 1L << (depth - 1);
            next = NAME_OR_END;
            if (lexer.isStrict()) {
                names.open(depth);
            }
        } else {
            objects &= ~(1L << (depth - 1));
            next = VALUE_OR_END;
        }
        return at(kind, p, p + 1);
    }

    private Token at(Token kind, int from, int to) {
        token = kind;
        start = from;
        end = to;
        position = to;
        return kind;
    }
}
