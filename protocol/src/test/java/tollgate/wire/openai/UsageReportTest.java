package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollgate.call.Usage;

class UsageReportTest {
    private static ChatAnswer answer(String usage) {
        return ChatAnswer.read(
                ("{\"choices\":[],\"usage\":" + usage + "}").getBytes(StandardCharsets.UTF_8));
    }

    private static Usage usage(
            long input, long cached, long written, long writtenLong, long output, long reasoning) {
        return new Usage(input, cached, written, writtenLong, output, reasoning, 0);
    }

    private static void check(String report, Usage expected, OddUsage... odd) {
        ChatAnswer answer = answer(report);
        assertThat(answer.usage()).as(report).isEqualTo(expected);
        assertThat(answer.oddUsage()).as(report).containsExactly(odd);
    }

    @Test
    void openAi() {
        check(
                "{\"prompt_tokens\":232,\"completion_tokens\":96,\"total_tokens\":328,\"prompt_tokens_details\":"
                    + "{\"cached_tokens\":128,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":64,"
                    + "\"audio_tokens\":0,\"accepted_prediction_tokens\":3,\"rejected_prediction_tokens\":4}}",
                usage(232, 128, 0, 0, 96, 64));
    }

    @Test
    void theLeast() {
        check("{\"prompt_tokens\":20,\"completion_tokens\":10}", Usage.of(20, 10));
        check(
                "{\"prompt_tokens\":20,\"completion_tokens\":10.0,\"total_tokens\":30}",
                Usage.of(20, 10));
        check("{\"input_tokens\":7,\"output_tokens\":3}", Usage.of(7, 3));
        check("{\"prompt_tokens\":1,\"completion_tokens\":0}", Usage.of(1, 0));
    }

