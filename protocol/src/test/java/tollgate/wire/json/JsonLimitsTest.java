package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// I-85: each limit at the limit, one past it and a hundred times it.
class JsonLimitsTest {
    private static final JsonLimits SMALL =
            new JsonLimits(3, 8, 20, 12, 6, 4, 5, JsonLimits.Manner.STRICT);

    private static void read(String text, JsonLimits limits) {
        JsonReader reader = new JsonReader(text.getBytes(StandardCharsets.UTF_8), limits);
        reader.next();
        reader.skipValue();
        assertThat(reader.next()).isEqualTo(Token.END);
    }

    private static void refuse(String text, JsonLimits limits, String message) {
        assertThatThrownBy(() -> read(text, limits))
                .isInstanceOf(JsonException.class)
                .hasMessage(message);
    }

    private static String nested(int depth, String open, String close) {
        return open.repeat(depth) + close.repeat(depth);
    }

    @Test
    void i85Depth() {
        read(nested(64, "[", "]"), JsonLimits.STRICT);
        refuse(
                nested(65, "[", "]"),
                JsonLimits.STRICT,
                "byte 64: found a container at depth 65 (expected: at most 64)");
        refuse(
                nested(6_400, "[", "]"),
                JsonLimits.TOLERANT,
                "byte 64: found a container at depth 65 (expected: at most 64)");
        read("{\"a\":[{}]}", SMALL);
        refuse(
                "{\"a\":[{\"b\":{}}]}",
                SMALL,
                "byte 11: found a container at depth 4 (expected: at most 3)");
    }

    @Test
    void containersOfBothKindsAreToldApartAtEveryDepth() {
        String open = "";
        String close = "";
        for (int depth = 0; depth < 64; depth++) {
            boolean object = (depth * 7 / 3) % 2 == 0;
            open += object ? "{\"k\":" : "[";
            close = (object ? "}" : "]") + close;
            read(open + "1" + close, JsonLimits.STRICT);
            String wrong = (object ? "]" : "}") + close.substring(1);
            String message =
                    "byte %d: found '%s' (expected: ',' or '%s')"
                            .formatted(open.length() + 1, wrong.charAt(0), object ? '}' : ']');
            refuse(open + "1" + wrong, JsonLimits.STRICT, message);
        }
    }

    @Test
    void i85NumberLength() {
        read("12345678", SMALL);
        read("-1.25e10", SMALL);
        refuse("123456789", SMALL, "byte 0: a number of 9 characters (expected: at most 8)");
        refuse("[-1.25e100]", SMALL, "byte 7: a larger exponent (expected: at most 20)");
        refuse("1".repeat(800), SMALL, "byte 0: a number of 800 characters (expected: at most 8)");
        read("1e20", SMALL);
        refuse("1e21", SMALL, "byte 2: a larger exponent (expected: at most 20)");
        refuse("1e2000", SMALL, "byte 2: a larger exponent (expected: at most 20)");
    }

    @Test
    void i85StringLength() {
        read("\"" + "x".repeat(12) + "\"", SMALL);
        refuse(
                "\"" + "x".repeat(13) + "\"",
                SMALL,
                "byte 0: a string of 13 bytes (expected: at most 12)");
        refuse(
                "[\"" + "x".repeat(1_200) + "\"]",
                SMALL,
                "byte 1: a string of 1200 bytes (expected: at most 12)");
    }

    @Test
    void i85NameLength() {
        read("{\"123456\":1}", SMALL);
        refuse("{\"1234567\":1}", SMALL, "byte 1: a string of 7 bytes (expected: at most 6)");
        refuse(
                "{\"" + "n".repeat(600) + "\":1}",
                SMALL,
                "byte 1: a string of 600 bytes (expected: at most 6)");
        read("{\"" + "n".repeat(65_536) + "\":1}", JsonLimits.STRICT);
        refuse(
                "{\"" + "n".repeat(65_537) + "\":1}",
                JsonLimits.STRICT,
                "byte 1: a string of 65537 bytes (expected: at most 65536)");
    }

