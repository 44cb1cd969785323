package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is JSON and what is not. Where parsers in the wild disagree the strict manner refuses, so
/// that nobody behind us can read another request than we judged; the tolerant one takes it.
class JsonConformanceTest {
    /// One text: `refusal` is empty when it is taken.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(String name, byte[] text, String refusal) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case taken(String name, String text) {
        return new Case(name, text.getBytes(StandardCharsets.UTF_8), "");
    }

    private static Case refused(String name, String text, String refusal) {
        return new Case(name, text.getBytes(StandardCharsets.UTF_8), refusal);
    }

    /// Hexadecimal bytes between quotes.
    private static Case bytesTaken(String name, String hex) {
        return new Case(name, HexFormat.of().parseHex("22" + hex + "22"), "");
    }

    private static Case bytesRefused(String name, String hex, String refusal) {
        return new Case(name, HexFormat.of().parseHex("22" + hex + "22"), refusal);
    }

    /// The same verdict in both manners.
    static List<Case> everywhere() {
        return List.of(
                refused("delete", "\u007f", "byte 0: found 0x7f (expected: a value)"),
                refused("tilde", "~", "byte 0: found '~' (expected: a value)"),
                refused("exclamation mark", "!", "byte 0: found '!' (expected: a value)"),
                taken("empty object", "{}"),
                taken("empty array", "[]"),
                taken("bare string", "\"x\""),
                taken("bare number", "0"),
                taken("bare words", "[true,false,null]"),
                taken("white space everywhere", " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \r\n"),
                taken("nested", "{\"a\":{\"b\":[{\"c\":[[]]}]}}"),
                taken(
                        "names that repeat in other objects",
                        "{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}"),
                refused("nothing", "", "byte 0: found the end of the text (expected: a value)"),
                refused(
                        "white space only",
                        "  ",
                        "byte 2: found the end of the text (expected: a value)"),
                refused(
                        "two values",
                        "1 2",
                        "byte 2: found '2' (expected: nothing after the value)"),
                refused(
                        "value and comma",
                        "{},",
                        "byte 2: found ',' (expected: nothing after the value)"),
                refused(
                        "trailing NUL",
                        "{}\0",
                        "byte 2: found 0x00 (expected: nothing after the value)"),
                refused(
                        "form feed is no white space",
                        "\f1",
                        "byte 0: found 0x0c (expected: a value)"),
                refused(
                        "vertical tab is no white space",
                        "[1,\u000b2]",
                        "byte 3: found 0x0b (expected: a value)"),
                refused("no-break space", "[\u00a01]", "byte 1: found 0xc2 (expected: a value)"),
                refused("byte order mark", "\ufeff{}", "byte 0: found 0xef (expected: a value)"),
                refused("trailing comma in array", "[1,]", "byte 3: found ']' (expected: a value)"),
                refused(
                        "trailing comma in object",
                        "{\"a\":1,}",
                        "byte 7: found '}' (expected: a member's name in quotes)"),
                refused("leading comma", "[,1]", "byte 1: found ',' (expected: a value)"),
                refused(
                        "leading comma in object",
                        "{,\"a\":1}",
                        "byte 1: found ',' (expected: a member's name in quotes)"),
                refused("two commas", "[1,,2]", "byte 3: found ',' (expected: a value)"),
                refused("missing comma", "[1 2]", "byte 3: found '2' (expected: ',' or ']')"),
                refused(
                        "missing comma in object",
                        "{\"a\":1 \"b\":2}",
                        "byte 7: found '\"' (expected: ',' or '}')"),
                refused("missing colon", "{\"a\" 1}", "byte 5: found '1' (expected: ':')"),
                refused(
                        "missing colon at the end",
                        "{\"a\"",
                        "byte 4: found the end of the text (expected: ':')"),
                refused("missing value", "{\"a\":}", "byte 5: found '}' (expected: a value)"),
                refused(
                        "missing value at the end",
                        "{\"a\":",
                        "byte 5: found the end of the text (expected: a value)"),
                refused(
                        "name without quotes",
                        "{a:1}",
                        "byte 1: found 'a' (expected: a member's name in quotes)"),
                refused(
                        "name that is a number",
                        "{1:1}",
                        "byte 1: found '1' (expected: a member's name in quotes)"),
                refused(
                        "name in single quotes",
                        "{'a':1}",
                        "byte 1: found ''' (expected: a member's name in quotes)"),
                refused(
                        "open object",
                        "{",
                        "byte 1: found the end of the text (expected: a member's name in quotes)"),
                refused(
                        "open object after comma",
                        "{\"a\":1,",
                        "byte 7: found the end of the text (expected: a member's name in quotes)"),
                refused(
                        "open object after value",
                        "{\"a\":1",
                        "byte 6: found the end of the text (expected: ',' or '}')"),
                refused("open array", "[", "byte 1: found the end of the text (expected: a value)"),
                refused(
                        "open array after value",
                        "[1",
                        "byte 2: found the end of the text (expected: ',' or ']')"),
                refused("wrong close of array", "[1}", "byte 2: found '}' (expected: ',' or ']')"),
                refused(
                        "wrong close of object",
                        "{\"a\":1]",
                        "byte 6: found ']' (expected: ',' or '}')"),
                refused("close without open", "]", "byte 0: found ']' (expected: a value)"),
                refused("comment", "/* */1", "byte 0: found '/' (expected: a value)"),
                refused(
                        "line comment",
                        "1 // x",
                        "byte 2: found '/' (expected: nothing after the value)"),
                refused("half a word", "tru", "byte 3: found the end of the text (expected: true)"),
                refused("word in capitals", "True", "byte 0: found 'T' (expected: a value)"),
                refused(
                        "word with more",
                        "nullx",
                        "byte 4: found 'x' (expected: nothing after the value)"),
                refused("misspelt false", "fals3", "byte 4: found '3' (expected: false)"),
                refused("misspelt null", "nule", "byte 3: found 'e' (expected: null)"),
                refused("undefined", "undefined", "byte 0: found 'u' (expected: a value)"));
    }

    static List<Case> numbers() {
        return List.of(
                refused(
                        "65 digits in an array",
                        "[1, " + "1".repeat(65) + "]",
                        "byte 4: a number of 65 characters (expected: at most 64)"),
                taken("zero", "0"),
                taken("minus zero", "-0"),
                taken("fraction", "-12.50"),
                taken("exponents", "[1e5,1E+5,1e-05,0e0,0.0e-0]"),
                taken("64 digits", "1".repeat(64)),
                taken("exponent at the limit", "1e400"),
                taken("negative exponent at the limit", "1e-400"),
                taken("exponent with zeros in front", "1e0000400"),
                refused("NaN", "NaN", "byte 0: found 'N' (expected: a value)"),
                refused("Infinity", "Infinity", "byte 0: found 'I' (expected: a value)"),
                refused("-Infinity", "-Infinity", "byte 1: found 'I' (expected: a digit)"),
                refused("plus", "+1", "byte 0: found '+' (expected: a value)"),
                refused(
                        "minus alone",
                        "-",
                        "byte 1: found the end of the text (expected: a digit)"),
                refused(
                        "leading zero",
                        "01",
                        "byte 1: found '1' (expected: nothing after the value)"),
                refused(
                        "leading zero after minus",
                        "[-01]",
                        "byte 3: found '1' (expected: ',' or ']')"),
                refused("point first", ".5", "byte 0: found '.' (expected: a value)"),
                refused(
                        "point last",
                        "1.",
                        "byte 2: found the end of the text (expected: a digit)"),
                refused("point without digit", "[1.e5]", "byte 3: found 'e' (expected: a digit)"),
                refused(
                        "exponent without digit",
                        "1e",
                        "byte 2: found the end of the text (expected: a digit)"),
                refused(
                        "exponent with sign alone",
                        "[1e+]",
                        "byte 4: found ']' (expected: a digit)"),
                refused(
                        "hexadecimal",
                        "0x10",
                        "byte 1: found 'x' (expected: nothing after the value)"),
                refused(
                        "separators",
                        "1_000",
                        "byte 1: found '_' (expected: nothing after the value)"),
                refused("arabic digit", "\u0665", "byte 0: found 0xd9 (expected: a value)"),
                refused(
                        "arabic digit in a number",
                        "1\u0665",
                        "byte 1: found 0xd9 (expected: nothing after the value)"),
                refused(
                        "65 digits",
                        "1".repeat(65),
                        "byte 0: a number of 65 characters (expected: at most 64)"),
                refused(
                        "a million digits",
                        "9".repeat(1_000_000),
                        "byte 0: a number of 1000000 characters (expected: at most 64)"),
                refused(
                        "exponent past the limit",
                        "1e401",
                        "byte 2: a larger exponent (expected: at most 400)"),
                refused(
                        "negative exponent past the limit",
                        "1e-401",
                        "byte 3: a larger exponent (expected: at most 400)"),
                refused(
                        "exponent beyond an int",
                        "1e99999999999999999999",
                        "byte 2: a larger exponent (expected: at most 400)"));
    }

    static List<Case> strings() {
        return List.of(
                refused(
                        "hexadecimal digits and a space",
                        "\"\\u00 1\"",
                        "byte 5: found 0x20 (expected: four hexadecimal digits)"),
                taken("every short escape", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
                taken("escaped NUL", "\"\\u0000\""),
                taken("hexadecimal of both cases", "\"\\u00eF\\uABcd\""),
                taken("escaped pair", "\"\\ud83d\\ude00\""),
                taken("pair at the ends of its range", "\"\\ud800\\udc00\\udbff\\udfff\""),
                taken("delete is no control character", "\"\u007f\""),
                taken("characters of two, three, four bytes", "\"\u00e9\u20ac\ud83d\ude00\""),
                refused(
                        "open string",
                        "\"abc",
                        "byte 4: found the end of the text (expected: the string's closing quote)"),
                refused(
                        "open string after escape",
                        "\"abc\\\"",
                        "byte 6: found the end of the text (expected: the string's closing quote)"),
                refused(
                        "backslash last",
                        "\"\\",
                        "byte 2: found the end of the text (expected: one of \" \\ / b f n r t u"
                                + " after a backslash)"),
                refused(
                        "unknown escape",
                        "\"\\x41\"",
                        "byte 2: found 'x' (expected: one of \" \\ / b f n r t u after a"
                                + " backslash)"),
                refused(
                        "escaped single quote",
                        "\"\\'\"",
                        "byte 2: found ''' (expected: one of \" \\ / b f n r t u after a"
                                + " backslash)"),
                refused(
                        "capital U",
                        "\"\\U0041\"",
                        "byte 2: found 'U' (expected: one of \" \\ / b f n r t u after a"
                                + " backslash)"),
                refused(
                        "three hexadecimal digits",
                        "\"\\u123\"",
                        "byte 6: found '\"' (expected: four hexadecimal digits)"),
                refused(
                        "no hexadecimal digit",
                        "\"\\u12g4\"",
                        "byte 5: found 'g' (expected: four hexadecimal digits)"),
                refused(
                        "hexadecimal digit with sign",
                        "\"\\u+123\"",
                        "byte 3: found '+' (expected: four hexadecimal digits)"),
                refused(
                        "hexadecimal digits cut off",
                        "\"\\u12",
                        "byte 5: found the end of the text (expected: four hexadecimal digits)"),
                refused(
                        "line feed",
                        "\"a\nb\"",
                        "byte 2: found 0x0a (expected: control characters escaped)"),
                refused(
                        "tab",
                        "\"\t\"",
                        "byte 1: found 0x09 (expected: control characters escaped)"),
                refused(
                        "NUL",
                        "\"\0\"",
                        "byte 1: found 0x00 (expected: control characters escaped)"),
                refused(
                        "last control character",
                        "\"\u001f\"",
                        "byte 1: found 0x1f (expected: control characters escaped)"),
                refused(
                        "tab after a long text",
                        "\"" + "x".repeat(21) + "\t\"",
                        "byte 22: found 0x09 (expected: control characters escaped)"),
                refused("single quotes", "'a'", "byte 0: found ''' (expected: a value)"));
    }

    /// Refused in the strict manner, taken in the tolerant one.
    static List<Case> disputed() {
        return List.of(
                refused(
                        "second member before a space",
                        "{\"a\":1,\"a\" :2}",
                        "byte 7: found a second member \"a\" (expected: each name once)"),
                refused(
                        "second member after a space",
                        "{\"a\" :1, \"a\":2}",
                        "byte 9: found a second member \"a\" (expected: each name once)"),
                refused(
                        "second member of 40 characters",
                        "{\"%1$s\":1,\"%1$s\":2}".formatted("n".repeat(40)),
                        "byte 46: found a second member \"%s\" (expected: each name once)"
                                .formatted("n".repeat(40))),
                refused(
                        "second member",
                        "{\"a\":1,\"a\":2}",
                        "byte 7: found a second member \"a\" (expected: each name once)"),
                refused(
                        "second member, escaped",
                        "{\"ab\":1,\"\\u0061b\":2}",
                        "byte 8: found a second member \"ab\" (expected: each name once)"),
                refused(
                        "second member, first escaped",
                        "{\"\\u0061b\":1,\"ab\":2}",
                        "byte 13: found a second member \"ab\" (expected: each name once)"),
                refused(
                        "second member, escaped in two ways",
                        "{\"\\u00e9\":1,\"\\u00E9\":2}",
                        "byte 12: found a second member \"\u00e9\" (expected: each name once)"),
                refused(
                        "second member, escaped and plain",
                        "{\"\u00e9\":1,\"\\u00E9\":2}",
                        "byte 8: found a second member \"\u00e9\" (expected: each name once)"),
                refused(
                        "second empty name",
                        "{\"\":1,\"\":2}",
                        "byte 6: found a second member \"\" (expected: each name once)"),
                refused(
                        "second member at depth",
                        "[{\"x\":{\"a\":1,\"b\":[{\"a\":0}],\"a\":2}}]",
                        "byte 27: found a second member \"a\" (expected: each name once)"),
                refused(
                        "second member after an object of its names",
                        "{\"a\":{\"b\":1},\"b\":2,\"a\":3}",
                        "byte 19: found a second member \"a\" (expected: each name once)"),
                refused(
                        "long second member",
                        "{\"%1$s\":1,\"%1$s\":2}".formatted("n".repeat(41)),
                        "byte 47: found a second member of 41 characters (expected: each name"
                                + " once)"),
                refused(
                        "half a pair, high",
                        "\"\\ud83d\"",
                        "byte 1: found half a surrogate pair, \\ud83d (expected: both halves)"),
                refused(
                        "half a pair, low",
                        "\"x\\ude00\"",
                        "byte 2: found half a surrogate pair, \\ude00 (expected: both halves)"),
                refused(
                        "half a pair before text",
                        "\"\\ud83dxxxxxx\"",
                        "byte 1: found half a surrogate pair, \\ud83d (expected: both halves)"),
                refused(
                        "half a pair before another escape",
                        "\"\\ud83d\\n00000\"",
                        "byte 1: found half a surrogate pair, \\ud83d (expected: both halves)"),
                refused(
                        "two high halves",
                        "\"\\ud83d\\ud83d\"",
                        "byte 1: found half a surrogate pair, \\ud83d (expected: both halves)"),
                refused(
                        "halves in the wrong order",
                        "\"\\ude00\\ud83d\"",
                        "byte 1: found half a surrogate pair, \\ude00 (expected: both halves)"),
                refused(
                        "half a pair in a name",
                        "{\"\\ud83d\":1}",
                        "byte 2: found half a surrogate pair, \\ud83d (expected: both halves)"));
    }

    /// Bytes that are no UTF-8: likewise.
    static List<Case> malformed() {
        return List.of(
                bytesRefused(
                        "continuation alone",
                        "80",
                        "byte 1: found 0x80 in no character (expected: UTF-8)"),
                bytesRefused(
                        "overlong of one byte in two, c0",
                        "c0af",
                        "byte 1: found 0xc0 in no character (expected: UTF-8)"),
                bytesRefused(
                        "overlong of one byte in two, c1",
                        "c1bf",
                        "byte 1: found 0xc1 in no character (expected: UTF-8)"),
                bytesRefused(
                        "two bytes, second missing",
                        "c2",
                        "byte 1: found 0xc2 in no character (expected: UTF-8)"),
                bytesRefused(
                        "two bytes, second is none",
                        "41c2c2",
                        "byte 2: found 0xc2 in no character (expected: UTF-8)"),
                bytesRefused(
                        "overlong in three",
                        "e09fbf",
                        "byte 1: found 0xe0 in no character (expected: UTF-8)"),
                bytesRefused(
                        "three bytes, third is text",
                        "e28241",
                        "byte 1: found 0xe2 in no character (expected: UTF-8)"),
                bytesRefused(
                        "three bytes, third missing",
                        "e282",
                        "byte 1: found 0xe2 in no character (expected: UTF-8)"),
                bytesRefused(
                        "three bytes, second too large",
                        "e2c080",
                        "byte 1: found 0xe2 in no character (expected: UTF-8)"),
                bytesRefused(
                        "surrogate in three bytes",
                        "eda080",
                        "byte 1: found 0xed in no character (expected: UTF-8)"),
                bytesRefused(
                        "surrogate pair in six bytes",
                        "eda0bdedb880",
                        "byte 1: found 0xed in no character (expected: UTF-8)"),
                bytesRefused(
                        "overlong in four",
                        "f08fbfbf",
                        "byte 1: found 0xf0 in no character (expected: UTF-8)"),
                bytesRefused(
                        "beyond the last character",
                        "f4908080",
                        "byte 1: found 0xf4 in no character (expected: UTF-8)"),
                bytesRefused(
                        "four bytes, fourth missing",
                        "f09f98",
                        "byte 1: found 0xf0 in no character (expected: UTF-8)"),
                bytesRefused(
                        "four bytes, third is text",
                        "f09f4180",
                        "byte 1: found 0xf0 in no character (expected: UTF-8)"),
                bytesRefused(
                        "first byte of five",
                        "f888808080",
                        "byte 1: found 0xf8 in no character (expected: UTF-8)"),
                bytesRefused(
                        "f5", "f5808080", "byte 1: found 0xf5 in no character (expected: UTF-8)"),
                bytesRefused("ff", "ff", "byte 1: found 0xff in no character (expected: UTF-8)"),
                bytesRefused(
                        "Latin-1",
                        "636166e9",
                        "byte 4: found 0xe9 in no character (expected: UTF-8)"));
    }

    static List<Case> wellFormed() {
        return List.of(
                bytesTaken("first of two bytes", "c280"),
                bytesTaken("last of two bytes", "dfbf"),
                bytesTaken("first of three bytes", "e0a080"),
                bytesTaken("last before the surrogates", "ed9fbf"),
                bytesTaken("first after the surrogates", "ee8080"),
                bytesTaken("no character, but well formed", "efbfbf"),
                bytesTaken("byte order mark inside", "efbbbf"),
                bytesTaken("first of four bytes", "f0908080"),
                bytesTaken("middle of four bytes", "f1808080"),
                bytesTaken("last of all", "f48fbfbf"));
    }

    @ParameterizedTest
    @MethodSource({"everywhere", "numbers", "strings", "wellFormed"})
    void oneVerdictInBothManners(Case text) {
        judge(text, JsonLimits.STRICT);
        judge(text, JsonLimits.TOLERANT);
    }

    @ParameterizedTest
    @MethodSource({"disputed", "malformed"})
    void i83WhatParsersReadDifferentlyIsRefusedFromCallersAndTakenFromProviders(Case text) {
        judge(text, JsonLimits.STRICT);
        judge(new Case(text.name, text.text, ""), JsonLimits.TOLERANT);
    }

    @Test
    void halfAPairIsSeenAsSuchWhereverTheTextEnds() {
        String text = "\"\\ud83d\\ude00\"";
        for (int length = 7; length < 13; length++) {
            byte[] cut = text.substring(0, length).getBytes(StandardCharsets.UTF_8);
            String expected =
                    length < 9
                            ? "byte 1: found half a surrogate pair, \\ud83d (expected: both halves)"
                            : "byte %d: found the end of the text (expected: four hexadecimal digits)"
                                    .formatted(length);
            assertThatThrownBy(() -> read(cut, JsonLimits.STRICT)).hasMessage(expected);
        }
    }

    /// A cut inside a character is seen as such wherever the array ends.
    @ParameterizedTest
    @MethodSource("wellFormed")
    void charactersThatAreCutOffAreRefused(Case text) {
        for (int length = 2; length < text.text.length - 1; length++) {
            byte[] cut = java.util.Arrays.copyOf(text.text, length);
            assertThatThrownBy(() -> read(cut, JsonLimits.STRICT))
                    .isInstanceOf(JsonException.class)
                    .hasMessageEndingWith(
                            "found 0x%02x in no character (expected: UTF-8)".formatted(cut[1]));
        }
    }

    private static void judge(Case text, JsonLimits limits) {
        if (text.refusal.isEmpty()) {
            read(text.text, limits);
            skip(text.text, limits);
            return;
        }
        assertThatThrownBy(() -> read(text.text, limits))
                .isInstanceOf(JsonException.class)
                .hasMessage(text.refusal);
        assertThatThrownBy(() -> skip(text.text, limits))
                .isInstanceOf(JsonException.class)
                .hasMessage(text.refusal);
    }

    private static void read(byte[] text, JsonLimits limits) {
        JsonReader reader = new JsonReader(text, limits);
        Token token = reader.next();
        while (token != Token.END) {
            token = reader.next();
        }
        assertThat(reader.depth()).isZero();
        assertThat(reader.end()).isEqualTo(text.length);
    }

    /// What is passed over is judged alike.
    private static void skip(byte[] text, JsonLimits limits) {
        JsonReader reader = new JsonReader(text, limits);
        reader.next();
        reader.skipValue();
        assertThat(reader.next()).isEqualTo(Token.END);
    }
}
