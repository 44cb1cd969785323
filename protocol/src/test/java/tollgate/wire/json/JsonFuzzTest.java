package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our reader against Jackson in its strict dress and the JDK's UTF-8 decoder, on texts that are
/// nearly JSON. Where Jackson takes more than we do, the test says so in [#verdict].
class JsonFuzzTest {
    private static final int TEXTS =
            "full".equals(System.getProperty("tollgate.counts")) ? 2_000_000 : 20_000;
    private static final JsonMapper JACKSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    /// Jackson takes exponents that we refuse; JsonLimitsTest has ours.
    private static final JsonLimits LIMITS =
            new JsonLimits(
                    64, 1_000, 9_999, 1 << 20, 1 << 20, 1_000, 1_000, JsonLimits.Manner.STRICT);

    private static final Pattern LONG_EXPONENT = Pattern.compile("[eE][+-]?\\d{5}");

    /// What makes texts that nearly are JSON.
    private static final String[] SCRAPS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"a\"",
        "\"b\":",
        "\"a\":1",
        "{}",
        "[]",
        "0",
        "-",
        "1.5",
        "1e5",
        "1E+4",
        "1e-40",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\t",
        "\r",
        "\\u00",
        "\\ud83d",
        "\\ude00",
        "\\u0061",
        "\\n",
        "\u00e9",
        "\u20ac",
        "\ud83d\ude00",
        "\ufeff",
        "\u0000",
        "\u001f",
        "\"\\u0061\":",
        "00",
        "-0",
        ".5",
        "5.",
        "NaN",
        "Infinity",
        "'",
        "/*x*/",
        "\"long text that is longer than eight\""
    };

    @Test
    void judgesAsJacksonDoes() {
        RandomGenerator random = new Random(20261124);
        int taken = 0;
        for (int i = 0; i < TEXTS; i++) {
            byte[] text = text(random);
            if (check(text)) {
                taken++;
            }
        }
        assertThat(taken).as("texts that are JSON, of " + TEXTS).isGreaterThan(TEXTS / 10);
        assertThat(taken).as("texts that are JSON, of " + TEXTS).isLessThan(TEXTS * 9 / 10);
    }

    private static boolean check(byte[] text) {
        String shown = new String(text, StandardCharsets.UTF_8);
        if (LONG_EXPONENT.matcher(shown).find()) {
            return false;
        }
        JsonNode theirs = verdict(text);
        Json ours = null;
        String refusal = "";
        try {
            ours = Json.parse(text, LIMITS);
        } catch (JsonException e) {
            refusal = e.getMessage();
        }
        if (theirs == null) {
            assertThat(ours).as("taken, though Jackson refuses it: " + shown).isNull();
            return false;
        }
        if (ours == null) {
            throw new AssertionError("refused, though Jackson takes it: " + refusal + ": " + shown);
        }
        assertSame(ours, theirs);
        return true;
    }

    /// Jackson's tree, or null when the text is to be refused. Jackson takes a byte order mark,
    /// half surrogates in escapes, some bytes that are no UTF-8, and near NULs looks for UTF-16.
    private static @Nullable JsonNode verdict(byte[] text) {
        String decoded;
        try {
            decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(text))
                            .toString();
        } catch (CharacterCodingException _) {
            return null;
        }
        if (decoded.startsWith("\ufeff") || decoded.indexOf('\0') >= 0) {
            return null;
        }
        try {
            JsonNode tree = JACKSON.readTree(text);
            return tree.isMissingNode() || hasHalfSurrogate(tree) ? null : tree;
        } catch (JacksonException _) {
            return null;
        }
    }

    private static boolean hasHalfSurrogate(JsonNode tree) {
        if (tree.isString() && isHalf(tree.stringValue())) {
            return true;
        }
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            if (isHalf(member.getKey())) {
                return true;
            }
        }
        for (JsonNode child : tree) {
            if (hasHalfSurrogate(child)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHalf(String text) {
        return !StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static void assertSame(Json ours, JsonNode theirs) {
        switch (ours) {
            case Json.Obj(var members) -> {
                assertThat(theirs.isObject()).isTrue();
                assertThat(members.keySet().stream().toList())
                        .isEqualTo(List.copyOf(theirs.propertyNames()));
                members.forEach((name, value) -> assertSame(value, theirs.get(name)));
            }
            case Json.Arr(var elements) -> {
                assertThat(theirs.isArray()).isTrue();
                assertThat(elements).hasSize(theirs.size());
                for (int i = 0; i < elements.size(); i++) {
                    assertSame(elements.get(i), theirs.get(i));
                }
            }
            case Json.Str(var text) -> assertThat(text).isEqualTo(theirs.stringValue());
            case Json.Num(var text) -> assertThat(theirs.decimalValue()).isEqualByComparingTo(text);
            case Json.Bool bool ->
                    assertThat(theirs.booleanValue()).isEqualTo(bool == Json.Bool.TRUE);
            case Json.Nil _ -> assertThat(theirs.isNull()).isTrue();
        }
    }

    private static byte[] text(RandomGenerator random) {
        byte[] text =
                random.nextInt(3) == 0
                        ? scraps(random)
                        : value(random, 0).getBytes(StandardCharsets.UTF_8);
        int spoils = random.nextInt(3);
        for (int i = 0; i < spoils && text.length > 0; i++) {
            text = spoiled(random, text);
        }
        return text;
    }

    private static byte[] scraps(RandomGenerator random) {
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            text.append(SCRAPS[random.nextInt(SCRAPS.length)]);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// A value that is JSON, but for members of one name, which the small stock of names makes now
    /// and then.
    private static String value(RandomGenerator random, int depth) {
        String space = random.nextInt(8) == 0 ? " \t\r\n".substring(random.nextInt(4)) : "";
        String value =
                switch (random.nextInt(depth < 5 ? 9 : 6)) {
                    case 0 -> "null";
                    case 1 -> random.nextBoolean() ? "true" : "false";
                    case 2 -> number(random);
                    case 3, 4, 5 -> string(random);
                    case 6 -> container(random, depth, '[', ']');
                    default -> container(random, depth, '{', '}');
                };
        return space + value + space;
    }

    private static String container(RandomGenerator random, int depth, char open, char close) {
        StringBuilder text = new StringBuilder().append(open);
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",");
            if (open == '{') {
                text.append(
                        random.nextInt(4) == 0
                                ? string(random)
                                : "\"" + (char) ('a' + random.nextInt(20)) + "\"");
                text.append(':');
            }
            text.append(value(random, depth + 1));
        }
        return text.append(close).toString();
    }

    private static String number(RandomGenerator random) {
        String text = Long.toString(random.nextLong() >> random.nextInt(64));
        if (random.nextBoolean()) {
            text += "." + random.nextInt(1_000);
        }
        return random.nextInt(3) == 0 ? text + "e" + (random.nextInt(60) - 30) : text;
    }

    private static String string(RandomGenerator random) {
        StringBuilder text = new StringBuilder("\"");
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(8)) {
                case 0 -> text.append("\\u%04x".formatted(random.nextInt(0xd800)));
                case 1 -> text.append("\\").append("\"\\/bfnrt".charAt(random.nextInt(8)));
                case 2 -> text.appendCodePoint(0x80 + random.nextInt(0xd000));
                case 3 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append("plain ").append(random.nextInt(100));
            }
        }
        return text.append('"').toString();
    }

    private static byte[] spoiled(RandomGenerator random, byte[] text) {
        int at = random.nextInt(text.length);
        return switch (random.nextInt(4)) {
            case 0 -> {
                byte[] changed = text.clone();
                changed[at] = (byte) random.nextInt(256);
                yield changed;
            }
            case 1 -> joined(text, at, at + 1, "");
            case 2 -> joined(text, at, at, SCRAPS[random.nextInt(SCRAPS.length)]);
            default -> joined(text, at, text.length, "");
        };
    }

    /// `text` with `scrap` in place of `[from, to)`.
    private static byte[] joined(byte[] text, int from, int to, String scrap) {
        byte[] middle = scrap.getBytes(StandardCharsets.UTF_8);
        ByteBuffer joined = ByteBuffer.allocate(text.length - (to - from) + middle.length);
        joined.put(text, 0, from).put(middle).put(text, to, text.length - to);
        return joined.array();
    }
}
