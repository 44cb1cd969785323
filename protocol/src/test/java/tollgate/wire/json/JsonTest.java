package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;
import tollgate.wire.json.Json.Arr;
import tollgate.wire.json.Json.Bool;
import tollgate.wire.json.Json.Nil;
import tollgate.wire.json.Json.Num;
import tollgate.wire.json.Json.Obj;
import tollgate.wire.json.Json.Str;

class JsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Json parse(String text) {
        return Json.parse(bytes(text));
    }

    @Test
    void treesKeepNumbersAndOrder() {
        String text =
                "{\"z\":1.10,\"a\":[1e400,-0,12345678901234567890,true,false,null,{}],\"m\":\"\u00e9\",\"e\":[]}";
        Json tree = parse(text);
        assertThat(tree).hasToString(text);
        assertThat(tree.toBytes()).isEqualTo(bytes(text));
        assertThat(((Obj) tree).members().keySet()).containsExactly("z", "a", "m", "e");
        assertThat(((Obj) tree).find("a"))
                .contains(
                        new Arr(
                                List.of(
                                        new Num("1e400"),
                                        new Num("-0"),
                                        new Num("12345678901234567890"),
                                        Bool.TRUE,
                                        Bool.FALSE,
                                        Nil.NIL,
                                        Json.obj())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1,]|byte 3", "{\"a\":1}x|byte 7", "{\"a\":1,\"a\":2}|byte 7", "|byte 0"})
    void whatIsNoJsonIsNoTree(String text, String at) {
        assertThatThrownBy(() -> parse(text == null ? "" : text))
                .isInstanceOf(JsonException.class)
                .hasMessageStartingWith(at + ": ");
    }

    @Test
    void ofTwoMembersOfOneNameTheLastCountsForProviders() {
        assertThat(Json.parse(bytes("{\"a\":1,\"b\":2,\"a\":3}"), JsonLimits.TOLERANT))
                .hasToString("{\"a\":3,\"b\":2}");
    }

    @Test
    void bodiesMustBeObjects() {
        assertThat(Json.parseObject(bytes(" {\"a\":1}"))).hasToString("{\"a\":1}");
        refuse(
                () -> Json.parseObject(bytes("[1]")),
                null,
                "body: found an array (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("\"prompt\"")),
                null,
                "body: found a string (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("7")),
                null,
                "body: found a number (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("true")),
                null,
                "body: found true (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("false")),
                null,
                "body: found false (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("null")),
                null,
                "body: found null (expected: an object)");
        refuse(
                () -> Json.parseObject(bytes("{]")),
                null,
                "body: not valid JSON, byte 1: found ']' (expected: a member's name in quotes)");
        assertThat(Json.kind(Json.obj())).isEqualTo("an object");
    }

    private static void refuse(Runnable reading, @Nullable String param, String message) {
        assertThatThrownBy(reading::run)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isEqualTo(new BadRequest(param, message)));
    }

    @Test
    void objectsAreBuiltMemberByMember() {
        Obj built =
                Json.obj()
                        .put("text", "x\"y")
                        .put("none", (String) null)
                        .put("count", 3L)
                        .put("money", new Money(10_800))
                        .put("yes", true)
                        .put("no", false)
                        .put("list", List.of(Json.of(1), Json.of("two")))
                        .put("strings", Json.strings(List.of("a", "b")))
                        .put("inner", Json.obj().put("a", 1));
        assertThat(built)
                .hasToString(
                        "{\"text\":\"x\\\"y\",\"none\":null,\"count\":3,\"money\":0.0000108,\"yes\":true,\"no\":false,"
                            + "\"list\":[1,\"two\"],\"strings\":[\"a\",\"b\"],\"inner\":{\"a\":1}}");
        assertThat(Json.obj()).hasToString("{}");
    }

    @Test
    void puttingAgainReplacesInPlaceAndLeavesTheFirstAlone() {
        Obj first = Json.obj().put("a", 1).put("b", 2);
        Obj second = first.put("a", 3);
        assertThat(first).hasToString("{\"a\":1,\"b\":2}");
        assertThat(second).hasToString("{\"a\":3,\"b\":2}");
    }

    @Test
    void treesDoNotChangeWithWhatTheyWereMadeOf() {
        Map<String, Json> members = new LinkedHashMap<>(Map.of("a", Json.of(1)));
        Obj object = new Obj(members);
        members.clear();
        assertThat(object).hasToString("{\"a\":1}");
        assertThatThrownBy(() -> object.members().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void membersAreReadByType() {
        Obj object =
                (Obj)
                        parse(
                                "{\"s\":\"x\",\"i\":5,\"w\":5.0,\"t\":true,\"f\":false,\"o\":{\"a\":1},\"a\":[1],\"n\":null}");
        assertThat(object.string("s")).contains("x");
        assertThat(object.integer("i")).hasValue(5);
        assertThat(object.integer("w")).hasValue(5);
        assertThat(object.bool("t")).contains(true);
        assertThat(object.bool("f")).contains(false);
        assertThat(object.object("o")).contains(Json.obj().put("a", 1));
        assertThat(object.array("a")).contains(List.of(Json.of(1)));
        assertThat(object.has("n")).isTrue();
        assertThat(object.has("x")).isFalse();
        assertThat(object.find("n")).contains(Nil.NIL);
        assertThat(object.find("x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "x"})
    void whatIsNullOrMissingIsEmpty(String name) {
        Obj object = (Obj) parse("{\"n\":null}");
        assertThat(object.string(name)).isEmpty();
        assertThat(object.integer(name)).isEmpty();
        assertThat(object.bool(name)).isEmpty();
        assertThat(object.object(name)).isEmpty();
        assertThat(object.array(name)).isEmpty();
    }

    @Test
    void wrongTypesAreTheCallersMistake() {
        Obj object = (Obj) parse("{\"s\":\"secret\",\"i\":5.5,\"a\":[],\"o\":{},\"b\":true}");
        refuse(() -> object.string("i"), "i", "i: found the number 5.5 (expected: a string)");
        refuse(() -> object.integer("s"), "s", "s: found a string (expected: a 64-bit integer)");
        refuse(
                () -> object.integer("i"),
                "i",
                "i: found the number 5.5 (expected: a 64-bit integer)");
        refuse(() -> object.bool("a"), "a", "a: found an array (expected: true or false)");
        refuse(() -> object.object("b"), "b", "b: found true (expected: an object)");
        refuse(() -> object.array("o"), "o", "o: found an object (expected: an array)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "1 ", " 1", "01", "NaN", "1,2", "\"1\"", "true", "+1", "1e10001"})
    void onlyJsonsNumbersAreNumbers(String text) {
        assertThatThrownBy(() -> new Num(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("number: %d characters (expected: a JSON number)", text.length());
    }

    @Test
    void numbersTellWhetherTheyAreLongs() {
        assertThat(new Num("9223372036854775807").findLong()).hasValue(Long.MAX_VALUE);
        assertThat(new Num("9223372036854775808").findLong()).isEmpty();
        assertThat(new Num("2.50e1").findLong()).hasValue(25);
        assertThat(new Num("0.5").findLong()).isEmpty();
    }

    @Test
    void textsAreEscapedWhereTheyMustBe() {
        assertThat(new Str("\"\\/\b\f\n\r\t\0\u001f\u007f\u00e9\u20ac\ud83d\ude00<>&'"))
                .hasToString(
                        "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\u007f\u00e9\u20ac\ud83d\ude00<>&'\"");
        assertThat(new Str("a b")).hasToString("\"a b\"");
        assertThat(new Str("\ud83d")).hasToString("\"\\ud83d\"");
        assertThat(new Str("\ude00x\ud83d")).hasToString("\"\\ude00x\\ud83d\"");
        assertThat(new Str("\ud83d\ud83d\ude00")).hasToString("\"\\ud83d\ud83d\ude00\"");
        assertThat(new Obj(Map.of("a\"b", Bool.TRUE))).hasToString("{\"a\\\"b\":true}");
        assertThat(JsonWriter.quoted("\u00e9\"")).isEqualTo(bytes("\"\u00e9\\\"\""));
    }

    @Test
    void everyCharacterIsReadAsItWasWritten() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= 0xffff; c++) {
            if (!Character.isSurrogate((char) c)) {
                all.append((char) c);
            }
        }
        all.appendCodePoint(0x10000).appendCodePoint(0x10ffff).appendCodePoint(0x1f600);
        assertThat(parse(new Str(all.toString()).toString())).isEqualTo(new Str(all.toString()));
    }

    @Test
    void valuesComeFromTheirJavaKinds() {
        assertThat(Json.of((String) null)).isEqualTo(Nil.NIL);
        assertThat(Json.of("x")).isEqualTo(new Str("x"));
        assertThat(Json.of(-5)).isEqualTo(new Num("-5"));
        assertThat(Json.of(Money.usd(10))).isEqualTo(new Num("10"));
        assertThat(Json.of(true)).isEqualTo(Bool.TRUE);
        assertThat(Json.of(false)).isEqualTo(Bool.FALSE);
        assertThat(Json.arr(List.of())).hasToString("[]");
        assertThat(Json.arr(List.of(Nil.NIL, Json.of(2)))).hasToString("[null,2]");
    }

    @Test
    void onlyValuesCanBeRead() {
        JsonReader reader = new JsonReader(bytes("{}"), JsonLimits.STRICT);
        assertThatThrownBy(() -> Json.read(reader)).isInstanceOf(IllegalStateException.class);
        reader.next();
        assertThat(Json.read(reader)).isEqualTo(Json.obj());
        assertThatThrownBy(() -> Json.read(reader))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("token: OBJECT_END");
    }
}