    @Test
    void whatIsMissingFollowsFromTheTotal() {
        check("{\"prompt_tokens\":20,\"total_tokens\":30}", Usage.of(20, 10));
        check("{\"completion_tokens\":10,\"total_tokens\":30}", Usage.of(20, 10));
        check("{\"prompt_tokens\":0,\"total_tokens\":30}", Usage.of(0, 30));
        check("{\"completion_tokens\":0,\"total_tokens\":30}", Usage.of(30, 0));
        check(
                "{\"prompt_tokens\":20,\"completion_tokens\":0,\"total_tokens\":30}",
                Usage.of(20, 0));
        check("{\"prompt_tokens\":20}", Usage.of(20, 0));
        check("{\"completion_tokens\":10}", Usage.of(0, 10));
        check("{\"prompt_tokens\":20,\"total_tokens\":5}", Usage.of(20, 0));
        check("{\"completion_tokens\":10,\"total_tokens\":5}", Usage.of(0, 10));
        check(
                "{\"prompt_tokens\":null,\"completion_tokens\":10,\"total_tokens\":30}",
                Usage.of(20, 10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"total_tokens\":30}",
                "{\"prompt_tokens\":null}",
                "{\"prompt_tokens\":0,\"completion_tokens\":0}",
                "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}",
                "null",
                "[]",
                "5",
                "\"x\"",
                "{\"cost\":1}"
            })
    void whatSaysNeitherInputNorOutputIsNoReport(String report) {
        assertThat(answer(report).usage()).isNull();
        assertThat(answer(report).oddUsage()).isEmpty();
    }

    @Test
    void cachedTokensHaveManyNames() {
        Usage cached = usage(100, 60, 0, 0, 5, 0);
        String frame = "{\"prompt_tokens\":100,\"completion_tokens\":5,%s}";
        check(frame.formatted("\"prompt_tokens_details\":{\"cached_tokens\":60}"), cached);
        check(frame.formatted("\"prompt_token_details\":{\"cached_tokens\":60}"), cached);
        check(frame.formatted("\"input_tokens_details\":{\"cached_tokens\":60}"), cached);
        check(
                frame.formatted("\"prompt_cache_hit_tokens\":60,\"prompt_cache_miss_tokens\":40"),
                cached);
        check(frame.formatted("\"cache_read_input_tokens\":60"), cached);
        check(frame.formatted("\"cached_tokens\":60"), cached);
        check(
                frame.formatted(
                        "\"cached_tokens\":60,\"cache_read_input_tokens\":0,\"prompt_tokens_details\":{\"cached_tokens\":20}"),
                cached);
        check(frame.formatted("\"prompt_tokens_details\":null"), Usage.of(100, 5));
        check(
                frame.formatted("\"prompt_tokens_details\":{\"cached_tokens\":null}"),
                Usage.of(100, 5));
    }

    @Test
    void writtenTokensHaveManyNames() {
        Usage written = usage(100, 0, 60, 0, 5, 0);
        String frame = "{\"prompt_tokens\":100,\"completion_tokens\":5,%s}";
        check(frame.formatted("\"prompt_tokens_details\":{\"cache_write_tokens\":60}"), written);
        check(frame.formatted("\"prompt_tokens_details\":{\"cache_creation_tokens\":60}"), written);
        check(frame.formatted("\"cache_creation_input_tokens\":60"), written);
        check(frame.formatted("\"cache_write_tokens\":60"), written);
        check(frame.formatted("\"cache_creation\":{\"ephemeral_5m_input_tokens\":60}"), written);
        check(
                frame.formatted(
                        "\"cache_creation_input_tokens\":60,\"cache_creation\":{\"ephemeral_5m_input_tokens\":60,"
                            + "\"ephemeral_1h_input_tokens\":0,\"ephemeral_24h_input_tokens\":0}"),
                written);
        check(
                frame.formatted(
                        "\"cache_creation_input_tokens\":60,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,"
                            + "\"ephemeral_1h_input_tokens\":30,\"ephemeral_24h_input_tokens\":20}"),
                usage(100, 0, 60, 50, 5, 0));
        check(
                frame.formatted("\"cache_creation\":{\"ephemeral_2h_input_tokens\":9}"),
                Usage.of(100, 5),
                new OddUsage("cache_creation.ephemeral_2h_input_tokens", "9"));
    }

    @Test
    void reasoningOfTheWhole() {
        Usage reasoned = usage(10, 0, 0, 0, 50, 40);
        check(
                "{\"prompt_tokens\":10,\"completion_tokens\":50,\"completion_tokens_details\":{\"reasoning_tokens\":40}}",
                reasoned);
        check(
                "{\"prompt_tokens\":10,\"completion_tokens\":50,\"output_tokens_details\":{\"reasoning_tokens\":40}}",
                reasoned);
        check(
                "{\"prompt_tokens\":10,\"completion_tokens\":50,\"reasoning_tokens\":40,\"total_tokens\":60}",
                reasoned);
        check(
                "{\"prompt_tokens\":10,\"completion_tokens\":50,\"reasoning_tokens\":50}",
                usage(10, 0, 0, 0, 50, 50));
    }

    /// xAI: the total shows that reasoning stands beside `completion_tokens`.
    @Test
    void reasoningBesideTheWholeByItsTotal() {
        check(
                "{\"prompt_tokens\":432,\"completion_tokens\":68,\"total_tokens\":636,\"prompt_tokens_details\":"
                    + "{\"text_tokens\":432,\"audio_tokens\":0,\"image_tokens\":0,\"cached_tokens\":153},"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":136},\"num_sources_used\":0,\"cost_in_usd_ticks\":1654500}",
                usage(432, 153, 0, 0, 204, 136));
        check(
                "{\"prompt_tokens\":432,\"completion_tokens\":168,\"total_tokens\":636,\"completion_tokens_details\":"
                    + "{\"reasoning_tokens\":36}}",
                usage(432, 0, 0, 0, 204, 36));
        check(
                "{\"prompt_tokens\":432,\"completion_tokens\":168,\"total_tokens\":635,\"completion_tokens_details\":"
                    + "{\"reasoning_tokens\":36}}",
                usage(432, 0, 0, 0, 168, 36));
    }

    /// Vercel, for Gemini: reasoning is in neither, but larger than what it would be part of.
    @Test
    void reasoningBesideTheWholeByItsSize() {
        check(
                "{\"prompt_tokens\":28,\"completion_tokens\":9,\"total_tokens\":37,\"cost\":0.001172,\"is_byok\":false,"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":84,\"image_tokens\":0},\"market_cost\":0.001172}",
                usage(28, 0, 0, 0, 93, 84));
    }

    /// Mistral: audio stands beside `prompt_tokens`.
    @Test
    void audioBesideTheWhole() {
        check(
                "{\"completion_tokens\":15,\"prompt_audio_seconds\":5,\"prompt_tokens\":11,\"prompt_tokens_details\":"
                    + "{\"audio_tokens\":375,\"cached_tokens\":9},\"service_tier\":\"standard\",\"total_tokens\":401}",
                usage(386, 9, 0, 0, 15, 0),
                new OddUsage("prompt_audio_seconds", "5"),
                new OddUsage("prompt_tokens_details.audio_tokens", "375"));
    }

    @Test
    void mediaInsideTheWholeAndBesideIt() {
        String frame =
                "{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":%d,\"prompt_tokens_details\":{\"image_tokens\":%d}}";
        check(frame.formatted(105, 60), Usage.of(100, 5));
        check(frame.formatted(165, 60), Usage.of(160, 5));
        check(frame.formatted(105, 101), Usage.of(201, 5));
        check(frame.formatted(105, 100), Usage.of(100, 5));
        check(
                "{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_tokens_details\":{\"video_tokens\":7,\"text_tokens\":93}}",
                Usage.of(100, 5),
                new OddUsage("prompt_tokens_details.video_tokens", "7"));
        check(
                "{\"prompt_tokens\":9,\"completion_tokens\":5,\"total_tokens\":17,\"prompt_tokens_details\":{\"image_tokens\":1,\"video_tokens\":2}}",
                Usage.of(12, 5),
                new OddUsage("prompt_tokens_details.video_tokens", "2"));
    }

    @Test
    void aPartOfNothingIsNotBesideIt() {
        check(
                "{\"prompt_tokens\":5,\"completion_tokens\":0,\"reasoning_tokens\":0,\"total_tokens\":5}",
                Usage.of(5, 0));
        check(
                "{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":106,\"prompt_tokens_details\":{\"image_tokens\":1},\"reasoning_tokens\":1}",
                usage(101, 0, 0, 0, 5, 1));
        check(
                "{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":107,\"prompt_tokens_details\":{\"image_tokens\":1},\"reasoning_tokens\":1}",
                usage(100, 0, 0, 0, 5, 1));
    }

    @Test
    void outputMedia() {
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":50,\"completion_tokens_details\":{\"audio_tokens\":40,\"text_tokens\":10}}",
                Usage.of(1, 50),
                new OddUsage("completion_tokens_details.audio_tokens", "40"));
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":5,\"completion_tokens_details\":{\"image_tokens\":6}}",
                Usage.of(1, 11),
                new OddUsage("completion_tokens_details.image_tokens", "6"));
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":6,\"completion_tokens_details\":{\"image_tokens\":6}}",
                Usage.of(1, 6),
                new OddUsage("completion_tokens_details.image_tokens", "6"));
    }

    /// Anthropic's way of counting behind an OpenAI door.
    @Test
    void cachedAndWrittenBesideTheWhole() {
        check(
                "{\"prompt_tokens\":4,\"completion_tokens\":5,\"cache_read_input_tokens\":4000,\"cache_creation_input_tokens\":300}",
                usage(4_304, 4_000, 300, 0, 5, 0));
        check(
                "{\"prompt_tokens\":1000,\"completion_tokens\":5,\"cache_read_input_tokens\":900,\"cache_creation_input_tokens\":200}",
                usage(1_200, 900, 200, 0, 5, 0));
        check(
                "{\"prompt_tokens\":1000,\"completion_tokens\":5,\"cache_read_input_tokens\":900,\"cache_creation_input_tokens\":100}",
                usage(1_000, 900, 100, 0, 5, 0));
        check(
                "{\"prompt_tokens\":1000,\"completion_tokens\":5,\"cache_read_input_tokens\":1000}",
                usage(1_000, 1_000, 0, 0, 5, 0));
        check(
                "{\"prompt_tokens\":1000,\"completion_tokens\":5,\"cache_read_input_tokens\":1001}",
                usage(2_001, 1_001, 0, 0, 5, 0));
    }

    @Test
    void i31WhatHasNoPriceIsNoted() {
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":2,\"citation_tokens\":7,\"num_search_queries\":0,"
                    + "\"server_tool_use\":{\"web_search_requests\":2,\"web_fetch_requests\":0,\"deep\":{\"x\":0.5}},"
                    + "\"search_context_size\":\"low\",\"flag\":true,\"list\":[1],\"none\":null,\"float\":0.0e5}",
                Usage.of(1, 2),
                new OddUsage("citation_tokens", "7"),
                new OddUsage("server_tool_use.web_search_requests", "2"),
                new OddUsage("server_tool_use.deep.x", "0.5"));
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":2,\"prompt_tokens_details\":{\"smell_tokens\":1},"
                    + "\"completion_tokens_details\":{\"taste_tokens\":-10}}",
                Usage.of(1, 2),
                new OddUsage("prompt_tokens_details.smell_tokens", "1"),
                new OddUsage("completion_tokens_details.taste_tokens", "-10"));
    }

    @Test
    void moneyAndTimesAreNoTokens() {
        check(
                "{\"prompt_tokens\":1,\"completion_tokens\":2,\"cost\":0.5,\"cost_details\":{\"upstream_inference_cost\":0.5},"
                    + "\"cost_in_usd_ticks\":5,\"market_cost\":0.5,\"is_byok\":true,\"latency_checkpoint\":{\"a\":5},\"request_count\":1,"
                    + "\"queue_time\":0.2,\"total_prompt_time_sec\":1.5,\"wait_ms\":7,\"avg_tok_per_sec\":5.5,\"avg_x\":3}",
                Usage.of(1, 2));
    }

    @Test
    void whatIsNoCountIsNotedAndLeftOut() {
        check(
                "{\"prompt_tokens\":-5,\"completion_tokens\":2,\"total_tokens\":9}",
                Usage.of(7, 2),
                new OddUsage("prompt_tokens", "the number -5"));
        check(
                "{\"prompt_tokens\":5,\"completion_tokens\":\"2\",\"total_tokens\":1.5}",
                Usage.of(5, 0),
                new OddUsage("completion_tokens", "a string of 1 bytes"),
                new OddUsage("total_tokens", "the number 1.5"));
        check(
                "{\"prompt_tokens\":5,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":-1,\"image_tokens\":-1},"
                    + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":-2,\"ephemeral_1h_input_tokens\":{}}}",
                Usage.of(5, 2),
                new OddUsage("prompt_tokens_details.cached_tokens", "the number -1"),
                new OddUsage("prompt_tokens_details.image_tokens", "the number -1"),
                new OddUsage("cache_creation.ephemeral_5m_input_tokens", "the number -2"),
                new OddUsage("cache_creation.ephemeral_1h_input_tokens", "an object"));
    }

    /// Values of the wrong type are passed over, however deep, and what follows is read.
    @Test
    void containersWhereCountsBelongAreNoted() {
        check(
                "{\"x\":[{\"prompt_tokens\":9}],\"prompt_tokens\":{\"a\":[{}]},\"total_tokens\":9,\"completion_tokens\":2,"
                    + "\"prompt_tokens_details\":{\"text_tokens\":{\"cached_tokens\":5},\"cached_tokens\":[1],\"image_tokens\":1},"
                    + "\"completion_tokens_details\":[{\"reasoning_tokens\":1}],\"cost\":{\"a\":{\"b\":1}},\"reasoning_tokens\":1}",
                usage(7, 0, 0, 0, 2, 1),
                new OddUsage("prompt_tokens", "an object"),
                new OddUsage("prompt_tokens_details.cached_tokens", "an array"));
    }

    @Test
    void i85CountsAreBounded() {
        check(
                "{\"prompt_tokens\":62500000000,\"completion_tokens\":2}",
                Usage.of(62_500_000_000L, 2));
        for (String most :
                new String[] {"62500000001", "6250000000000", "1e400", "99999999999999999999"}) {
            check(
                    "{\"prompt_tokens\":" + most + ",\"completion_tokens\":2}",
                    Usage.of(0, 2),
                    new OddUsage("prompt_tokens", "the number " + most));
        }
        StringBuilder unknown = new StringBuilder("{\"prompt_tokens\":1,\"completion_tokens\":2");
        for (int i = 0; i < 1_600; i++) {
            unknown.append(",\"x").append(i).append("\":1");
        }
        List<OddUsage> odd = answer(unknown.append('}').toString()).oddUsage();
        assertThat(odd).hasSize(16);
        assertThat(odd.getLast()).isEqualTo(new OddUsage("x15", "1"));
        for (int length : new int[] {80, 81, 8_000}) {
            check(
                    "{\"prompt_tokens\":1,\"completion_tokens\":2,\""
                            + "n".repeat(length)
                            + "\":3}",
                    Usage.of(1, 2),
                    new OddUsage("n".repeat(80), "3"));
        }
    }

    /// Every part at its worst at once still makes a Usage.
    @Test
    void theLargestReportIsTaken() {
        String most = "62500000000";
        ChatAnswer answer =
                answer(
                        "{\"prompt_tokens\":0,\"completion_tokens\":0,\"cached_tokens\":%1$s,\"cache_write_tokens\":%1$s,\"reasoning_tokens\":%1$s,\"cache_creation\":{\"ephemeral_5m_input_tokens\":%1$s,\"ephemeral_1h_input_tokens\":%1$s,\"ephemeral_24h_input_tokens\":%1$s},\"prompt_tokens_details\":{\"image_tokens\":%1$s,\"audio_tokens\":%1$s,\"video_tokens\":%1$s},\"completion_tokens_details\":{\"image_tokens\":%1$s,\"audio_tokens\":%1$s}}"
                                .formatted(most));
        Usage usage = answer.usage();
        if (usage == null) {
            throw new AssertionError("no usage");
        }
        assertThat(usage.cachedInputTokens()).isEqualTo(62_500_000_000L);
        assertThat(usage.cacheWriteTokens()).isEqualTo(187_500_000_000L);
        assertThat(usage.cacheWriteLongTokens()).isEqualTo(125_000_000_000L);
    }
}