    private static String members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"n" + i + "\":" + i)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String elements(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "0")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void i85Members() {
        read(members(4), SMALL);
        refuse(
                members(5),
                SMALL,
                "byte 29: found more than 4 members in one container (expected: at most 4)");
        refuse(
                members(400),
                SMALL,
                "byte 29: found more than 4 members in one container (expected: at most 4)");
        read("[{\"a\":1,\"b\":2,\"c\":3,\"d\":4},{\"e\":5}]", SMALL);
        read(members(100_000), JsonLimits.STRICT);
        assertThatThrownBy(() -> read(members(100_001), JsonLimits.STRICT))
                .hasMessageEndingWith(
                        "found more than 100000 members in one container (expected: at most"
                                + " 100000)");
    }

    @Test
    void i85Elements() {
        read(elements(5), SMALL);
        refuse(
                elements(6),
                SMALL,
                "byte 11: found more than 5 elements in one container (expected: at most 5)");
        refuse(
                elements(500),
                SMALL,
                "byte 11: found more than 5 elements in one container (expected: at most 5)");
        read("[[0,0,0,0],[0],[0,0,0,0,0]]", SMALL);
        read("{\"a\":[0,0,0,0,0],\"b\":[0,0,0,0,0],\"c\":1,\"d\":2}", SMALL);
    }

    @Test
    void theLimitsOfBothManners() {
        assertThat(JsonLimits.STRICT)
                .isEqualTo(
                        new JsonLimits(
                                64,
                                64,
                                400,
                                268_435_456,
                                65_536,
                                100_000,
                                4_000_000,
                                JsonLimits.Manner.STRICT));
        assertThat(JsonLimits.TOLERANT)
                .isEqualTo(
                        new JsonLimits(
                                64,
                                64,
                                400,
                                268_435_456,
                                65_536,
                                100_000,
                                4_000_000,
                                JsonLimits.Manner.TOLERANT));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65, -1})
    void aDepthThatCannotBeFollowedIsAMistake(int depth) {
        assertThatThrownBy(() -> new JsonLimits(depth, 1, 1, 1, 1, 1, 1, JsonLimits.Manner.STRICT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depthMax: %d (expected: 1 to 64)", depth);
    }

    @Test
    void everyLimitMustBePositive() {
        refuseLimits("numberCharsMax: 0 (expected: 1 to 1000)", 1, 0, 1, 1, 1, 1, 1);
        refuseLimits("numberCharsMax: 1001 (expected: 1 to 1000)", 1, 1_001, 1, 1, 1, 1, 1);
        refuseLimits("exponentMax: 0 (expected: 1 to 10000)", 1, 1, 0, 1, 1, 1, 1);
        refuseLimits("exponentMax: 10001 (expected: 1 to 10000)", 1, 1, 10_001, 1, 1, 1, 1);
        refuseLimits("stringBytesMax: 0 (expected: 1 to 2147483647)", 1, 1, 1, 0, 1, 1, 1);
        refuseLimits("nameBytesMax: 0 (expected: 1 to 1)", 1, 1, 1, 1, 0, 1, 1);
        refuseLimits("nameBytesMax: 2 (expected: 1 to 1)", 1, 1, 1, 1, 2, 1, 1);
        refuseLimits("membersMax: 0 (expected: 1 to 2147483647)", 1, 1, 1, 1, 1, 0, 1);
        refuseLimits("elementsMax: 0 (expected: 1 to 2147483647)", 1, 1, 1, 1, 1, 1, 0);
    }

    private static void refuseLimits(String message, int... l) {
        assertThatThrownBy(() ->
                        new JsonLimits(
                                l[0], l[1], l[2], l[3], l[4], l[5], l[6], JsonLimits.Manner.STRICT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /// Around the number of names from which a set takes over, in each place a second one can
    /// stand.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 22, 23, 24, 25, 26, 100})
    void i83ASecondNameIsFoundAmongMany(int count) {
        String members = members(count);
        read(members, JsonLimits.STRICT);
        for (int twin = 0; twin < count; twin++) {
            String text = members.substring(0, members.length() - 1) + ",\"n" + twin + "\":0}";
            refuse(
                    text,
                    JsonLimits.STRICT,
                    "byte %d: found a second member \"n%d\" (expected: each name once)"
                            .formatted(members.length(), twin));
            String escaped = text.replace("\"n" + twin + "\":0}", "\"\\u006e" + twin + "\":0}");
            refuse(
                    escaped,
                    JsonLimits.STRICT,
                    "byte %d: found a second member \"n%d\" (expected: each name once)"
                            .formatted(members.length(), twin));
        }
    }

    /// Inner objects with many names leave the outer one's names as they were.
    @ParameterizedTest
    @ValueSource(ints = {3, 40})
    void namesOfInnerObjectsAreForgottenWhenTheyEnd(int inner) {
        String outer = members(30);
        String text =
                outer.substring(0, outer.length() - 1)
                        + ",\"x\":"
                        + members(inner)
                        + ",\"y\":"
                        + members(inner);
        read(text + ",\"z\":1}", JsonLimits.STRICT);
        refuse(
                text + ",\"n29\":1}",
                JsonLimits.STRICT,
                "byte %d: found a second member \"n29\" (expected: each name once)"
                        .formatted(text.length() + 1));
    }

    @Test
    void namesAreKeptApartAtEveryDepth() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            text.append("{\"a\":1,\"b\":2,\"c\":");
        }
        String open = text.toString();
        read(open + "0" + "}".repeat(60), JsonLimits.STRICT);
        for (int level = 0; level < 60; level++) {
            String close = "}".repeat(level) + ",\"b\":9" + "}".repeat(60 - level);
            refuse(
                    open + "0" + close,
                    JsonLimits.STRICT,
                    "byte %d: found a second member \"b\" (expected: each name once)"
                            .formatted(open.length() + 2 + level));
        }
    }

    @ParameterizedTest
    @EnumSource(JsonLimits.Manner.class)
    void namesThatShareOneHashStayFast(JsonLimits.Manner manner) {
        // "Aa" and "BB" have one hash in base 31: 2^14 names, all alike to it.
        String text =
                IntStream.range(0, 1 << 14)
                        .mapToObj(i ->
                                IntStream.range(0, 14)
                                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                                        .collect(Collectors.joining("", "\"", "\":1")))
                        .collect(Collectors.joining(",", "{", "}"));
        JsonLimits limits =
                new JsonLimits(64, 64, 400, 1 << 28, 1 << 16, 100_000, 4_000_000, manner);
        long from = System.nanoTime();
        read(text, limits);
        assertThat(System.nanoTime() - from).as("nanoseconds").isLessThan(5_000_000_000L);
    }
}
