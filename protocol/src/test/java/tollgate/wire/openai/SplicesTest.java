package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tollgate.call.Capability;
import tollgate.wire.json.Span;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SplicesTest {
    private static final JsonMapper JACKSON = JsonMapper.builder().build();

    static List<Golden> goldens() {
        return Golden.in("splices");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] spliced(byte[] body, JsonNode edits) {
        Splices splices = new Splices(body, ChatPeek.read(body));
        if (edits.has("model")) {
            splices.model(edits.get("model").stringValue());
        }
        if (edits.has("askUsage")) {
            splices.askUsage();
        }
        if (edits.has("limit")) {
            LimitName name =
                    Stream.of(LimitName.values())
                            .filter(n -> n.member().equals(edits.get("limitName").stringValue()))
                            .findFirst()
                            .orElseThrow();
            splices.limitOutput(edits.get("limit").longValue(), name);
        }
        if (edits.has("stream")) {
            splices.stream();
        }
        if (edits.has("dropHosted")) {
            Set<Capability> allowed = EnumSet.noneOf(Capability.class);
            for (JsonNode word : edits.get("dropHosted")) {
                allowed.add(Capability.find(word.stringValue()).orElseThrow());
            }
            splices.dropHosted(allowed);
        }
        return splices.bytes();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void onlyTheEditedBytesChange(Golden golden) {
        String body = golden.json().get("body").stringValue();
        String expected = golden.json().get("spliced").stringValue();
        byte[] spliced = spliced(bytes(body), golden.json().get("edits"));
        assertThat(new String(spliced, StandardCharsets.UTF_8)).isEqualTo(expected);
        JACKSON.readTree(expected);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void splicingAgainChangesNothing(Golden golden) {
        byte[] once =
                spliced(bytes(golden.json().get("body").stringValue()), golden.json().get("edits"));
        assertThat(spliced(once, golden.json().get("edits"))).isSameAs(once);
    }

    @Test
    void withoutEditsTheBodyIsTheBody() {
        byte[] body = bytes("{\"model\":\"m\",\"messages\":[{}]}");
        ChatPeek peek = ChatPeek.read(body);
        assertThat(new Splices(body, peek).bytes()).isSameAs(body);
        assertThat(new Splices(body, peek).model("m").dropHosted(Set.of()).bytes()).isSameAs(body);
    }

    /// Every set of tools up to five, every set of neighbours: the rest is what Jackson would
    /// leave.
    @Test
    void whateverIsTakenOutWhatRemainsIsTheRest() {
        String[] tools = {
            "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
            "{\"type\":\"web_search\"}",
            "{\"type\":\"mcp\"}"
        };
        for (int code = 0; code < 243; code++) {
            StringBuilder array = new StringBuilder("[");
            int rest = code;
            for (int i = 0; i < 5; i++) {
                array.append(i == 0 ? "" : ",").append(tools[rest % 3]);
                rest /= 3;
            }
            String text =
                    "{\"model\":\"m\",\"messages\":[{}],\"tools\":"
                            + array
                            + "],\"tool_choice\":\"auto\"}";
            byte[] body = bytes(text);
            JsonNode spliced =
                    JACKSON.readTree(
                            new Splices(body, ChatPeek.read(body))
                                    .dropHosted(Set.of(Capability.WEB_SEARCH))
                                    .bytes());
            var expected = (tools.jackson.databind.node.ObjectNode) JACKSON.readTree(text);
            var left = expected.withArray("tools");
            for (int i = 4; i >= 0; i--) {
                if (left.get(i).get("type").stringValue().equals("mcp")) {
                    left.remove(i);
                }
            }
            if (left.isEmpty()) {
                expected.remove("tools");
                expected.remove("tool_choice");
            }
            assertThat(spliced).as(text).isEqualTo(expected);
        }
    }

    @Test
    void membersAreTakenOutInEveryOrder() {
        List<String> members =
                List.of(
                        "\"tools\":[{\"type\":\"mcp\"}]",
                        "\"tool_choice\":\"auto\"",
                        "\"parallel_tool_calls\":true",
                        "\"web_search_options\":{\"a\":{}}",
                        "\"model\":\"m\"",
                        "\"messages\":[{}]");
        permute(
                new java.util.ArrayList<>(members),
                0,
                order -> {
                    String text = "{" + String.join(",", order) + "}";
                    byte[] body = bytes(text);
                    JsonNode spliced =
                            JACKSON.readTree(
                                    new Splices(body, ChatPeek.read(body))
                                            .dropHosted(Set.of())
                                            .bytes());
                    assertThat(spliced)
                            .as(text)
                            .isEqualTo(JACKSON.readTree("{\"model\":\"m\",\"messages\":[{}]}"));
                });
    }

    private static void permute(
            List<String> items, int from, java.util.function.Consumer<List<String>> use) {
        if (from == items.size()) {
            use.accept(items);
            return;
        }
        for (int i = from; i < items.size(); i++) {
            java.util.Collections.swap(items, from, i);
            permute(items, from + 1, use);
            java.util.Collections.swap(items, from, i);
        }
    }

    @Test
    void editsCanBeChained() {
        byte[] body = bytes("{\"model\":\"a\",\"max_tokens\":9,\"messages\":[{}]}");
        byte[] spliced =
                new Splices(body, ChatPeek.read(body))
                                .limitOutput(7, LimitName.MAX_TOKENS)
                                .dropHosted(Set.of())
                                .askUsage()
                                .stream()
                                .model("b")
                                .bytes();
        assertThat(new String(spliced, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"b\",\"max_tokens\":7,\"messages\":[{}]}");
    }

    @Test
    void aModelIsRenamedInPlace() {
        byte[] event = bytes("xxdata: {\"model\":\"gpt\",\"a\":1}\n\nyy");
        byte[] renamed =
                Splices.renamed(
                        event, new Span(2, event.length - 2), new Span(17, 22), "our \"name\"");
        assertThat(new String(renamed, StandardCharsets.UTF_8))
                .isEqualTo("data: {\"model\":\"our \\\"name\\\"\",\"a\":1}\n\n");
        byte[] same = Splices.renamed(event, new Span(0, event.length), new Span(17, 22), "gpt");
        assertThat(same).isEqualTo(event);
    }

    @Test
    void moreEditsThanFitAtFirst() {
        StringBuilder tools = new StringBuilder();
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            tools.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"mcp\",\"i\":")
                    .append(i)
                    .append('}');
            tools.append(",{\"type\":\"function\",\"i\":").append(i).append('}');
            left.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"function\",\"i\":")
                    .append(i)
                    .append('}');
        }
        String text = "{\"model\":\"a\",\"messages\":[{}],\"tools\":[%s]}";
        byte[] body = bytes(text.formatted(tools));
        assertThat(
                        new String(
                                new Splices(body, ChatPeek.read(body)).dropHosted(Set.of()).bytes(),
                                StandardCharsets.UTF_8))
                .isEqualTo(text.formatted(left));
    }
}
