package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonReader reader(String text) {
        return new JsonReader(bytes(text), JsonLimits.STRICT);
    }

    /// A reader at the first token of `text`.
    private static JsonReader at(String text) {
        JsonReader reader = reader(text);
        reader.next();
        return reader;
    }

    @Test
    void tokensComeInOrderWithTheirBytes() {
        JsonReader reader = reader(" {\"a\" : [1, \"x\", true ,false,null] }");
        List<String> seen = new ArrayList<>();
        Token token;
        do {
            token = reader.next();
            assertThat(reader.token()).isEqualTo(token);
            seen.add(
                    "%s %d-%d ,%d @%d"
                            .formatted(
                                    token,
                                    reader.start(),
                                    reader.end(),
                                    reader.comma(),
                                    reader.depth()));
        } while (token != Token.END);
        assertThat(seen)
                .containsExactly(
                        "OBJECT_START 1-2 ,-1 @1",
                        "NAME 2-5 ,-1 @1",
                        "ARRAY_START 8-9 ,-1 @2",
                        "NUMBER 9-10 ,-1 @2",
                        "STRING 12-15 ,10 @2",
                        "TRUE 17-21 ,15 @2",
                        "FALSE 23-28 ,22 @2",
                        "NULL 29-33 ,28 @2",
                        "ARRAY_END 33-34 ,28 @1",
                        "OBJECT_END 35-36 ,28 @0",
                        "END 36-36 ,28 @0");
    }

    @Test
    void theFirstMemberAfterANestedOneHasItsOwnComma() {
        JsonReader reader = at("{\"a\":[0,0],\"b\":1}");
        reader.next();
        reader.skipValue();
        assertThat(reader.token()).isEqualTo(Token.ARRAY_END);
        assertThat(reader.next()).isEqualTo(Token.NAME);
        assertThat(reader.comma()).isEqualTo(10);
        assertThat(reader.start()).isEqualTo(11);
    }

    @Test
    void onlyTheRangeIsRead() {
        byte[] text = bytes("xx[1]yy");
        JsonReader reader = new JsonReader(text, 2, 5, JsonLimits.STRICT);
        assertThat(reader.next()).isEqualTo(Token.ARRAY_START);
        assertThat(reader.next()).isEqualTo(Token.NUMBER);
        assertThat(reader.start()).isEqualTo(3);
        assertThat(reader.next()).isEqualTo(Token.ARRAY_END);
        assertThat(reader.next()).isEqualTo(Token.END);
        assertThat(reader.start()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"-1,3", "2,1", "0,8", "8,8"})
    void aRangeOutsideTheBytesIsAMistake(int from, int to) {
        assertThatThrownBy(() -> new JsonReader(new byte[7], from, to, JsonLimits.STRICT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range: %d to %d (expected: inside 0 to 7)", from, to);
    }

    @Test
    void aStringThatEndsWithTheRangeIsOpen() {
        byte[] text = bytes("\"0123456\"");
        JsonReader reader = new JsonReader(text, 0, 8, JsonLimits.STRICT);
        assertThatThrownBy(reader::next)
                .hasMessage(
                        "byte 8: found the end of the text (expected: the string's closing quote)");
    }

    @Test
    void aReaderForgetsItsFirstTextForItsSecond() {
        JsonReader reader = at("{\"a\":{\"b\":[1");
        reader.next();
        reader.next();
        reader.next();
        byte[] second = bytes("[\"x\"]");
        reader.over(second, 0, second.length);
        assertThat(reader.token()).isEqualTo(Token.END);
        assertThat(reader.depth()).isZero();
        assertThat(reader.comma()).isEqualTo(-1);
        assertThat(reader.next()).isEqualTo(Token.ARRAY_START);
        assertThat(reader.next()).isEqualTo(Token.STRING);
        assertThat(reader.text()).isEqualTo("x");
        assertThat(reader.next()).isEqualTo(Token.ARRAY_END);
        assertThat(reader.next()).isEqualTo(Token.END);
    }

    @Test
    void namesOfAnAbandonedTextAreForgotten() {
        StringBuilder many = new StringBuilder("{\"x\":1");
        for (int i = 0; i < 40; i++) {
            many.append(",\"n").append(i).append("\":").append(i);
        }
        JsonReader reader = at(many.toString());
        for (int i = 0; i < 60; i++) {
            reader.next();
        }
        byte[] second = bytes("{\"n1\":1,\"x\":2}");
        reader.over(second, 0, second.length);
        reader.next();
        reader.skipValue();
        assertThat(reader.next()).isEqualTo(Token.END);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"s\":\"v\",\"z\":0}",
                "{\"s\":{\"a\":[1,{\"b\":2}],\"c\":{}},\"z\":0}",
                "{\"s\":[[],[[1]],{}],\"z\":0}",
                "{\"s\":[],\"z\":0}",
                "{\"s\":null,\"z\":0}"
            })
    void skippingLeavesTheReaderBeforeTheNextMember(String text) {
        JsonReader reader = at(text);
        reader.next();
        reader.skipValue();
        assertThat(reader.end()).isEqualTo(text.indexOf(",\"z\""));
        int end = reader.end();
        reader.skipValue();
        assertThat(reader.end()).isEqualTo(end);
        assertThat(reader.next()).isEqualTo(Token.NAME);
        assertThat(reader.text()).isEqualTo("z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"\"|``",
                "\"abc\"|abc",
                "\"a b\"|a b",
                "\"some words, a few more\"|some words, a few more",
                "\"a\\\"b\"|a\"b",
                "\"\\u0061\\ud83d\\ude00\\/\\\\\"|a\ud83d\ude00/\\",
                "\"é€\ud83d\ude00\"|é€\ud83d\ude00",
                "\"é\\n€\"|`é\n€`",
                "\"\\b\\f\\n\\r\\t\"|`\b\f\n\r\t`",
                "\"\\uABcd\\u00ef\"|\uabcd\u00ef",
                "-12.50E+3|-12.50E+3"
            })
    void textsAreDecoded(String json, String expected) {
        JsonReader reader = at(json);
        assertThat(reader.text()).isEqualTo(expected);
        if (reader.token() == Token.STRING) {
            StringBuilder into = new StringBuilder("+");
            reader.text(into);
            assertThat(into).hasToString("+" + expected);
            assertThat(JsonReader.decoded(bytes(json), 0, bytes(json).length)).isEqualTo(expected);
        }
    }

    @Test
    void tolerantTextsShowWhatIsBroken() {
        byte[] text = {
            '[', '"', 'a', (byte) 0xff, 'b', '"', ',', '"', '\\', 'u', 'd', '8', '3', 'd', '"', ']'
        };
        JsonReader reader = new JsonReader(text, JsonLimits.TOLERANT);
        reader.next();
        reader.next();
        assertThat(reader.text()).isEqualTo("a\ufffdb");
        StringBuilder into = new StringBuilder();
        reader.text(into);
        assertThat(into).hasToString("a\ufffdb");
        reader.next();
        assertThat(reader.text()).isEqualTo("\ud83d");
    }

    @Test
    void namesOfAllKindsAreComparedDecoded() {
        JsonReader reader = at("{\"mod\\u0065l\":\"\\u0078\",\"\":\"xy\"}");
        reader.next();
        assertThat(reader.textIs(bytes("model"))).isTrue();
        assertThat(reader.textIs(bytes("mode"))).isFalse();
        assertThat(reader.isEmptyText()).isFalse();
        reader.next();
        assertThat(reader.textIs(bytes("x"))).isTrue();
        reader.next();
        assertThat(reader.isEmptyText()).isTrue();
        assertThat(reader.textIs(bytes(""))).isTrue();
        reader.next();
        assertThat(reader.textIs(bytes("xy"))).isTrue();
        assertThat(reader.textIs(bytes("xz"))).isFalse();
        assertThat(reader.textIs(bytes("xyz"))).isFalse();
    }

    @Test
    void onlyTextsHaveText() {
        JsonReader reader = at("[1]");
        assertThatThrownBy(reader::text).hasMessage("byte 0: found an array (expected: a string)");
        assertThatThrownBy(() -> reader.textIs(bytes("x"))).isInstanceOf(JsonException.class);
        assertThatThrownBy(reader::isEmptyText).isInstanceOf(JsonException.class);
        reader.next();
        assertThatThrownBy(() -> reader.text(new StringBuilder()))
                .hasMessage("byte 1: found the number 1 (expected: a string)");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0,0",
        "7,7",
        "-7,-7",
        "999999999999999999,999999999999999999",
        "-999999999999999999,-999999999999999999",
        "9223372036854775807,9223372036854775807",
        "-9223372036854775808,-9223372036854775808",
        "20.0,20",
        "2e1,20",
        "2.5e1,25",
        "2000e-2,20",
        "0e400,0"
    })
    void integersAreReadExactly(String json, long expected) {
        assertThat(at(json).longValue()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "1e-1",
                "9223372036854775808",
                "-9223372036854775809",
                "1e19",
                "1e400",
                "1e-400",
                "9999999999999999999"
            })
    void whatIsNoLongIsRefused(String json) {
        assertThatThrownBy(() -> at(json).longValue())
                .isInstanceOf(JsonException.class)
                .hasMessage("byte 0: found the number %s (expected: a 64-bit integer)", json);
    }

    @Test
    void onlyNumbersHaveValues() {
        assertThatThrownBy(() -> at("\"5\"").longValue())
                .hasMessage("byte 0: found a string of 1 bytes (expected: an integer)");
        assertThatThrownBy(() -> at("true").longValue())
                .hasMessage("byte 0: found true (expected: an integer)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|an object",
                "[]|an array",
                "\"abc\"|a string of 3 bytes",
                "-1.5|the number -1.5",
                "true|true",
                "false|false",
                "null|null"
            })
    void messagesSayWhatWasFoundButNoText(String json, String expected) {
        assertThat(at(json).found()).isEqualTo(expected);
    }

    @Test
    void stringsAreMeasuredWhereverTheyStand() {
        JsonReader reader = at("[1,\"abc\"]");
        reader.next();
        reader.next();
        assertThat(reader.found()).isEqualTo("a string of 3 bytes");
    }

    @Test
    void endsAndNamesHaveWordsToo() {
        JsonReader reader = at("{\"a\":[]}");
        reader.next();
        assertThat(reader.found()).isEqualTo("a name");
        reader.next();
        reader.next();
        assertThat(reader.found()).isEqualTo("the end of an array");
        reader.next();
        assertThat(reader.found()).isEqualTo("the end of an object");
        reader.next();
        assertThat(reader.found()).isEqualTo("nothing");
    }

    @Test
    void valuesAreGivenAsWritten() {
        JsonReader reader = at("[{\"a\" : 1.50}, \"\\u0061\"]");
        reader.next();
        StringBuilder into = new StringBuilder();
        reader.source(into);
        assertThat(into).hasToString("{\"a\" : 1.50}");
        assertThat(reader.token()).isEqualTo(Token.OBJECT_END);
        reader.next();
        reader.source(into);
        assertThat(into).hasToString("{\"a\" : 1.50}\"\\u0061\"");
    }

    @Test
    void tokensKnowWhetherTheyBeginAValue() {
        List<Token> values = new ArrayList<>();
        for (Token token : Token.values()) {
            if (token.isValue()) {
                values.add(token);
            }
        }
        assertThat(values)
                .containsExactly(
                        Token.OBJECT_START,
                        Token.ARRAY_START,
                        Token.STRING,
                        Token.NUMBER,
                        Token.TRUE,
                        Token.FALSE,
                        Token.NULL);
    }

    @Test
    void offsetsAreToldApart() {
        assertThatThrownBy(() -> at("[x").next())
                .isInstanceOfSatisfying(
                        JsonException.class, e -> assertThat(e.offset()).isEqualTo(1))
                .hasNoCause();
    }

    /// Strings are looked at eight bytes at a time: a quote, an escape or a bad byte must be found
    /// wherever it stands.
    @Test
    void whatEndsAStringIsFoundAtEveryOffset() {
        for (int before = 0; before < 20; before++) {
            for (int after = 0; after < 20; after++) {
                String text = "x".repeat(before);
                String rest = "y".repeat(after);
                assertThat(at("\"" + text + "\\t" + rest + "\"").text())
                        .isEqualTo(text + "\t" + rest);
                assertThat(at("\"" + text + "\u20ac" + rest + "\"").text())
                        .isEqualTo(text + "\u20ac" + rest);
                JsonReader reader = at("[\"" + text + "\",\"" + rest + "\"]");
                reader.next();
                assertThat(reader.text()).isEqualTo(text);
                reader.next();
                assertThat(reader.text()).isEqualTo(rest);
                int at = before + 1;
                assertThatThrownBy(() -> at("\"" + text + "\u0001" + rest + "\""))
                        .hasMessage(
                                "byte %d: found 0x01 (expected: control characters escaped)", at);
            }
        }
    }

    @Test
    void everyByteInAStringIsJudged() {
        for (int b = 0; b < 256; b++) {
            byte[] text = bytes("\"0123456789_123456789\"");
            text[10] = (byte) b;
            boolean plain = b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
            JsonReader reader = new JsonReader(text, JsonLimits.STRICT);
            if (plain) {
                assertThat(reader.next()).isEqualTo(Token.STRING);
                assertThat(reader.end()).isEqualTo(text.length);
            } else if (b == '"') {
                assertThat(reader.next()).isEqualTo(Token.STRING);
                assertThat(reader.end()).isEqualTo(11);
            } else {
                assertThatThrownBy(reader::next).isInstanceOf(JsonException.class);
            }
        }
    }
}
