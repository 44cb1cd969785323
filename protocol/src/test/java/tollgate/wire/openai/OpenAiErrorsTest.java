package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiErrorsTest {
    private static final String SILENT = "the provider gave no reason";

    private static ProviderError read(String body) {
        return OpenAiErrors.read(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // OpenAI
                "{\"error\":{\"message\":\"M\",\"type\":\"T\",\"param\":\"P\",\"code\":\"C\"}}|M|T|P|C",
                "{\"error\":{\"message\":\"M\",\"type\":null,\"param\":null,\"code\":null}}|M|-|-|-",
                // OpenRouter, llama.cpp: a number for a code
                "{\"error\":{\"code\":400,\"message\":\"M\"},\"user_id\":\"u\"}|M|-|-|400",
                // Gemini: in an array
                "[{\"error\":{\"code\":429,\"message\":\"M\",\"status\":\"X\"}},{}]|M|-|-|429",
                // Venice, Ollama
                "{\"error\":\"M\"}|M|-|-|-",
                "{\"error\":\"M\",\"type\":\"T\"}|M|T|-|-",
                // Mistral, Doubleword: bare
                "{\"code\":\"3051\",\"message\":\"M\",\"object\":\"error\",\"param\":null,\"type\":\"T\"}|M|T|-|3051",
                "{\"message\":\"M\",\"error\":\"Bad Request\"}|M|-|-|-",
                // Mistral and FastAPI: lists of complaints
                "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"messages\",0],\"msg\":\"Field"
                    + " required\"}]}}|body.messages.0: Field required|-|-|-",
                "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"A\"},{\"msg\":\"B\"},\"C\",5,{\"message\":\"D\"}]}|body:"
                    + " A; B; C; D|-|-|-",
                "{\"detail\":\"M\"}|M|-|-|-",
                "{\"detail\":{\"detail\":\"M\"}}|M|-|-|-",
                "{\"msg\":\"M\"}|M|-|-|-",
                "{\"message\":\"\",\"detail\":\"\",\"msg\":\"M\"}|M|-|-|-",
                "{\"message\":\"M\",\"detail\":\"D\"}|M|-|-|-",
                // an error in an error
                "{\"error\":{\"error\":{\"message\":\"M\",\"type\":\"T\"}}}|M|T|-|-",
                "\"M\"|M|-|-|-",
                "plain text|plain text|-|-|-",
                "' two\nlines '|'two\nlines'|-|-|-",
                "<html><head><title>502 Bad Gateway</title></head></html>|502 Bad Gateway|-|-|-",
                "{\"param\":5,\"type\":[],\"code\":true,\"message\":\"M\"}|M|-|5|-"
            })
    void everyShapeIsRead(
            String body,
            String message,
            @Nullable String type,
            @Nullable String param,
            @Nullable String code) {
        assertThat(read(body)).isEqualTo(new ProviderError(message, type, param, code));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "'  '",
                "{}",
                "[]",
                "[5]",
                "null",
                "7",
                "true",
                "{\"error\":null}",
                "{\"error\":[]}",
                "{\"error\":{\"message\":5}}",
                "{\"message\":\"  \"}",
                "<html>no title</html>",
                "<html></title>x<title>",
                "<html><title>open"
            })
    void thereIsAlwaysAMessage(String body) {
        assertThat(read(body)).isEqualTo(new ProviderError(SILENT, null, null, null));
    }

    @Test
    void aPageMayBeginWithItsTitle() {
        assertThat(read("<title>Bad Gateway</title>").message()).isEqualTo("Bad Gateway");
    }

    @Test
    void anEmptyTitleIsNone() {
        assertThat(read("<title></title>").message()).isEqualTo(SILENT);
    }

    /// OpenRouter passes on what the provider behind it said.
    @Test
    void wrappedErrorsAreUnwrapped() {
        assertThat(
                        read(
                                "{\"error\":{\"message\":\"Provider returned"
                                    + " error\",\"code\":400,\"metadata\":{\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"max_tokens"
                                    + " is too large\\\"}}\",\"provider_name\":\"X\"}}}"))
                .isEqualTo(
                        new ProviderError(
                                "Provider returned error: max_tokens is too large",
                                null,
                                null,
                                "400"));
        assertThat(read("{\"error\":{\"message\":\"M\",\"metadata\":{\"raw\":5}}}").message())
                .isEqualTo("M");
        assertThat(read("{\"error\":{\"message\":\"M\",\"metadata\":[]}}").message())
                .isEqualTo("M");
        assertThat(read("{\"message\":\"M\",\"metadata\":{\"raw\":\"plain\"}}").message())
                .isEqualTo("M: plain");
    }

    @Test
    void i85BodiesInBodiesEnd() {
        assertThat(read("{\"error\":{\"error\":{\"error\":{\"message\":\"M\"}}}}").message())
                .isEqualTo("M");
        assertThat(
                        read("{\"error\":{\"error\":{\"error\":{\"error\":{\"message\":\"M\"}}}}}")
                                .message())
                .isEqualTo(SILENT);
        assertThat(read("[[[{\"message\":\"M\"}]]]").message()).isEqualTo("M");
        assertThat(read("[[[[{\"message\":\"M\"}]]]]").message()).isEqualTo(SILENT);
        String wrapped = "innermost";
        for (int i = 0; i < 6; i++) {
            String raw = wrapped.replace("\\", "\\\\").replace("\"", "\\\"");
            wrapped = "{\"message\":\"" + i + "\",\"metadata\":{\"raw\":\"" + raw + "\"}}";
        }
        assertThat(read(wrapped).message()).isEqualTo("5: 4: 3: 2");
    }

    @Test
    void i85MessagesAreCut() {
        assertThat(read("x".repeat(2_000)).message()).isEqualTo("x".repeat(2_000));
        assertThat(read("x".repeat(2_001)).message()).isEqualTo("x".repeat(2_000));
        assertThat(read("x".repeat(200_000)).message()).isEqualTo("x".repeat(2_000));
        assertThat(read("{\"error\":{\"message\":\"" + "y".repeat(2_001) + "\"}}").message())
                .isEqualTo("y".repeat(2_000));
    }

    @Test
    void i85OnlyTheHeadOfABodyIsRead() {
        String head = "{\"error\":{\"message\":\"M\"}}";
        assertThat(read(head + " ".repeat(65_536 - head.length())).message()).isEqualTo("M");
        assertThat(read(head + " ".repeat(65_536 - head.length()) + "x").message()).isEqualTo("M");
        assertThat(read(head + " ".repeat(65_535 - head.length()) + "x").message())
                .startsWith("{\"error\"");
    }

    @Test
    void errorsAreWrittenInOpenAisShape() {
        assertThat(
                        new String(
                                OpenAiErrors.write(new ProviderError("M \"x\"", "T", null, "7")),
                                StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"error\":{\"message\":\"M"
                                + " \\\"x\\\"\",\"type\":\"T\",\"param\":null,\"code\":\"7\"}}");
    }

    @Test
    void nothingIsThrownWhateverComes() {
        byte[] body =
                "{\"error\":{\"message\":[{\"loc\":[\"a\",1],\"msg\":\"m\"}],\"metadata\":{\"raw\":\"{}\"},\"code\":5}}"
                        .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(20261124);
        for (int i = 0; i < 20_000; i++) {
            byte[] spoiled = body.clone();
            for (int j = random.nextInt(4); j > 0; j--) {
                spoiled[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            assertThat(OpenAiErrors.read(spoiled).message()).isNotEmpty();
        }
    }
}
