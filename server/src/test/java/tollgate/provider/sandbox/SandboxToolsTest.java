package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.provider.sandbox.SandboxStage.ask;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class SandboxToolsTest {
    private static final String TOOLS =
            """
            "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
            "required":["city"],"properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}},
            {"type":"function","function":{"name":"time"}}]\
            """;
    private static final String CALLS = "/choices/0/message/tool_calls";

    private final SandboxStage stage = new SandboxStage();

    @Test
    void firstToolIsCalledWithWhatItsSchemaRequires() {
        JsonNode answer = stage.answer(ask("tools", "weather?", TOOLS));

        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
        assertThat(answer.at(CALLS)).hasSize(1);
        JsonNode call = answer.at(CALLS).path(0);
        assertThat(call.path("id").asString()).startsWith("call_sandbox_").endsWith("_0");
        assertThat(call.path("type").asString()).isEqualTo("function");
        assertThat(call.at("/function/name").asString()).isEqualTo("weather");
        assertThat(call.at("/function/arguments").asString()).isEqualTo("{\"city\":\"example\"}");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isPositive();
    }

    @Test
    void twoAreCalledWhenParallelCallsAreAskedFor() {
        JsonNode answer = stage.answer(ask("tools", "x", TOOLS, "\"parallel_tool_calls\":true"));

        assertThat(answer.at(CALLS)).hasSize(2);
        assertThat(answer.at(CALLS + "/1/function/name").asString()).isEqualTo("time");
        assertThat(answer.at(CALLS + "/1/function/arguments").asString()).isEqualTo("{}");
    }

    @Test
    void toolChoiceIsMinded() {
        JsonNode named =
                stage.answer(
                        ask(
                                "tools",
                                "x",
                                TOOLS,
                                """
                                "tool_choice":{"type":"function","function":{"name":"time"}}\
                                """));
        assertThat(named.at(CALLS + "/0/function/name").asString()).isEqualTo("time");
        JsonNode none = stage.answer(ask("tools", "x", TOOLS, "\"tool_choice\":\"none\""));
        assertThat(none.at("/choices/0/message/content").isString()).isTrue();
    }

    @Test
    void resultsOfToolsAreAnsweredInWords() {
        JsonNode answer =
                stage.answer(
                        """
                        {"model":"tools",%s,"messages":[{"role":"user","content":"x"},
                        {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function",
                        "function":{"name":"weather","arguments":"{}"}}]},
                        {"role":"tool","tool_call_id":"a","content":"sunny"},
                        {"role":"tool","tool_call_id":"b","content":"noon"}]}\
                        """
                                .formatted(TOOLS));

        assertThat(answer.at("/choices/0/message/content").asString())
                .isEqualTo("The tools answered: sunny, noon");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void streamedCallsAreTheWholeOnes() {
        String more = TOOLS + ",\"parallel_tool_calls\":true";
        var events = stage.events(ask("tools", "x", more));
        JsonNode whole = stage.answer(ask("tools", "x", more)).at(CALLS);

        for (int i = 0; i < 2; i++) {
            var name = new StringBuilder();
            var arguments = new StringBuilder();
            for (JsonNode event : events) {
                for (JsonNode call : event.at("/choices/0/delta/tool_calls")) {
                    if (call.path("index").asInt() == i) {
                        name.append(call.at("/function/name").asString(""));
                        arguments.append(call.at("/function/arguments").asString(""));
                    }
                }
            }
            assertThat(name.toString()).isEqualTo(whole.path(i).at("/function/name").asString());
            assertThat(arguments.toString())
                    .isEqualTo(whole.path(i).at("/function/arguments").asString());
        }
        assertThat(events.getLast().at("/choices/0/finish_reason").asString())
                .isEqualTo("tool_calls");
    }

    @Test
    void callsStayWithinTheLimit() {
        int all = stage.answer(ask("tools", "x", TOOLS)).at("/usage/completion_tokens").asInt();
        for (int limit = 1; limit <= all; limit++) {
            JsonNode answer = stage.answer(ask("tools", "x", TOOLS, "\"max_tokens\":" + limit));
            assertThat(answer.at("/usage/completion_tokens").asInt()).isLessThanOrEqualTo(limit);
            assertThat(answer.at("/choices/0/finish_reason").asString())
                    .isEqualTo(limit < all ? "length" : "tool_calls");
        }
    }

    @Test
    void withoutToolsItSaysSo() {
        assertThat(stage.answer(ask("tools", "x")).at("/choices/0/message/content").asString())
                .contains("brought none");
    }
}
