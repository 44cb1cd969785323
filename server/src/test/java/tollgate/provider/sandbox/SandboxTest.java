package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.provider.sandbox.SandboxStage.ask;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.http.Reply;
import tollgate.kit.KitJson;
import tollgate.wire.TokenMeter;
import tools.jackson.databind.JsonNode;

final class SandboxTest {
    private static final String CONTENT = "/choices/0/message/content";
    private static final String FINISH = "/choices/0/finish_reason";

    private final SandboxStage stage = new SandboxStage();

    @Test
    void echoSaysTheLastUsersTextInOpenAisShape() {
        JsonNode answer = stage.answer(ask("sandbox/echo", "Grüße \"4711\" 🙂"));

        assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
        assertThat(answer.path("id").asString()).startsWith("chatcmpl-sandbox-");
        assertThat(answer.path("created").asLong()).isEqualTo(1_790_000_000);
        assertThat(answer.path("model").asString()).isEqualTo("sandbox/echo");
        assertThat(answer.path("system_fingerprint").asString()).isEqualTo("sandbox");
        assertThat(answer.at("/choices/0/message/role").asString()).isEqualTo("assistant");
        assertThat(answer.at(CONTENT).asString()).isEqualTo("Grüße \"4711\" 🙂");
        assertThat(answer.at(FINISH).asString()).isEqualTo("stop");
    }

