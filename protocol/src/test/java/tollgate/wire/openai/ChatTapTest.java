package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Usage;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Span;
import tollgate.wire.openai.ChatTap.Kind;
import tollgate.wire.sse.SseEvent;
import tollgate.wire.sse.SseFramer;
import tollgate.wire.sse.SseSink;

class ChatTapTest {
    private final TokenMeter meter = new TokenMeter();
    private final ChatTap tap = new ChatTap(meter);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Kind read(String payload) {
        byte[] bytes = bytes("##" + payload + "##");
        return tap.read(bytes, 2, bytes.length - 2);
    }

    private Kind delta(String delta) {
        return read("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}");
    }

    /// Bytes of text that the meter got: before any count its bound is just that.
    private long counted() {
        return meter.bound();
    }

    private List<Kind> stream(String stream) {
        List<Kind> kinds = new ArrayList<>();
        byte[] bytes = bytes(stream);
        new SseFramer()
                .feed(
                        bytes,
                        0,
                        bytes.length,
                        new SseSink() {
                            @Override
                            public void event(SseEvent event) {
                                kinds.add(tap.read(event));
                            }

                            @Override
                            public void tooLarge() {
                                throw new AssertionError();
                            }
                        });
        return kinds;
    }

    @Test
    void aWholeStream() {
        String frame =
                "data:"
                    + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-5-2026\",%s}\n\n";
        assertThat(
                        stream(
                                ": OPENROUTER PROCESSING\n\n"
                                        + frame.formatted(
                                                "\"choices\":[],\"prompt_filter_results\":[{}]")
                                        + frame.formatted(
                                                "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}],\"usage\":null")
                                        + frame.formatted(
                                                "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":null}],\"usage\":null")
                                        + frame.formatted(
                                                "\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                                                    + " world\"},\"finish_reason\":null}],\"usage\":null")
                                        + frame.formatted(
                                                "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null")
                                        + frame.formatted(
                                                "\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}")
                                        + "data: [DONE]\n\n"))
                .containsExactly(
                        Kind.SILENT,
                        Kind.SILENT,
                        Kind.SILENT,
                        Kind.OUTPUT,
                        Kind.OUTPUT,
                        Kind.SILENT,
                        Kind.USAGE_ONLY,
                        Kind.DONE);
        assertThat(tap.usage()).isEqualTo(Usage.of(9, 2));
        assertThat(tap.oddUsage()).isEmpty();
        assertThat(tap.finishReason()).isEqualTo("stop");
        assertThat(tap.isFinished()).isTrue();
        assertThat(tap.responseModel()).isEqualTo("gpt-5-2026");
        assertThat(tap.error()).isNull();
        assertThat(tap.meter()).isSameAs(meter);
        assertThat(meter.exact()).isEqualTo(2);
    }

    @Test
    void anUntouchedTapKnowsNothing() {
        assertThat(tap.usage()).isNull();
        assertThat(tap.oddUsage()).isEmpty();
        assertThat(tap.finishReason()).isNull();
        assertThat(tap.isFinished()).isFalse();
        assertThat(tap.responseModel()).isNull();
        assertThat(tap.modelSpan()).isNull();
        assertThat(tap.error()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|0",
                "{\"role\":\"assistant\"}|0",
                "{\"role\":\"assistant\",\"content\":\"\"}|0",
                "{\"content\":null,\"refusal\":null,\"tool_calls\":null,\"reasoning\":null,\"function_call\":null}|0",
                "{\"content\":5}|0",
                "{\"content\":[]}|0",
                "{\"content\":[{\"type\":\"text\",\"text\":\"\"}]}|0",
                "{\"content\":[{\"type\":\"text\"}]}|0",
                "{\"tool_calls\":[]}|0",
                "{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\"}]}|0",
                "{\"tool_calls\":[{\"function\":{\"name\":\"\",\"arguments\":\"\"}}]}|0",
                "{\"tool_calls\":[{\"function\":{\"name\":null,\"arguments\":null}}]}|0",
                "{\"tool_calls\":[{\"function\":null},5]}|0",
                "{\"reasoning_details\":[]}|0",
                "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"abc\",\"index\":0}]}|0",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"\"}]}|0",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":{\"a\":[]}}]}|0",
                "{\"audio\":{\"id\":\"a\",\"expires_at\":1}}|0",
                "{\"images\":[]}|0",
                "{\"images\":{}}|0",
                "{\"annotations\":[{\"url\":\"x\"}]}|0",
                "{\"padding\":\"abc\"}|0"
            })
    void silentDeltas(String delta, int bytes) {
        assertThat(delta(delta)).isEqualTo(Kind.SILENT);
        assertThat(counted()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"content\":\"abc\"}|3",
                "{\"content\":\" \"}|1",
                "{\"content\":\"\\n\\u00e9\"}|3",
                "{\"content\":\"\\ud83d\"}|2",
                "{\"role\":\"assistant\",\"content\":\"abc\",\"refusal\":\"de\"}|5",
                "{\"refusal\":\"de\"}|2",
                "{\"reasoning\":\"abcd\"}|4",
                "{\"reasoning_content\":\"abcd\",\"content\":null}|4",
                "{\"reasoning\":\"abcd\",\"reasoning_content\":\"abcd\"}|4",
                "{\"reasoning\":\"\",\"reasoning_content\":\"abcd\"}|4",
                "{\"reasoning_content\":\"abcd\",\"reasoning\":\"xyz\",\"content\":\"z\"}|5",
                "{\"reasoning\":\"abcd\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"abcd\"}]}|4",
                "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"abcd\"}],\"reasoning\":\"abcd\"}|4",
                "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"abcd\"}],\"reasoning\":\"\"}|4",
                "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"abcd\"}],\"content\":\"e\"}|5",
                "{\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\"abc\"}]}|3",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"QUJD\"}]}|0",
                "{\"content\":[{\"type\":\"text\",\"text\":\"ab\"},{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"cde\"}]}]}|5",
                "{\"content\":{\"type\":\"text\",\"text\":\"ab\",\"id\":\"zzzzz\"}}|2",
                "{\"content\":[\"ab\",\"c\"]}|3",
                "{\"tool_calls\":[{\"id\":\"call_1\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}|0",
                "{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}},{\"function\":{\"arguments\":\"xy\"}}]}|9",
                "{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\" : 1}}}]}|9",
                "{\"tool_calls\":[{\"function\":{\"arguments\":[1]}}]}|3",
                "{\"tool_calls\":[{\"type\":\"custom\",\"custom\":{\"name\":\"f\",\"input\":\"abc\"}}]}|3",
                "{\"function_call\":{\"name\":\"f\",\"arguments\":\"ab\"}}|2",
                "{\"function_call\":{\"name\":\"f\"}}|0",
                "{\"audio\":{\"data\":\"QUJD\"}}|0",
                "{\"audio\":{\"transcript\":\"abc\",\"data\":\"QUJD\"}}|3",
                "{\"images\":[{\"image_url\":{\"url\":\"data:image/png;base64,AA\"}},[]],\"content\":\"\"}|0"
            })
    void deltasWithOutput(String delta, int bytes) {
        assertThat(delta(delta)).isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(bytes);
        assertThat(delta("{}")).as("the next event stands for itself").isEqualTo(Kind.SILENT);
        assertThat(counted()).isEqualTo(bytes);
    }

    /// Containers that we do not know are passed over, whatever their members are called, and what
    /// follows is read.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"provider_metadata\":{\"content\":\"zzzzz\",\"a\":[{}]},\"content\":\"abc\"}",
                "{\"content\":[{\"meta\":{\"text\":\"zzzzz\"},\"text\":\"ab\"},{\"text\":\"c\"}]}",
                "{\"images\":[{\"content\":{\"content\":\"z\"}},[[]],{}],\"content\":\"abc\"}",
                "{\"tool_calls\":[{\"meta\":{\"arguments\":\"zzzzz\"},\"function\":{\"name\":{\"arguments\":\"z\"},\"arguments\":\"ab\"}},{\"function\":{\"arguments\":\"c\"}}]}",
                "{\"audio\":{\"data\":{\"transcript\":\"zzzzz\"},\"transcript\":\"abc\"}}",
                "{\"role\":{\"content\":[\"zzzzz\"]},\"content\":\"abc\"}",
                "{\"reasoning_details\":[[{\"x\":{\"text\":\"zzzzz\"}}]],\"content\":\"abc\"}"
            })
    void unknownContainersArePassedOver(String delta) {
        assertThat(delta(delta)).isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\":{\"choices\":[]}",
                "\"model\":{\"usage\":{}}",
                "\"object\":[{}]",
                "\"usage\":[{}]",
                "\"x_groq\":{\"id\":{\"usage\":[{}]}}",
                "\"error\":null,\"created\":[[]]",
                "\"data\":[{\"a\":[]},[1]]"
            })
    void unknownContainersBesideTheChoicesArePassedOver(String member) {
        assertThat(
                        read(
                                "{"
                                        + member
                                        + ",\"choices\":[{\"x\":{\"delta\":5},\"index\":[0],\"finish_reason\":{\"a\":[]},\"logprobs\":{\"content\":[{}]},\"delta\":{\"content\":\"abc\"}}]}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void textIsCountedInTheOrderInWhichItComes() {
        read(
                "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"one \",\"content\":\"two"
                        + " \"}},{\"index\":1,\"delta\":{\"content\":\"three \"}}]}");
        delta(
                "{\"tool_calls\":[{\"function\":{\"name\":\"ignored\",\"arguments\":\"four"
                        + " \"}}],\"refusal\":\"five\"}");
        assertThat(counted()).isEqualTo("one two three four five".length());
        TokenMeter expected = new TokenMeter();
        expected.append("one two three four five");
        assertThat(meter.exact()).isEqualTo(expected.exact()).isEqualTo(5);
    }

    @Test
    void anEmojiThatIsCutBetweenEventsIsOneCharacter() {
        delta("{\"content\":\"\\ud83d\"}");
        delta("{\"content\":\"\\ude00\"}");
        assertThat(meter.exact()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[DONE]", " [DONE]", "[DONE] \t", "  [DONE]  "})
    void done(String payload) {
        assertThat(read(payload)).isEqualTo(Kind.DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " \t "})
    void anEmptyPayloadIsSilent(String payload) {
        assertThat(read(payload)).isEqualTo(Kind.SILENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[DONE",
                "[DONE]x",
                "[DONEX",
                "[]",
                "null",
                "5",
                "\"x\"",
                "{",
                "{}{}",
                "{\"choices\":[{\"delta\":{\"content\":\"abc\"}}]",
                "{\"choices\":[{\"delta\":{\"content\":\"abc\"}}]}}",
                "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"abc\"}}],\"usage\":{\"prompt_tokens\":1},x}",
                "<html>",
                "\u00e9"
            })
    void whatIsNoObjectIsGarbledAndLeavesNoTrace(String payload) {
        assertThat(read(payload)).isEqualTo(Kind.GARBLED);
        assertThat(counted()).isZero();
        assertThat(tap.usage()).isNull();
        assertThat(tap.finishReason()).isNull();
        assertThat(tap.modelSpan()).isNull();
        assertThat(tap.responseModel()).isNull();
        assertThat(delta("{\"content\":\"abc\"}")).isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void theChoicesOfAGarbledEventDoNotCount() {
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
        assertThat(tap.finishReason()).isNull();
        read("{\"choices\":[{\"index\":0,\"delta\":{}}]}");
        assertThat(tap.finishReason()).isNull();
        assertThat(tap.isFinished()).isFalse();
        read("{\"choices\":[{\"index\":7,\"delta\":{}}]");
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        assertThat(tap.isFinished()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"choices\":null}",
                "{\"choices\":{}}",
                "{\"choices\":[]}",
                "{\"choices\":[5,null]}",
                "{\"choices\":[],\"usage\":null}",
                "{\"choices\":[],\"usage\":5}",
                "{\"type\":\"ping\"}",
                "{\"error\":null,\"choices\":[]}",
                "{\"error\":false}",
                "{\"error\":\"\"}",
                "{\"object\":\"chat.completion.chunk\"}",
                "{\"object\":null}",
                "{\"choices\":[{\"delta\":null}]}",
                "{\"choices\":[{\"finish_reason\":\"stop\"}]}"
            })
    void objectsWithoutOutputAreSilent(String payload) {
        assertThat(read(payload)).isEqualTo(Kind.SILENT);
        assertThat(tap.usage()).isNull();
        assertThat(tap.error()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\",\"code\":503}}|overloaded|server_error|503",
                "{\"error\":\"overloaded\"}|overloaded||",
                "{\"error\":{}}|the provider gave no reason||",
                "{\"error\":true}|the provider gave no reason||",
                "{\"object\":\"error\",\"message\":\"bad\",\"type\":\"x\",\"code\":40001}|bad|x|40001",
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":502,\"message\":\"gone\"}}|gone||502"
            })
    void errors(String payload, String message, @Nullable String type, @Nullable String code) {
        assertThat(read(payload)).isEqualTo(Kind.ERROR);
        assertThat(tap.error()).isEqualTo(new ProviderError(message, type, null, code));
    }

    @Test
    void theFirstErrorIsKeptAndItsEventStillCounts() {
        assertThat(
                        read(
                                "{\"error\":{\"message\":\"one\"},\"choices\":[{\"delta\":{\"content\":\"abc\"},\"finish_reason\":\"error\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"))
                .isEqualTo(Kind.ERROR);
        read("{\"error\":{\"message\":\"two\"}}");
        assertThat(tap.error()).isEqualTo(new ProviderError("one", null, null, null));
        assertThat(counted()).isEqualTo(3);
        assertThat(tap.finishReason()).isEqualTo("error");
        assertThat(tap.usage()).isEqualTo(Usage.of(3, 4));
    }

    @Test
    void anErrorMayBeNamedByItsEvent() {
        assertThat(stream("event: error\ndata: {\"message\":\"gone\"}\n\n"))
                .containsExactly(Kind.ERROR);
        assertThat(tap.error()).isEqualTo(new ProviderError("gone", null, null, null));
    }

    @Test
    void anErrorMayBePlainText() {
        assertThat(stream("event: error\ndata: overloaded, sorry\n\n")).containsExactly(Kind.ERROR);
        assertThat(tap.error()).isEqualTo(new ProviderError("overloaded, sorry", null, null, null));
    }

    @Test
    void anErrorMayBeBothNamedAndSaid() {
        String stream =
                """
                event: error
                data: {"error":{"message":"a"}}

                event: error

                event: x
                data: {}

                """;
        assertThat(stream(stream)).containsExactly(Kind.ERROR, Kind.SILENT, Kind.SILENT);
        assertThat(tap.error()).isEqualTo(new ProviderError("a", null, null, null));
    }

    @Test
    void theLatestUsageCounts() {
        assertThat(
                        read(
                                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1}}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(tap.usage()).isEqualTo(Usage.of(10, 1));
        assertThat(
                        read(
                                "{\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,\"odd_tokens\":5}}"))
                .isEqualTo(Kind.SILENT);
        assertThat(tap.usage()).isEqualTo(Usage.of(10, 2));
        assertThat(tap.oddUsage()).containsExactly(new OddUsage("odd_tokens", "5"));
        assertThat(read("{\"choices\":[],\"usage\":{}}")).isEqualTo(Kind.USAGE_ONLY);
        assertThat(tap.usage())
                .as("a report that says nothing replaces none")
                .isEqualTo(Usage.of(10, 2));
        assertThat(tap.oddUsage()).isEmpty();
        assertThat(read("{\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":3}}"))
                .isEqualTo(Kind.USAGE_ONLY);
        assertThat(tap.usage()).isEqualTo(Usage.of(11, 3));
    }

    @Test
    void groqReportsBesideOrInstead() {
        read(
                "{\"choices\":[],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}}");
        assertThat(tap.usage()).isEqualTo(Usage.of(5, 6));
        read(
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2},\"x_groq\":{\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":8}}}");
        assertThat(tap.usage()).isEqualTo(Usage.of(1, 2));
        read(
                "{\"choices\":[],\"x_groq\":{\"usage\":null},\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}");
        assertThat(tap.usage()).isEqualTo(Usage.of(3, 4));
        assertThat(read("{\"choices\":[],\"x_groq\":5}")).isEqualTo(Kind.SILENT);
        assertThat(read("{\"x_groq\":{\"seed\":{\"usage\":{}}}}")).isEqualTo(Kind.SILENT);
    }

    @Test
    void everyChoiceThatSpokeMustFinish() {
        read(
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"a\"}},{\"index\":0,\"delta\":{\"content\":\"b\"}}]}");
        assertThat(tap.isFinished()).isFalse();
        read("{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}");
        assertThat(tap.isFinished()).isFalse();
        assertThat(tap.finishReason()).isEqualTo("length");
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        assertThat(tap.isFinished()).isTrue();
        assertThat(tap.finishReason()).isEqualTo("stop");
        read("{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"other\"}]}");
        assertThat(tap.finishReason()).isEqualTo("stop");
        assertThat(tap.isFinished()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "5", "{}"})
    void whatIsNoReasonFinishesNothing(String reason) {
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":" + reason + "}]}");
        assertThat(tap.finishReason()).isNull();
        assertThat(tap.isFinished()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "128", "129", "1.5", "\"0\"", "null", "99999999999999999999"})
    void aChoiceWithoutAProperIndexIsCountedByItsPlace(String index) {
        read("{\"choices\":[{\"index\":" + index + ",\"delta\":{},\"finish_reason\":\"stop\"}]}");
        assertThat(tap.isFinished()).isTrue();
        read("{\"choices\":[{\"index\":127,\"delta\":{}}]}");
        assertThat(tap.isFinished()).isFalse();
        read("{\"choices\":[5,{\"delta\":{},\"finish_reason\":\"x\"}]}");
        assertThat(tap.isFinished()).isFalse();
        read("{\"choices\":[{\"index\":127,\"delta\":{},\"finish_reason\":\"length\"}]}");
        assertThat(tap.isFinished()).isTrue();
        assertThat(tap.finishReason()).isEqualTo("stop");
    }

    /// Perplexity says all so far once more in a `message`.
    @Test
    void aMessageBesideADeltaIsNotCounted() {
        assertThat(
                        read(
                                "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"abcdef\"},\"delta\":{\"content\":\"ef\"}}]}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(2);
        assertThat(
                        read(
                                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"message\":{\"content\":\"abcdef\"}}]}"))
                .isEqualTo(Kind.SILENT);
        assertThat(counted()).isEqualTo(2);
        assertThat(read("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"xyz\"}}]}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(5);
        assertThat(read("{\"choices\":[{\"index\":0,\"message\":null}]}")).isEqualTo(Kind.SILENT);
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void theModelIsFoundWhereItStands() {
        byte[] event = bytes("data: {\"id\":1,\"model\" : \"a\\u0062c\",\"choices\":[]}\n\n");
        assertThat(tap.read(event, 6, event.length - 2)).isEqualTo(Kind.SILENT);
        assertThat(tap.modelSpan()).isEqualTo(new Span(24, 34));
        assertThat(tap.responseModel()).isEqualTo("abc");
        assertThat(
                        new String(
                                Splices.renamed(
                                        event, new Span(0, event.length), new Span(24, 34), "z"),
                                StandardCharsets.UTF_8))
                .isEqualTo("data: {\"id\":1,\"model\" : \"z\",\"choices\":[]}\n\n");
        read("{\"choices\":[]}");
        assertThat(tap.modelSpan()).isNull();
        assertThat(tap.responseModel()).isEqualTo("abc");
        read("{\"model\":\"\"}");
        assertThat(tap.modelSpan()).isNull();
        assertThat(tap.responseModel()).isEqualTo("abc");
        read("{\"model\":null}");
        assertThat(tap.responseModel()).isEqualTo("abc");
        read("{\"model\":\"def\"}");
        assertThat(tap.responseModel()).isEqualTo("def");
        assertThat(tap.modelSpan()).isEqualTo(new Span(11, 16));
        read("[DONE]");
        assertThat(tap.modelSpan()).isNull();
        read("{\"model\":\"def\"}");
        stream(": x\n\n");
        assertThat(tap.modelSpan()).isNull();
        read("{\"model\":\"def\"}");
        read("{\"model\":\"ghi\"");
        assertThat(tap.modelSpan()).isNull();
        assertThat(tap.responseModel()).isEqualTo("def");
    }

    @Test
    void aChoicesPlaceIsAmongItsSiblings() {
        for (String index : new String[] {"1.5", "-1", "\"0\""}) {
            ChatTap other = new ChatTap(new TokenMeter());
            byte[] event =
                    bytes(
                            "{\"choices\":[{\"index\":0,\"delta\":{}},{\"index\":"
                                    + index
                                    + ",\"delta\":{},\"finish_reason\":\"stop\"}]}");
            other.read(event, 0, event.length);
            assertThat(other.isFinished()).as(index).isFalse();
            assertThat(other.finishReason()).as(index).isEqualTo("stop");
        }
    }

    @Test
    void aChoicesFirstReasonStands() {
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}");
        assertThat(tap.finishReason()).isEqualTo("stop");
    }

    @Test
    void whatIsNoChoiceIsPassedOver() {
        assertThat(
                        read(
                                "{\"choices\":[[{\"delta\":{\"content\":\"zz\"}}],{\"delta\":{\"content\":\"abc\"}}]}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void i85ModelNamesAreBounded() {
        String longest = "m".repeat(1_022);
        read("{\"model\":\"" + longest + "\"}");
        assertThat(tap.responseModel()).isEqualTo(longest);
        read("{\"model\":\"" + "x".repeat(1_023) + "\"}");
        assertThat(tap.responseModel()).isEqualTo(longest);
        read("{\"model\":\"" + "x".repeat(102_300) + "\"}");
        assertThat(tap.responseModel()).isEqualTo(longest);
    }

    @Test
    void membersOfOneNameAreAllSeen() {
        assertThat(
                        read(
                                "{\"choices\":[{\"delta\":{\"content\":\"ab\",\"content\":\"c\"}}],\"model\":\"a\",\"model\":\"b\"}"))
                .isEqualTo(Kind.OUTPUT);
        assertThat(counted()).isEqualTo(3);
        assertThat(tap.responseModel()).isEqualTo("b");
    }

    @Test
    void nothingIsThrownWhateverComes() {
        byte[] event =
                bytes(
                        "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\u00e9\",\"reasoning_details\":[{\"text\":\"x\",\"data\":\"y\"}],"
                            + "\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[1]}}}],\"images\":[{}]},\"finish_reason\":\"stop\"}],"
                            + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":3}},"
                            + "\"x_groq\":{\"usage\":{}},\"error\":{\"message\":[{\"loc\":[1],\"msg\":\"m\"}]}}");
        Random random = new Random(20261124);
        Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
        for (int i = 0; i < 60_000; i++) {
            byte[] spoiled = event.clone();
            int spoils = random.nextInt(4);
            for (int j = 0; j < spoils; j++) {
                spoiled[random.nextInt(event.length)] =
                        random.nextBoolean()
                                ? (byte) random.nextInt(256)
                                : (byte) "{}[]\",:\\u1-e.0".charAt(random.nextInt(14));
            }
            int from = random.nextInt(3);
            kinds.merge(tap.read(spoiled, from, spoiled.length), 1, Integer::sum);
        }
        assertThat(kinds).containsKeys(Kind.ERROR, Kind.GARBLED, Kind.OUTPUT);
    }
}
