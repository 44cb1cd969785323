package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Capability;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;

class ChatPeekTest {
    private static final String MESSAGES =
            "\"messages\":[{\"role\":\"user\",\"content\":\"secret\"}]";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ChatPeek read(String body) {
        return ChatPeek.read(bytes(body));
    }

    /// A request with these members beside model and messages.
    private static ChatPeek with(String members) {
        return read(
                "{\"model\":\"m\"," + MESSAGES + (members.isEmpty() ? "" : ",") + members + "}");
    }

    private static ChatPeek messages(String messages) {
        return read("{\"model\":\"m\",\"messages\":" + messages + "}");
    }

    private static void refuse(String body, @Nullable String param, String message) {
        assertThatThrownBy(() -> read(body))
                .as(body)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isEqualTo(new BadRequest(param, message)));
    }

    private static void refuseWith(String members, String param, String message) {
        refuse("{\"model\":\"m\"," + MESSAGES + "," + members + "}", param, message);
    }

    @Test
    void theSimplestRequest() {
        ChatPeek peek = with("");
        assertThat(peek.model()).isEqualTo("m");
        assertThat(peek.stream()).isFalse();
        assertThat(peek.usageAsked()).isFalse();
        assertThat(peek.outputLimit()).isEqualTo(-1);
        assertThat(peek.choices()).isEqualTo(1);
        assertThat(peek.messages()).isEqualTo(1);
        assertThat(peek.inputBytes()).isEqualTo(bytes("{\"model\":\"m\"," + MESSAGES + "}").length);
        assertThat(peek.images() + peek.audios() + peek.files()).isZero();
        assertThat(peek.toolsOrSchema()).isFalse();
        assertThat(peek.endUser()).isNull();
        assertThat(peek.outputModalities()).isEmpty();
        assertThat(peek.predictionBytes()).isZero();
        assertThat(peek.notPassed()).isEmpty();
        assertThat(peek.refused(Set.of())).isNull();
        assertThat(peek.dropped(Set.of())).isEmpty();
        assertThat(peek).hasToString("ChatPeek[m, 1 messages, 61 bytes]");
    }

    @Test
    void everythingAtOnce() {
        ChatPeek peek =
                read(
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":null}],"
                            + "\"stream\":true,\"stream_options\":{\"x\":{},\"include_usage\":true},\"n\":3,"
                            + "\"max_tokens\":50,\"temperature\":1.0e-1,\"user\":\"u1\",\"model\":\"\\u0067pt\"}");
        assertThat(peek.model()).isEqualTo("gpt");
        assertThat(peek.messages()).isEqualTo(2);
        assertThat(peek.stream()).isTrue();
        assertThat(peek.usageAsked()).isTrue();
        assertThat(peek.choices()).isEqualTo(3);
        assertThat(peek.outputLimit()).isEqualTo(50);
        assertThat(peek.endUser()).isEqualTo("u1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|body: not valid JSON, byte 0: found the end of the text (expected: a value)",
                "{|body: not valid JSON, byte 1: found the end of the text (expected: a member's"
                        + " name in quotes)",
                "hello|body: not valid JSON, byte 0: found 'h' (expected: a value)",
                "[]|body: found an array (expected: an object)",
                "\"prompt\"|body: found a string of 6 bytes (expected: an object)",
                "null|body: found null (expected: an object)",
                "{} x|body: not valid JSON, byte 3: found 'x' (expected: nothing after the value)",
                "{\"model\":\"m\",\"model\":\"n\"}|body: not valid JSON, byte 13: found a second"
                        + " member \"model\" (expected: each name once)",
                "{\"a\":{\"b\":1,\"b\":2}}|body: not valid JSON, byte 12: found a second member"
                        + " \"b\" (expected: each name once)"
            })
    void whatIsNoJsonObjectIsRefused(String body, String message) {
        refuse(body, null, message);
    }

    @Test
    void aByteOrderMarkIsRefused() {
        refuse("\ufeff{}", null, "body: not valid JSON, byte 0: found 0xef (expected: a value)");
    }

    @Test
    void modelAndMessagesMustBeThere() {
        refuse(
                "{" + MESSAGES + "}",
                "model",
                "model: found nothing (expected: a non-empty string)");
        refuse(
                "{\"model\":\"m\"}",
                "messages",
                "messages: found nothing (expected: a non-empty array of objects)");
        refuse(
                "{\"model\":\"\"," + MESSAGES + "}",
                "model",
                "model: found a string of 0 bytes (expected: a non-empty string)");
        refuse(
                "{\"model\":null," + MESSAGES + "}",
                "model",
                "model: found null (expected: a non-empty string)");
        refuse(
                "{\"model\":5," + MESSAGES + "}",
                "model",
                "model: found the number 5 (expected: a non-empty string)");
        refuse(
                "{\"model\":\"m\",\"messages\":\"secret\"}",
                "messages",
                "messages: found a string of 6 bytes (expected: a non-empty array of objects)");
        refuse(
                "{\"model\":\"m\",\"messages\":[]}",
                "messages",
                "messages: found an empty array (expected: a non-empty array of objects)");
        refuse(
                "{\"model\":\"m\",\"messages\":[{},\"secret\"]}",
                "messages[1]",
                "messages[1]: found a string of 6 bytes (expected: an object)");
        refuse(
                "{\"model\":\"m\",\"messages\":[[]]}",
                "messages[0]",
                "messages[0]: found an array (expected: an object)");
    }

    @Test
    void i85ModelNames() {
        String longest = "m".repeat(256);
        assertThat(read("{\"model\":\"" + longest + "\"," + MESSAGES + "}").model())
                .isEqualTo(longest);
        for (int length : new int[] {257, 25_600}) {
            refuse(
                    "{\"model\":\"" + "m".repeat(length) + "\"," + MESSAGES + "}",
                    "model",
                    "model: found a string of %d characters (expected: at most 256)"
                            .formatted(length));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Model,model",
        "MESSAGES,messages",
        "Stream,stream",
        "\u017ftream,stream",
        "\\u0053tream,stream",
        "Max_Tokens,max_tokens",
        "N,n",
        "Temperature,temperature",
        "Top_P,top_p",
        "Tool_Choice,tool_choice",
        "Service_Tier,service_tier",
        "MODELS,models",
        "Provideroptions,providerOptions"
    })
    void i83KnownNamesInAnotherCaseAreRefused(String name, String known) {
        refuseWith(
                "\"" + name + "\":1",
                known,
                "%s: found \"%s\" (expected: \"%s\")"
                        .formatted(known, name.replace("\\u0053", "S"), known));
    }

    @Test
    void unknownNamesPass() {
        ChatPeek peek =
                with(
                        "\"x_vendor\":{\"Model\":1,\"b\":[1.50,{}]},\"reasoning\":{},\"top_k\":5,\"\":0");
        assertThat(peek.notPassed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'',false",
        "'\"stream\":true',true",
        "'\"stream\":false',false",
        "'\"stream\":null',false"
    })
    void streamMayBeNull(String members, boolean stream) {
        assertThat(with(members).stream()).isEqualTo(stream);
    }

    @Test
    void wrongTypesAreRefusedByName() {
        refuseWith(
                "\"stream\":\"true\"",
                "stream",
                "stream: found a string of 4 bytes (expected: true, false or null)");
        refuseWith(
                "\"stream\":1",
                "stream",
                "stream: found the number 1 (expected: true, false or null)");
        refuseWith(
                "\"stream\":{}",
                "stream",
                "stream: found an object (expected: true, false or null)");
        refuseWith(
                "\"stream_options\":true",
                "stream_options",
                "stream_options: found true (expected: an object or null)");
        refuseWith(
                "\"stream_options\":[]",
                "stream_options",
                "stream_options: found an array (expected: an object or null)");
        refuseWith(
                "\"stream_options\":{\"include_usage\":\"yes\"}",
                "stream_options.include_usage",
                "stream_options.include_usage: found a string of 3 bytes (expected: true, false or"
                        + " null)");
        refuseWith(
                "\"n\":0",
                "n",
                "n: found the number 0 (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"n\":129",
                "n",
                "n: found the number 129 (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"n\":12800",
                "n",
                "n: found the number 12800 (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"n\":1.5",
                "n",
                "n: found the number 1.5 (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"n\":\"1\"",
                "n",
                "n: found a string of 1 bytes (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"best_of\":-1",
                "best_of",
                "best_of: found the number -1 (expected: an integer from 1 to 128, or null)");
        refuseWith(
                "\"max_tokens\":0",
                "max_tokens",
                "max_tokens: found the number 0 (expected: an integer from 1 to 1000000000000, or"
                        + " null)");
        refuseWith(
                "\"max_tokens\":1000000000001",
                "max_tokens",
                "max_tokens: found the number 1000000000001 (expected: an integer from 1 to"
                        + " 1000000000000, or null)");
        refuseWith(
                "\"max_completion_tokens\":99999999999999999999",
                "max_completion_tokens",
                "max_completion_tokens: found the number 99999999999999999999 (expected: an integer"
                        + " from 1 to 1000000000000, or null)");
        refuseWith(
                "\"max_completion_tokens\":[]",
                "max_completion_tokens",
                "max_completion_tokens: found an array (expected: an integer from 1 to"
                        + " 1000000000000, or null)");
        refuseWith("\"tools\":{}", "tools", "tools: found an object (expected: an array or null)");
        refuseWith(
                "\"tools\":[{},\"x\"]",
                "tools[1]",
                "tools[1]: found a string of 1 bytes (expected: an object)");
        refuseWith(
                "\"tools\":[{\"type\":1}]",
                "tools[0].type",
                "tools[0].type: found the number 1 (expected: a string)");
        refuseWith(
                "\"tool_choice\":[]",
                "tool_choice",
                "tool_choice: found an array (expected: an object or null)");
        refuseWith(
                "\"functions\":\"x\"",
                "functions",
                "functions: found a string of 1 bytes (expected: an array or null)");
        refuseWith(
                "\"response_format\":\"json\"",
                "response_format",
                "response_format: found a string of 4 bytes (expected: an object or null)");
        refuseWith("\"user\":5", "user", "user: found the number 5 (expected: a string or null)");
        refuseWith(
                "\"metadata\":[]",
                "metadata",
                "metadata: found an array (expected: an object or null)");
        refuseWith(
                "\"modalities\":\"text\"",
                "modalities",
                "modalities: found a string of 4 bytes (expected: an array or null)");
        refuseWith(
                "\"modalities\":[1]",
                "modalities",
                "modalities: found the number 1 (expected: an array of strings)");
        refuseWith(
                "\"prediction\":[]",
                "prediction",
                "prediction: found an array (expected: an object or null)");
        refuseWith("\"audio\":[]", "audio", "audio: found an array (expected: an object or null)");
        refuseWith(
                "\"service_tier\":1",
                "service_tier",
                "service_tier: found the number 1 (expected: a string or null)");
        refuseWith(
                "\"prompt_cache_options\":1",
                "prompt_cache_options",
                "prompt_cache_options: found the number 1 (expected: an object or null)");
    }

    @Test
    void nullIsAsGoodAsNothing() {
        ChatPeek peek =
                with(
                        "\"stream\":null,\"stream_options\":null,\"n\":null,\"best_of\":null,\"max_tokens\":null,"
                            + "\"max_completion_tokens\":null,\"tools\":null,\"tool_choice\":null,"
                            + "\"parallel_tool_calls\":null,\"functions\":null,\"response_format\":null,\"user\":null,"
                            + "\"metadata\":null,\"modalities\":null,\"prediction\":null,\"audio\":null,"
                            + "\"web_search_options\":null,\"service_tier\":null,\"prompt_cache_options\":null,"
                            + "\"cache_control\":null,\"search_parameters\":null,\"enable_search\":null,"
                            + "\"venice_parameters\":null,\"deferred\":null,\"prompt_cache_retention\":null,"
                            + "\"models\":null,\"plugins\":null,\"preset\":null,\"fallbacks\":null,"
                            + "\"providerOptions\":null,\"data_sources\":null,\"temperature\":null");
        assertThat(peek.notPassed()).isEmpty();
        assertThat(peek.outputLimit()).isEqualTo(-1);
        assertThat(peek.choices()).isEqualTo(1);
        assertThat(peek.toolsOrSchema()).isFalse();
        assertThat(peek.dropped(Set.of())).isEmpty();
        assertThat(peek.endUser()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"max_tokens\":5|5",
                "\"max_completion_tokens\":6|6",
                "\"max_tokens\":5,\"max_completion_tokens\":6|5",
                "\"max_tokens\":7,\"max_completion_tokens\":6|6",
                "\"max_tokens\":null,\"max_completion_tokens\":6|6",
                "\"max_completion_tokens\":null,\"max_tokens\":9|9",
                "\"max_tokens\":1|1",
                "\"max_tokens\":2e3|2000",
                "\"max_tokens\":1000000000000|1000000000000"
            })
    void theSmallerLimitCounts(String members, long limit) {
        assertThat(with(members).outputLimit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"n\":1|1",
                "\"n\":128|128",
                "\"n\":2,\"best_of\":5|5",
                "\"best_of\":2,\"n\":5|5",
                "\"best_of\":3|3"
            })
    void asManyChoicesAsAreMade(String members, int choices) {
        assertThat(with(members).choices()).isEqualTo(choices);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"stream_options\":{}|false",
                "\"stream_options\":{\"include_usage\":false}|false",
                "\"stream_options\":{\"include_usage\":null}|false",
                "\"stream_options\":{\"include_usage\":true}|true",
                "\"stream_options\":{\"include_obfuscation\":true}|false"
            })
    void usageIsAskedForByTrueAlone(String members, boolean asked) {
        assertThat(with(members).usageAsked()).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tools\":[]|false",
                "\"tools\":[{\"type\":\"function\",\"function\":{}}]|true",
                "\"functions\":[]|false",
                "\"functions\":[{\"name\":\"f\"},{\"name\":\"g\"}]|true",
                "\"functions\":[[]]|true",
                "\"response_format\":{}|false",
                "\"response_format\":{\"type\":\"text\"}|false",
                "\"response_format\":{\"type\":\"json_object\"}|true",
                "\"response_format\":{\"json_schema\":{\"type\":\"text\"},\"type\":\"json_schema\"}|true",
                "\"response_format\":{\"type\":1}|true"
            })
    void toolsAndSchemasAreNoticed(String members, boolean noticed) {
        ChatPeek peek = with(members + ",\"n\":2");
        assertThat(peek.toolsOrSchema()).isEqualTo(noticed);
        assertThat(peek.choices()).as("the reader went on behind it").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"user\":\"u\"|u",
                "\"metadata\":{\"user_id\":\"m\"}|m",
                "\"metadata\":{\"a\":{\"user_id\":\"x\"},\"user_id\":\"m\"},\"user\":\"u\"|u",
                "\"user\":\"\",\"metadata\":{\"user_id\":\"m\"}|m",
                "\"user\":null,\"metadata\":{\"user_id\":\"m\"}|m"
            })
    void theEndUserHasTwoPlaces(String members, String user) {
        assertThat(with(members).endUser()).isEqualTo(user);
    }

    @Test
    void otherMetadataNamesNobody() {
        assertThat(with("\"metadata\":{\"user_id\":5}").endUser()).isNull();
        assertThat(with("\"metadata\":{\"user_id\":\"\"}").endUser()).isNull();
        assertThat(with("\"metadata\":{}").endUser()).isNull();
    }

    @Test
    void i85EndUsersAreCut() {
        assertThat(with("\"user\":\"" + "u".repeat(256) + "\"").endUser())
                .isEqualTo("u".repeat(256));
        assertThat(with("\"user\":\"" + "u".repeat(257) + "\"").endUser())
                .isEqualTo("u".repeat(256));
        assertThat(with("\"user\":\"" + "u".repeat(25_600) + "\"").endUser())
                .isEqualTo("u".repeat(256));
    }

    @Test
    void outputBesideTextIsNoticed() {
        assertThat(with("\"modalities\":[\"text\"]").outputModalities()).isEmpty();
        assertThat(with("\"modalities\":[\"text\",\"audio\",\"image\"]").outputModalities())
                .containsExactly("audio", "image");
        assertThat(with("\"modalities\":[" + "\"a\",".repeat(8) + "\"b\"]").outputModalities())
                .hasSize(8)
                .doesNotContain("b");
    }

    @Test
    void predictionsAreMeasured() {
        assertThat(
                        with("\"prediction\":{\"type\":\"content\",\"content\":\"abc\"}")
                                .predictionBytes())
                .isEqualTo("{\"type\":\"content\",\"content\":\"abc\"}".length());
    }

    @Test
    void mediaAreCountedAndTheirBase64IsNotInput() {
        String body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":["
                    + "{\"type\":\"text\",\"text\":\"data:image/png;base64,AAAA\"},"
                    + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,%s\",\"detail\":\"low\"}},"
                    + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.com/a.png\"}},"
                    + "{\"image_url\":\"data:image\\/png;base64,%s\",\"type\":\"image_url\"},"
                    + "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"%s\",\"format\":\"wav\"}},"
                    + "{\"type\":\"input_audio\",\"input_audio\":\"%s\"},"
                    + "{\"type\":\"file\",\"file\":{\"file_data\":\"data:application/pdf;base64,%s\",\"filename\":\"a.pdf\"}},"
                    + "{\"type\":\"file\",\"file\":{\"file_data\":\"%s\"}},"
                    + "{\"type\":\"video_url\",\"video_url\":{\"url\":\"data:video/mp4;base64,%s\"}},"
                    + "{\"type\":\"document_url\",\"document_url\":\"https://example.com/a.pdf\"}"
                    + "]},{\"role\":\"tool\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,%s\"}}]}]}";
        Object[] payloads = {
            "A".repeat(1),
            "B".repeat(20),
            "C".repeat(300),
            "D".repeat(4_000),
            "E".repeat(50_000),
            "F".repeat(600_000),
            "G".repeat(7),
            "H".repeat(80)
        };
        byte[] full = bytes(body.formatted(payloads));
        byte[] empty = bytes(body.replace("%s", ""));
        ChatPeek peek = ChatPeek.read(full);
        assertThat(peek.images()).isEqualTo(4);
        assertThat(peek.audios()).isEqualTo(2);
        assertThat(peek.files()).isEqualTo(4);
        assertThat(full.length - empty.length).isEqualTo(654_408);
        assertThat(peek.inputBytes()).isEqualTo(empty.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"text\",\"text\":\"data:image/png;base64,AAAAAAAA\"}",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:text/plain,AAAAAAAA\"}}",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"AAAAAAAA;base64,AAAAAAAA\"}}",
                "{\"type\":\"image_url\",\"image_url\":{\"other\":\"data:image/png;base64,AAAAAAAA\"}}",
                "{\"type\":\"image_url\",\"image_url\":\"AAAAAAAA\"}",
                "{\"type\":\"file\",\"file\":\"AAAAAAAA\"}",
                "{\"type\":\"file\",\"file\":{\"file_data\":\"https://example.com/a.pdf\"}}",
                "{\"type\":\"input_audio\",\"input_audio\":\"https://example.com/a.wav\"}",
                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"data:audio/wav,AAAA\"}}",
                "{\"type\":\"other\",\"other\":{\"data\":\"AAAAAAAA\",\"url\":\"data:image/png;base64,AAAA\"}}"
            })
    void whatIsNotBase64IsInput(String part) {
        String body = "{\"model\":\"m\",\"messages\":[{\"content\":[" + part + "]}]}";
        assertThat(read(body).inputBytes()).isEqualTo(body.length());
    }

    @Test
    void theMarkOfBase64MustStandInTheHeadOfAUri() {
        for (int filling : new int[] {243, 244}) {
            String uri = "data:" + "x".repeat(filling) + ";base64,AAAA";
            String body =
                    "{\"model\":\"m\",\"messages\":[{\"content\":[{\"image_url\":{\"url\":\""
                            + uri
                            + "\"}}]}]}";
            assertThat(read(body).inputBytes()).isEqualTo(body.length() - (filling == 243 ? 4 : 0));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"text\",\"text\":\"x\"}|0|0|0",
                "{\"type\":\"input_text\"}|0|0|0",
                "{\"type\":\"output_text\"}|0|0|0",
                "{\"type\":\"refusal\",\"refusal\":\"x\"}|0|0|0",
                "{\"type\":\"thinking\",\"thinking\":[]}|0|0|0",
                "{\"type\":\"reasoning\"}|0|0|0",
                "{\"text\":\"x\"}|0|0|0",
                "{\"type\":7}|0|0|0",
                "\"x\"|0|0|0",
                "[{\"type\":\"image_url\"}]|0|0|0",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}|1|0|0",
                "{\"type\":\"image_url\",\"image_url\":\"u\"}|1|0|0",
                "{\"image\":[1]}|1|0|0",
                "{\"input_audio\":{}}|0|1|0",
                "{\"audio_url\":{\"url\":\"u\"}}|0|1|0",
                "{\"file\":{}}|0|0|1",
                "{\"input_video\":{}}|0|0|1",
                "{\"document\":{}}|0|0|1",
                "{\"type\":\"image_url\",\"image_url\":null}|0|0|0",
                "{\"image_url\":{},\"file\":{}}|1|0|1",
                "{\"type\":\"hologram\",\"hologram\":{}}|0|0|1"
            })
    void partsAreCountedByWhatTheyHold(String part, int images, int audios, int files) {
        ChatPeek peek = messages("[{\"content\":[" + part + "]},{\"content\":\"x\"}]");
        assertThat(List.of(peek.images(), peek.audios(), peek.files()))
                .containsExactly(images, audios, files);
        assertThat(peek.messages()).isEqualTo(2);
    }

    /// Containers in odd places are passed over, and what follows is read.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"stream_options\":{\"x\":{\"include_usage\":5},\"y\":[{}]}",
                "\"functions\":[{\"a\":[{}]},[[]],{}]",
                "\"response_format\":{\"x\":{\"type\":[]},\"type\":{\"a\":[]}}",
                "\"metadata\":{\"a\":[{}],\"user_id\":{\"b\":[]}}",
                "\"prediction\":{\"content\":[{\"text\":\"x\"}]}",
                "\"tools\":[{\"x\":[{}],\"function\":{\"type\":{}},\"cache_control\":[{}]},{\"function\":[]}]",
                "\"tool_choice\":{\"x\":{\"type\":\"mcp\"},\"type\":[{}],\"allowed_tools\":[{}],\"tools\":{\"a\":[]}}",
                "\"tool_choice\":{\"tools\":[[{}],{\"x\":[{}]},{}]}",
                "\"service_tier\":null,\"audio\":{\"x\":{\"voice\":{}},\"voice\":[{}]}",
                "\"prompt_cache_options\":{\"x\":{\"ttl\":\"1h\"},\"mode\":[]}",
                "\"venice_parameters\":{\"x\":{\"enable_web_search\":true}}",
                "\"search_parameters\":{\"x\":[{}],\"mode\":\"off\",\"sources\":[{}]}",
                "\"cache_control\":{\"x\":{\"ttl\":\"1h\"},\"ttl\":\"5m\",\"y\":[{}]}",
                "\"cache_control\":[{}]",
                "\"parallel_tool_calls\":{\"a\":[]}",
                "\"temperature\":[[{}]]",
                "\"x\":{\"model\":[{}]}"
            })
    void containersInOddPlacesArePassedOver(String members) {
        ChatPeek peek = read("{" + members + ",\"n\":2,\"model\":\"m\"," + MESSAGES + "}");
        assertThat(peek.choices()).isEqualTo(2);
        assertThat(peek.messages()).isEqualTo(1);
        assertThat(peek.notPassed()).isEmpty();
        assertThat(peek.refused(Set.of())).isNull();
    }

    @Test
    void containersInOddPlacesOfMessagesArePassedOver() {
        String text =
                "[{\"role\":{\"content\":[{\"file_id\":\"x\"}]},\"audio\":{\"x\":{\"id\":\"a\"},\"y\":[{}]},\"tool_calls\":[{\"a\":{}}]},"
                    + "{\"audio\":[{\"id\":\"a\"}],\"cache_control\":[{}],\"content\":[[{\"image_url\":{}}],"
                    + "{\"type\":{\"a\":[]},\"x\":{\"image_url\":{}},\"cache_control\":[{}],\"image_url\":{\"detail\":{\"url\":\"data:a;base64,AAAA\"},\"url\":[{}],\"file_id\":null}},"
                    + "{\"file\":[{\"file_data\":\"AAAA\"}]},{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]";
        ChatPeek peek = messages(text);
        assertThat(peek.messages()).isEqualTo(2);
        assertThat(peek.images()).isEqualTo(2);
        assertThat(peek.files()).isEqualTo(1);
        assertThat(peek.notPassed()).isEmpty();
        assertThat(peek.inputBytes()).isEqualTo(text.length() + 25);
    }

    @Test
    void anObjectWhereAnIdBelongsIsAnId() {
        assertThat(
                        messages("[{\"audio\":{\"id\":{\"a\":[]},\"x\":1}},{\"content\":\"x\"}]")
                                .notPassed())
                .containsExactly(
                        new NotPassed("messages[0].audio.id", Capability.PROVIDER_OBJECTS));
        assertThat(with("\"prompt_cache_options\":{\"ttl\":{\"a\":[]},\"x\":1}").notPassed())
                .containsExactly(new NotPassed("prompt_cache_options.ttl", Capability.LONG_CACHE));
        assertThat(with("\"cache_control\":{\"ttl\":{\"a\":[]},\"x\":1}").notPassed())
                .containsExactly(new NotPassed("cache_control.ttl", Capability.LONG_CACHE));
        assertThat(
                        with("\"venice_parameters\":{\"enable_web_search\":{\"a\":[]},\"x\":1}")
                                .notPassed())
                .containsExactly(
                        new NotPassed(
                                "venice_parameters.enable_web_search", Capability.WEB_SEARCH));
        assertThat(with("\"search_parameters\":{\"mode\":{\"a\":[\"off\"]},\"x\":1}").notPassed())
                .containsExactly(new NotPassed("search_parameters", Capability.WEB_SEARCH));
        assertThat(with("\"audio\":{\"voice\":{\"id\":{\"a\":[]}},\"x\":1}").notPassed())
                .containsExactly(new NotPassed("audio.voice.id", Capability.PROVIDER_OBJECTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"x\"", "5", "{\"a\":[]}", "[]", "[[]]", "[1,null,{}]"})
    void contentOfAnyTypePasses(String content) {
        ChatPeek peek = messages("[{\"content\":" + content + ",\"role\":\"user\"},{}]");
        assertThat(peek.messages()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}|",
                "{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}|",
                "{\"function\":{\"name\":\"f\"}}|",
                "{\"type\":null,\"function\":{\"name\":\"f\"}}|",
                "{\"type\":\"web_search\"}|web_search:WEB_SEARCH",
                "{\"type\":\"web_search_preview\"}|web_search_preview:WEB_SEARCH",
                "{\"type\":\"openrouter:web_search\"}|openrouter:web_search:WEB_SEARCH",
                "{\"type\":\"X_Search\"}|X_Search:WEB_SEARCH",
                "{\"type\":\"builtin_function\",\"function\":{\"name\":\"$web_search\"}}|builtin_function:WEB_SEARCH",
                "{\"type\":\"file_search\"}|file_search:PROVIDER_OBJECTS",
                "{\"type\":\"code_interpreter\",\"container\":{\"type\":\"function\"}}|code_interpreter:PROVIDER_OBJECTS",
                "{\"type\":\"mcp\",\"server_url\":\"https://x\"}|mcp:PROVIDER_OBJECTS",
                "{\"google_search\":{}}|tool:PROVIDER_OBJECTS",
                "{}|tool:PROVIDER_OBJECTS",
                "{\"type\":\"\"}|tool:PROVIDER_OBJECTS",
                "{\"type\":\"a\\r\\nx-evil: 1\"}|tool:PROVIDER_OBJECTS"
            })
    void hostedToolsAreKnownByTheirType(String tool, @Nullable String expected) {
        ChatPeek peek = with("\"tools\":[" + tool + "]");
        assertThat(peek.toolsOrSchema()).isTrue();
        if (expected == null) {
            assertThat(peek.dropped(Set.of())).isEmpty();
            return;
        }
        int colon = expected.lastIndexOf(':');
        Capability capability = Capability.valueOf(expected.substring(colon + 1));
        assertThat(peek.dropped(Set.of())).containsExactly(expected.substring(0, colon));
        assertThat(peek.dropped(Set.of(capability))).isEmpty();
        assertThat(peek.refused(Set.of())).isNull();
    }

    @Test
    void namesForTheHeaderAreShort() {
        assertThat(with("\"tools\":[{\"type\":\"" + "a".repeat(64) + "\"}]").dropped(Set.of()))
                .containsExactly("a".repeat(64));
        assertThat(with("\"tools\":[{\"type\":\"" + "a".repeat(65) + "\"}]").dropped(Set.of()))
                .containsExactly("tool");
        for (char c : "azAZ09_-.:".toCharArray()) {
            assertThat(with("\"tools\":[{\"type\":\"" + c + "\"}]").dropped(Set.of()))
                    .containsExactly(String.valueOf(c));
        }
        for (char c : "`{@[/;, \u00e9".toCharArray()) {
            assertThat(with("\"tools\":[{\"type\":\"x" + c + "\"}]").dropped(Set.of()))
                    .containsExactly("tool");
        }
    }

    @Test
    void whatIsDroppedIsNamedOnce() {
        ChatPeek peek =
                with(
                        "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"function\",\"function\":{}},"
                            + "{\"type\":\"web_search\"},{\"type\":\"mcp\"}],\"web_search_options\":{}");
        assertThat(peek.dropped(Set.of()))
                .containsExactly("web_search", "mcp", "web_search_options");
        assertThat(peek.dropped(Set.of(Capability.WEB_SEARCH))).containsExactly("mcp");
        assertThat(peek.dropped(Set.of(Capability.PROVIDER_OBJECTS)))
                .containsExactly("web_search", "web_search_options");
        assertThat(peek.dropped(Set.of(Capability.WEB_SEARCH, Capability.PROVIDER_OBJECTS)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"auto\"||",
                "\"none\"||",
                "\"required\"||",
                "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}||",
                "{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}||",
                "{\"type\":\"web_search\"}|WEB_SEARCH|",
                "{\"type\":\"file_search\"}|PROVIDER_OBJECTS|",
                "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]}}||",
                "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\"},{\"type\":\"mcp\"}]}}|PROVIDER_OBJECTS|",
                "{\"allowed_tools\":{\"tools\":[[],5,{\"type\":\"web_search\"}]},\"type\":\"allowed_tools\"}|WEB_SEARCH|",
                "{}||",
                "{\"type\":5}||"
            })
    void onlyAChoiceThatDemandsAHostedToolIsRefused(
            String choice, @Nullable String needed, @Nullable String unused) {
        ChatPeek peek =
                with(
                        "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"function\",\"function\":{}}],\"tool_choice\":"
                                + choice);
        assertThat(unused).isNull();
        NotPassed refused = peek.refused(Set.of());
        if (needed == null) {
            assertThat(refused).isNull();
            return;
        }
        Capability capability = Capability.valueOf(needed);
        assertThat(refused).isEqualTo(new NotPassed("tool_choice", capability));
        assertThat(peek.refused(Set.of(capability))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"required", "any"})
    void someToolIsDemandedThoughNoneIsLeft(String choice) {
        ChatPeek peek =
                with(
                        "\"tool_choice\":\"%s\",\"tools\":[{\"type\":\"web_search\"},{\"type\":\"mcp\"}]"
                                .formatted(choice));
        assertThat(peek.refused(Set.of()))
                .isEqualTo(new NotPassed("tool_choice", Capability.WEB_SEARCH));
        assertThat(peek.refused(Set.of(Capability.WEB_SEARCH))).isNull();
        assertThat(with("\"tool_choice\":\"" + choice + "\",\"tools\":[]").refused(Set.of()))
                .isNull();
        assertThat(with("\"tool_choice\":\"" + choice + "\"").refused(Set.of())).isNull();
    }

    @Test
    void autoDemandsNothing() {
        assertThat(
                        with("\"tool_choice\":\"auto\",\"tools\":[{\"type\":\"web_search\"}]")
                                .refused(Set.of()))
                .isNull();
    }

    @Test
    void aRefusalSaysWhatToAllow() {
        assertThat(new NotPassed("service_tier", Capability.PRIORITY).fault())
                .isEqualTo(
                        new BadRequest(
                                "service_tier",
                                "service_tier: found a value that is not passed on (expected: none,"
                                        + " as the model does not allow priority)"));
    }

    @Test
    void thePromptIsInNoMessage() {
        String[] bodies = {
            "{\"model\":\"m\",\"messages\":\"secret\"}",
            "{\"model\":\"m\",\"messages\":[\"secret\"]}",
            "{\"model\":\"m\",\"messages\":[{\"content\":\"secret\",\"content\":\"secret\"}]}",
            "{\"model\":\"m\",\"messages\":[{\"content\":\"secret\n\"}]}",
            "{\"messages\":[{\"content\":\"secret\"}]}",
            "\"secret\""
        };
        for (String body : bodies) {
            assertThatThrownBy(() -> read(body))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.fault().toString()).doesNotContain("secret"));
        }
    }

    @Test
    void i84NothingButTheCallersMistakeIsThrown() {
        byte[] body =
                bytes(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA\"}}]}],"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"tools\":[{\"type\":\"web_search\"}],\"n\":1}");
        java.util.Random random = new java.util.Random(20261124);
        int read = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] spoiled = body.clone();
            int spoils = 1 + random.nextInt(3);
            for (int j = 0; j < spoils; j++) {
                spoiled[random.nextInt(body.length)] =
                        (byte) "{}[]\",:\\un1-x\u00e9".charAt(random.nextInt(14));
            }
            try {
                ChatPeek peek = ChatPeek.read(spoiled);
                new Splices(spoiled, peek)
                        .model("z").askUsage().stream()
                                .limitOutput(5, LimitName.MAX_TOKENS)
                                .dropHosted(Set.of())
                                .bytes();
                read++;
            } catch (GatewayException e) {
                assertThat(e.fault()).isInstanceOf(BadRequest.class);
            }
        }
        assertThat(read).isPositive();
    }
}
