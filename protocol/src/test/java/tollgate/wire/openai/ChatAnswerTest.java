package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Usage;
import tollgate.wire.json.Span;
import tollgate.wire.openai.ChatAnswer.Kind;

class ChatAnswerTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ChatAnswer read(String body) {
        return ChatAnswer.read(bytes(body));
    }

    @Test
    void aWholeAnswer() {
        byte[] body =
                bytes(
                        "{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"gpt\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hello"
                            + " world\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                            + "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":10,\"total_tokens\":30,\"odd\":1},\"x_odd\":1.50}");
        ChatAnswer answer = ChatAnswer.read(body);
        assertThat(answer.kind()).isEqualTo(Kind.WHOLE);
        assertThat(answer.usage()).isEqualTo(Usage.of(20, 10));
        assertThat(answer.oddUsage()).isEqualTo(List.of(new OddUsage("odd", "1")));
        assertThat(answer.finishReason()).isEqualTo("stop");
        assertThat(answer.hasOutput()).isTrue();
        assertThat(answer.responseModel()).isEqualTo("gpt");
        assertThat(answer.modelSpan()).isEqualTo(new Span(45, 50));
        assertThat(answer.error()).isNull();
        assertThat(ChatAnswer.countOutput(body)).isEqualTo(2);
        assertThat(answer)
                .hasToString("ChatAnswer[WHOLE, gpt, " + Usage.of(20, 10) + "]")
                .asString()
                .doesNotContain("hello");
    }

    @Test
    void severalChoices() {
        byte[] body =
                bytes(
                        "{\"choices\":[{\"index\":1,\"message\":{\"content\":\"one"
                            + " \"},\"finish_reason\":\"length\"},{\"index\":0,\"message\":{\"content\":\"two"
                            + " \",\"tool_calls\":[{\"function\":{\"name\":\"x\",\"arguments\":\"three\"}}]},\"finish_reason\":\"tool_calls\"}]}");
        assertThat(ChatAnswer.read(body).finishReason()).isEqualTo("tool_calls");
        assertThat(ChatAnswer.read(body).usage()).isNull();
        assertThat(ChatAnswer.countOutput(body)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"content\":null}|false|0",
                "{\"content\":\"\"}|false|0",
                "{\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}|true|0",
                "{\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]}|true|5",
                "{\"content\":\"hello\",\"reasoning\":\" world\"}|true|2",
                "{\"content\":null,\"reasoning_details\":[{\"data\":\"QUJD\"}]}|true|0"
            })
    void outputIsNoticedAndCounted(String message, boolean output, long tokens) {
        byte[] body = bytes("{\"choices\":[{\"message\":" + message + "}]}");
        assertThat(ChatAnswer.read(body).hasOutput()).isEqualTo(output);
        assertThat(ChatAnswer.countOutput(body)).isEqualTo(tokens);
    }

    @Test
    void anErrorInsideA200() {
        ChatAnswer answer =
                read(
                        "{ \"error\": { \"message\": \"The response was filtered\", \"type\": null,"
                            + " \"param\": \"prompt\", \"code\": \"content_filter\", \"status\":"
                            + " 400 } }");
        assertThat(answer.kind()).isEqualTo(Kind.ERROR);
        assertThat(answer.error())
                .isEqualTo(
                        new ProviderError(
                                "The response was filtered", null, "prompt", "content_filter"));
        assertThat(read("{\"error\":\"x\",\"choices\":[]}").kind()).isEqualTo(Kind.ERROR);
        assertThat(read("{\"object\":\"error\",\"message\":\"x\"}").kind()).isEqualTo(Kind.ERROR);
        assertThat(read("{\"error\":null,\"choices\":[]}").kind()).isEqualTo(Kind.WHOLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html></html>",
                "[]",
                "null",
                "{}",
                "{\"choices\":null}",
                "{\"choices\":{}}",
                "{\"message\":\"x\"}",
                "{\"choices\":[]",
                "{\"choices\":[{\"message\":{\"content\":\"hello\"}}]}x"
            })
    void whatIsNoAnswerIsGarbled(String body) {
        ChatAnswer answer = read(body);
        assertThat(answer.kind()).isEqualTo(Kind.GARBLED);
        assertThat(answer.usage()).isNull();
        assertThat(answer.hasOutput()).isFalse();
        assertThat(answer.error()).isNull();
        assertThat(answer.modelSpan()).isNull();
        assertThat(ChatAnswer.countOutput(bytes(body))).isZero();
    }

    @Test
    void aModelThatIsNotNamedHasNoPlace() {
        assertThat(read("{\"choices\":[]}").modelSpan()).isNull();
        assertThat(read("{\"choices\":[],\"model\":\"\"}").responseModel()).isNull();
    }
}
