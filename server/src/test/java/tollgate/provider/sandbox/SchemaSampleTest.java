package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollgate.wire.json.Json;

final class SchemaSampleTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    {} | "example"
                    true | null
                    {"type":"string"} | "example"
                    {"type":"string","minLength":9} | "examplexx"
                    {"type":"string","maxLength":2} | "ex"
                    {"type":"string","format":"date"} | "2026-01-01"
                    {"type":["null","integer"]} | 1
                    {"type":"integer"} | 1
                    {"type":"integer","minimum":1.5} | 2
                    {"type":"integer","maximum":0.5} | 0
                    {"type":"integer","exclusiveMinimum":7} | 8
                    {"type":"integer","exclusiveMaximum":0} | -1
                    {"type":"number","multipleOf":0.4} | 1.2
                    {"type":"boolean"} | true
                    {"type":"null"} | null
                    {"const":{"a":1}} | {"a":1}
                    {"enum":["x","y"]} | "x"
                    {"type":"integer","default":5} | 5
                    {"type":"array","items":{"type":"integer"}} | [1]
                    {"type":"array","items":{"type":"integer"},"minItems":2} | [1,1]
                    {"type":"array","maxItems":0} | []
                    {"type":"object","properties":{"a":{}}} | {}
                    {"required":["b","a"],"properties":{"a":{"type":"null"}}} | {"b":"example","a":null}
                    {"anyOf":[{"type":"integer"},{"type":"string"}]} | 1
                    {"allOf":[{"required":["a"]},{"properties":{"a":{"type":"integer"}}}]} | {"a":1}
                    {"$ref":"#/$defs/a~1b","$defs":{"a/b":{"const":3}}} | 3
                    {"$ref":"#/nowhere"} | null
                    {"$ref":"https://example.com"} | "example"
                    """)
    void sampleFitsItsSchema(String schema, String sample) {
        assertThat(sample(schema)).isEqualTo(sample);
    }

    @Test
    void schemasThatHoldThemselvesHaveAnEnd() {
        assertThat(sample("{\"$ref\":\"#\"}")).isEqualTo("null");
        String tree =
                """
                {"type":"object","required":["left","right"],"properties":{
                "left":{"$ref":"#"},"right":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}\
                """;
        assertThat(sample(tree).length()).isLessThan(200_000);
        String list =
                """
                {"type":"object","required":["kids"],"properties":{
                "kids":{"type":"array","items":{"$ref":"#"}}}}\
                """;
        assertThat(sample(list)).startsWith("{\"kids\":[{\"kids\":").endsWith("[]}]}]}]}");
    }

    private static String sample(String schema) {
        return SchemaSample.of(Json.parse(schema.getBytes(StandardCharsets.UTF_8))).toString();
    }
}
