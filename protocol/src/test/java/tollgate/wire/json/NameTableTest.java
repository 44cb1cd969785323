package tollgate.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
    private static final NameTable TABLE =
            NameTable.of(List.of("model", "messages", "stream", "n", "top_k", "az"));

    private static JsonReader at(String name) {
        byte[] text = ("{\"" + name + "\":1}").getBytes(StandardCharsets.UTF_8);
        JsonReader reader = new JsonReader(text, JsonLimits.STRICT);
        reader.next();
        reader.next();
        return reader;
    }

    @ParameterizedTest
    @CsvSource({
        "model,0",
        "messages,1",
        "stream,2",
        "n,3",
        "top_k,4",
        "m\\u006fdel,0",
        "\\u006e,3",
        "Model,-1",
        "mode,-1",
        "models,-1",
        "'',-1",
        "m\\u0000del,-1",
        "modèl,-1"
    })
    void namesAreFoundHoweverTheyAreWritten(String name, int number) {
        assertThat(TABLE.find(at(name))).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "Model,0",
        "MODEL,0",
        "mODEl,0",
        "\\u004dodel,0",
        "ſtream,2",
        "meſsageS,1",
        "top_\u212A,4",
        "TOP_K,4",
        "N,3",
        "AZ,5",
        "aZ,5",
        "[z,-1",
        "a@,-1",
        "model,0",
        "model2,-1",
        "mode,-1",
        "'',-1",
        "ｍodel,-1",
        "top[k,-1",
        "top@k,-1"
    })
    void namesInAnotherCaseAreNoticed(String name, int number) {
        assertThat(TABLE.findCaseVariant(at(name))).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 64, 500})
    void tablesOfAllSizesFindTheirNames(int size) {
        List<String> names = IntStream.range(0, size).mapToObj(i -> "name" + i * 37).toList();
        NameTable table = NameTable.of(names);
        for (int i = 0; i < size; i++) {
            assertThat(table.find(at(names.get(i)))).isEqualTo(i);
        }
        assertThat(table.find(at("other"))).isEqualTo(-1);
    }

    @Test
    void namesOfOneHashAreToldApart() {
        NameTable table = NameTable.of(List.of("Aa", "BB", "AaAa", "BBBB", "AaBB"));
        assertThat(table.find(at("BB"))).isEqualTo(1);
        assertThat(table.find(at("BBBB"))).isEqualTo(3);
        assertThat(table.find(at("AaBB"))).isEqualTo(4);
        assertThat(table.find(at("BBAa"))).isEqualTo(-1);
    }

    @Test
    void spansKnowTheirLength() {
        assertThat(new Span(3, 10).length()).isEqualTo(7);
        assertThat(new Span(0, 0).length()).isZero();
        assertThatThrownBy(() -> new Span(-1, 2))
                .hasMessage("span: -1 to 2 (expected: 0 <= from <= to)");
        assertThatThrownBy(() -> new Span(3, 2))
                .hasMessage("span: 3 to 2 (expected: 0 <= from <= to)");
    }
}