    @Test
    void usageCountsTheMessagesAndTheAnswer() {
        JsonNode usage = stage.answer(ask("echo", "Hello there")).path("usage");

        // "be brief" and "Hello there" are two tokens each, and a message costs four more.
        assertThat(usage.path("prompt_tokens").asInt())
                .isEqualTo(tokens("be briefHello there") + 8);
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(2);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt() + 2);
    }

    @Test
    void sameBodyGetsTheSameAnswerAndAnotherBodyAnotherId() {
        String body = ask("lorem", "x");

        assertThat(stage.answer(body)).isEqualTo(stage.answer(body));
        assertThat(stage.answer(body).path("id"))
                .isNotEqualTo(stage.answer(ask("lorem", "y")).path("id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "sandbox/no-such", "error-418", "", "echo"})
    void anyOtherNameEchoesAsSandboxEcho(String model) {
        JsonNode answer = stage.answer(ask(model, "ping"));

        assertThat(answer.at(CONTENT).asString()).isEqualTo("ping");
        assertThat(answer.path("model").asString()).isEqualTo("sandbox/echo");
    }

    @Test
    void textPartsAreReadAndAnEmptyConversationIsGreeted() {
        assertThat(
                        stage.answer(
                                        """
                                        {"model":"echo","messages":[{"role":"user","content":[
                                        {"type":"text","text":"a "},
                                        {"type":"image_url","image_url":{"url":"data:,"}},
                                        {"type":"text","text":"b"}]}]}\
                                        """)
                                .at(CONTENT)
                                .asString())
                .isEqualTo("a b");
        assertThat(stage.answer("{\"model\":\"echo\",\"messages\":[]}").at(CONTENT).asString())
                .contains("sandbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "lorem", "slow", "json"})
    void streamedTextEqualsTheWholeText(String model) {
        String body = ask(model, "one  two three\n four 🙂");
        List<JsonNode> events =
                stage.events(
                        ask(
                                model,
                                "one  two three\n four 🙂",
                                "\"n\":2",
                                "\"stream_options\":{\"include_usage\":true}"));

        JsonNode whole = stage.answer(body);
        assertThat(texts(events, 2)).containsOnly(whole.at(CONTENT).asString());
        assertThat(events)
                .allMatch(event -> event.path("system_fingerprint").asString().equals("sandbox"))
                .allMatch(event -> event.path("object").asString().equals("chat.completion.chunk"));
        assertThat(events.stream().map(event -> event.path("id")).distinct()).hasSize(1);
        JsonNode usage = events.getLast().path("usage");
        assertThat(usage.path("completion_tokens").asInt())
                .isEqualTo(2 * whole.at("/usage/completion_tokens").asInt());
        assertThat(events.getLast().path("choices")).isEmpty();
    }

    @Test
    void streamNamesTheRoleFirstFinishesOnceAndTellsUsageOnlyWhenAsked() {
        List<JsonNode> events = stage.events(ask("lorem", "x"));

        assertThat(events.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(events.getFirst().at("/choices/0/delta/content").asString()).isEqualTo("Lorem");
        assertThat(events.stream().filter(event -> event.at(FINISH).isString())).hasSize(1);
        assertThat(events.getLast().at(FINISH).asString()).isEqualTo("stop");
        assertThat(events).noneMatch(event -> event.has("usage"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void limitIsNeverPassed(String field) {
        String text = "Grüße an alle 🙂🙂🙂 und supercalifragilistic";
        int all = tokens(text);
        for (int limit = 1; limit <= all + 1; limit++) {
            JsonNode answer = stage.answer(ask("echo", text, "\"%s\":%d".formatted(field, limit)));
            String said = answer.at(CONTENT).asString();
            assertThat(text).startsWith(said);
            assertThat(tokens(said)).isLessThanOrEqualTo(limit);
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(tokens(said));
            assertThat(answer.at(FINISH).asString()).isEqualTo(limit < all ? "length" : "stop");
            assertThat(said).doesNotEndWith("\ud83d");
        }
    }

    @Test
    void limitIsExactAcrossThePiecesThatTokensAreCountedIn() {
        String text = "🙂 Grüße an alle, ".repeat(150);
        for (int limit = 500; limit <= 1_500; limit += 37) {
            JsonNode answer = stage.answer(ask("echo", text, "\"max_tokens\":" + limit));
            String said = answer.at(CONTENT).asString();
            assertThat(tokens(said)).isBetween(Math.min(limit, tokens(text)) - 3, limit);
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(tokens(said));
        }
    }

    @Test
    void longestAnswerIsBoundedWithoutALimit() {
        JsonNode answer = stage.answer(ask("echo", "a b c d ".repeat(20_000)));

        assertThat(answer.at(FINISH).asString()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt())
                .isLessThanOrEqualTo(Sandbox.OUTPUT_TOKENS_MAX);
        assertThat(stage.loop.apartEver()).isEqualTo(1);
    }

    @Test
    void stopsAtTheEarliestStop() {
        assertThat(stage.answer(ask("echo", "a b c d", "\"stop\":\" c\"")).at(CONTENT).asString())
                .isEqualTo("a b");
        JsonNode two = stage.answer(ask("echo", "a b c d", "\"stop\":[\"d\",\"b\",\"zz\"]"));
        assertThat(two.at(CONTENT).asString()).isEqualTo("a ");
        assertThat(two.at(FINISH).asString()).isEqualTo("stop");
    }

    @Test
    void jsonAnswersInJsonAndFitsTheSchema() {
        assertThat(KitJson.read(stage.answer(ask("json", "hi")).at(CONTENT).asString()).toString())
                .isEqualTo("{\"sandbox\":true,\"echo\":\"hi\"}");
        JsonNode answer =
                stage.answer(
                        ask(
                                "json",
                                "hi",
                                """
                                "response_format":{"type":"json_schema","json_schema":{"name":"p",
                                "schema":{"type":"object","required":["age","name"],"properties":{
                                "name":{"type":"string"},"age":{"type":"integer","minimum":18},
                                "nick":{"type":"string"}}}}}\
                                """));
        assertThat(answer.at(CONTENT).asString()).isEqualTo("{\"age\":18,\"name\":\"example\"}");
    }

    @ParameterizedTest
    @CsvSource({"401,401", "429,429", "500,500", "overloaded,529"})
    void playedErrorsAreMarkedAndHaveOpenAisBody(String name, int status) {
        for (Reply reply :
                List.of(
                        stage.whole(ask("sandbox/error-" + name, "x")),
                        stage.stream(ask("error-" + name, "x")))) {
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.header("X-Tollgate-Played")).isEqualTo("1");
            assertThat(reply.header("x-tollgate-sandbox")).isEqualTo("true");
            JsonNode error = KitJson.read(stage.heard(reply).text()).path("error");
            assertThat(error.path("message").asString()).contains("error-" + name);
            assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
        }
    }

    @Test
    void wrongRequestIsARefusalOfTheProvider() {
        for (String body :
                List.of("{", "[]", "{\"messages\":[1]}", "{\"messages\":{}}", "{\"n\":\"x\"}")) {
            Reply reply = stage.whole(body);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.header("x-tollgate-played")).isNull();
            JsonNode error = KitJson.read(stage.heard(reply).text()).path("error");
            assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
        }
    }

    private static int tokens(String text) {
        var meter = new TokenMeter();
        meter.append(text);
        return (int) meter.exact();
    }

    private static List<String> texts(List<JsonNode> events, int choices) {
        var texts = new ArrayList<StringBuilder>();
        for (int i = 0; i < choices; i++) {
            texts.add(new StringBuilder());
        }
        for (JsonNode event : events) {
            for (JsonNode choice : event.path("choices")) {
                texts.get(choice.path("index").asInt())
                        .append(choice.at("/delta/content").asString(""));
            }
        }
        return texts.stream().map(StringBuilder::toString).toList();
    }
}
