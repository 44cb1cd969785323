package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Usage;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.wire.json.Span;

class EmbeddingsTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static EmbeddingsPeek peek(String body) {
        return EmbeddingsPeek.read(bytes(body));
    }

    private static EmbeddingsPeek input(String input) {
        return peek("{\"model\":\"e\",\"input\":" + input + "}");
    }

    private static void refuse(String body, @Nullable String param, String message) {
        assertThatThrownBy(() -> peek(body))
                .as(body)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isEqualTo(new BadRequest(param, message)));
    }

    private static final String EXPECTED =
            "(expected: a string, or a non-empty array of strings, of token numbers, or of arrays"
                    + " of token numbers)";

    @Test
    void aRequest() {
        byte[] body =
                bytes(
                        "{ \"input\":\"secret\", \"model\" :"
                            + " \"e/x\",\"dimensions\":256,\"encoding_format\":\"base64\",\"user\":\"u\",\"truncate\":{}}");
        EmbeddingsPeek peek = EmbeddingsPeek.read(body);
        assertThat(peek.model()).isEqualTo("e/x");
        assertThat(peek.modelSpan()).isEqualTo(new Span(30, 35));
        assertThat(peek.inputs()).isEqualTo(1);
        assertThat(peek.inputBound()).isEqualTo(8);
        assertThat(peek.dimensions()).isEqualTo(256);
        assertThat(peek.encodingFormat()).isEqualTo("base64");
        assertThat(peek.endUser()).isEqualTo("u");
        assertThat(peek.notPassed()).isEmpty();
        assertThat(peek).hasToString("EmbeddingsPeek[e/x, 1 inputs]");
        assertThat(peek.withModel(body, "e/x")).isSameAs(body);
        assertThat(new String(peek.withModel(body, "other"), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{ \"input\":\"secret\", \"model\" :"
                            + " \"other\",\"dimensions\":256,\"encoding_format\":\"base64\",\"user\":\"u\",\"truncate\":{}}");
    }

    @Test
    void whatIsNotGiven() {
        EmbeddingsPeek peek =
                peek(
                        "{\"model\":\"e\",\"input\":\"x\",\"dimensions\":null,\"encoding_format\":null,\"user\":null}");
        assertThat(peek.dimensions()).isEqualTo(-1);
        assertThat(peek.encodingFormat()).isNull();
        assertThat(peek.endUser()).isNull();
        assertThat(input("\"x\"").dimensions()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"\"|1|2",
                "\"\\u00e9\"|1|8",
                "[\"a\",\"bc\"]|2|7",
                "[\"\"]|1|2",
                "[5]|1|1",
                "[5,6,70000]|1|3",
                "[[5,6],[7]]|2|3",
                "[[5]]|1|1",
                "[[]]|1|0",
                "[[],[1]]|2|1"
            })
    void inputsAreCounted(String input, int inputs, long bound) {
        EmbeddingsPeek peek = input(input);
        assertThat(peek.inputs()).isEqualTo(inputs);
        assertThat(peek.inputBound()).isEqualTo(bound);
    }

    @Test
    void containersInOddPlacesArePassedOver() {
        EmbeddingsPeek peek =
                peek(
                        "{\"x\":{\"input\":[{}]},\"y\":[[1]],\"input\":[[1],[2]],\"models\":null,\"model\":\"e\"}");
        assertThat(peek.inputs()).isEqualTo(2);
        assertThat(peek.model()).isEqualTo("e");
        assertThat(peek("{\"models\":[{}],\"model\":\"e\",\"input\":\"x\"}").notPassed())
                .hasSize(1);
    }

    @Test
    void wrongRequestsAreRefused() {
        refuse(
                "",
                null,
                "body: not valid JSON, byte 0: found the end of the text (expected: a value)");
        refuse("[]", null, "body: found an array (expected: an object)");
        refuse("{\"input\":\"x\"}", "model", "model: found nothing (expected: a non-empty string)");
        refuse("{\"model\":\"e\"}", "input", "input: found nothing " + EXPECTED);
        refuse("{\"model\":\"e\",\"input\":null}", "input", "input: found null " + EXPECTED);
        refuse("{\"model\":\"e\",\"input\":5}", "input", "input: found the number 5 " + EXPECTED);
        refuse("{\"model\":\"e\",\"input\":{}}", "input", "input: found an object " + EXPECTED);
        refuse(
                "{\"model\":\"e\",\"input\":[]}",
                "input",
                "input: found the end of an array " + EXPECTED);
        refuse("{\"model\":\"e\",\"input\":[null]}", "input", "input: found null " + EXPECTED);
        refuse("{\"model\":\"e\",\"input\":[{}]}", "input", "input: found an object " + EXPECTED);
        refuse(
                "{\"model\":\"e\",\"input\":[\"a\",5]}",
                "input[1]",
                "input[1]: found the number 5 (expected: a string)");
        refuse(
                "{\"model\":\"e\",\"input\":[5,\"a\"]}",
                "input[1]",
                "input[1]: found a string of 1 bytes (expected: a number)");
        refuse(
                "{\"model\":\"e\",\"input\":[[5],6]}",
                "input[1]",
                "input[1]: found the number 6 (expected: an array)");
        refuse(
                "{\"model\":\"e\",\"input\":[[\"a\"]]}",
                "input[1]",
                "input[1]: found a string of 1 bytes (expected: a number)");
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"dimensions\":0}",
                "dimensions",
                "dimensions: found the number 0 (expected: an integer from 1 to 1000000, or null)");
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"dimensions\":1000001}",
                "dimensions",
                "dimensions: found the number 1000001 (expected: an integer from 1 to 1000000, or"
                        + " null)");
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"encoding_format\":1}",
                "encoding_format",
                "encoding_format: found the number 1 (expected: a string or null)");
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"Input\":\"y\"}",
                "input",
                "input: found \"Input\" (expected: \"input\")");
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"input\":\"y\"}",
                null,
                "body: not valid JSON, byte 25: found a second member \"input\" (expected: each"
                        + " name once)");
        assertThat(peek("{\"model\":\"e\",\"input\":\"x\",\"dimensions\":1000000}").dimensions())
                .isEqualTo(1_000_000);
    }

    @Test
    void anAnswer() {
        EmbeddingsAnswer answer =
                EmbeddingsAnswer.read(
                        bytes(
                                "{\"object\":\"list\",\"data\":[{\"embedding\":[0.1,-2e-5],\"index\":0},{\"embedding\":\"QUJD\"},5],\"model\":\"e-1\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}"));
        assertThat(answer.kind()).isEqualTo(ChatAnswer.Kind.WHOLE);
        assertThat(answer.usage()).isEqualTo(Usage.of(8, 0));
        assertThat(answer.oddUsage()).isEmpty();
        assertThat(answer.vectors()).isEqualTo(3);
        assertThat(answer.responseModel()).isEqualTo("e-1");
        assertThat(answer.modelSpan()).isEqualTo(new Span(93, 98));
        assertThat(answer.error()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt_tokens\":8,\"total_tokens\":9}|8|0",
                "{\"total_tokens\":12}|12|0",
                "{\"prompt_tokens\":10,\"total_tokens\":10,\"completion_tokens\":2}|10|2",
                "{\"prompt_tokens\":10}|10|0"
            })
    void reportsOfInputAlone(String usage, long input, long output) {
        assertThat(EmbeddingsAnswer.read(bytes("{\"data\":[],\"usage\":" + usage + "}")).usage())
                .isEqualTo(Usage.of(input, output));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"completion_tokens\":2}"})
    void noReports(String usage) {
        assertThat(EmbeddingsAnswer.read(bytes("{\"data\":[],\"usage\":" + usage + "}")).usage())
                .isNull();
    }

    @Test
    void nothingMayHaveBeenUsed() {
        for (String usage :
                new String[] {
                    "{\"prompt_tokens\":0}",
                    "{\"total_tokens\":0}",
                    "{\"prompt_tokens\":0,\"total_tokens\":5}"
                }) {
            assertThat(
                            EmbeddingsAnswer.read(bytes("{\"data\":[],\"usage\":" + usage + "}"))
                                    .usage())
                    .as(usage)
                    .isEqualTo(Usage.NONE);
        }
    }

    @Test
    void theModelInAnotherCaseIsRefused() {
        refuse(
                "{\"model\":\"e\",\"input\":\"x\",\"Model\":\"y\"}",
                "model",
                "model: found \"Model\" (expected: \"model\")");
    }

    @Test
    void oddReportsAreNoted() {
        assertThat(
                        EmbeddingsAnswer.read(
                                        bytes(
                                                "{\"data\":[],\"usage\":{\"prompt_tokens\":1,\"image_pixels\":500}}"))
                                .oddUsage())
                .isEqualTo(List.of(new OddUsage("image_pixels", "500")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "{\"data\":null}", "{\"embedding\":[0.1]}", "{\"data\":["})
    void whatIsNoAnswerIsGarbled(String body) {
        EmbeddingsAnswer answer = EmbeddingsAnswer.read(bytes(body));
        assertThat(answer.kind()).isEqualTo(ChatAnswer.Kind.GARBLED);
        assertThat(answer.usage()).isNull();
        assertThat(answer.vectors()).isZero();
    }

    @Test
    void anError() {
        EmbeddingsAnswer answer =
                EmbeddingsAnswer.read(bytes("{\"error\":{\"message\":\"no\",\"code\":5}}"));
        assertThat(answer.kind()).isEqualTo(ChatAnswer.Kind.ERROR);
        assertThat(answer.error()).isEqualTo(new ProviderError("no", null, null, "5"));
    }
}
