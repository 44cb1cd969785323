package tollgate.catalog.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.catalog.About;
import tollgate.catalog.CatalogException;
import tollgate.catalog.ModelFacts;
import tollgate.config.Config;

class ModelListTest {
    private static final String MODELS_DEV =
            """
            {"providers": {
              "openai": {"name": "OpenAI", "models": {
                "gpt-x": {"reasoning": false, "cost": {"input": 2.5, "output": 10, "cache_read": 0.25,
                    "tiers": [{"tier": {"size": 272000}, "input": 5.0, "output": 22.5}]},
                  "limit": {"context": 128000, "output": 16384},
                  "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]}},
                "gpt-5x": {"base_model": "openai/gpt-5x", "cost": {"input": 1, "output": 2},
                  "limit": {"context": 9000}},
                "text-embedding-y": {"cost": {"input": 0.02, "output": 0, "cache_read": 0},
                  "limit": {"context": 8191, "output": 1536}},
                "gone": {"status": "deprecated", "cost": {"input": 1, "output": 2}},
                "gpt-image-9": {"cost": {"input": 1, "output": 2}},
                "draws": {"cost": {"input": 1, "output": 2},
                  "modalities": {"output": ["text", "image"]}},
                "unpriced": {"limit": {"context": 1}},
                "halfpriced": {"cost": {"input": 1}},
                "negative": {"cost": {"input": -1, "output": 1}},
                "gratis": {"cost": {"input": 0, "output": 0}}}},
              "google": {"models": {
                "gemini-z": {"reasoning": true, "cost": {"input": 0.3, "output": 2.5,
                    "input_audio": 1.0},
                  "modalities": {"input": ["text", "audio", "video"], "output": ["text"]}},
                "gemini-plain": {"reasoning": false, "cost": {"input": 1, "output": 2}},
                "gemini-same": {"cost": {"input": 0.3, "output": 2.5, "input_audio": 0.30},
                  "modalities": {"input": ["audio"], "output": ["text"]}}}},
              "anthropic": {"models": {
                "claude-q": {"cost": {"input": 3, "output": 15, "cache_read": 0.3,
                    "cache_write": 3.75}, "modalities": {"input": ["image"]}}}},
              "fireworks-ai": {"models": {
                "accounts/f/models/a": {"interleaved": {"field": "reasoning_content"},
                  "cost": {"input": 1, "output": 2}},
                "accounts/f/models/b": {"reasoning": true, "cost": {"input": 1, "output": 2}}}},
              "nobody": {"models": {"m": {"cost": {"input": 1, "output": 2}}}}},
             "base_models": {"openai/gpt-5x": {"reasoning": true,
               "limit": {"context": 400000, "output": 128000},
               "modalities": {"input": ["text"], "output": ["text"]}}}}
            """;

    private static final String LITELLM =
            """
            {"sample_spec": {"mode": "one of: chat"},
             "gpt-x-2026": {"litellm_provider": "openai", "mode": "chat",
               "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
               "input_cost_per_token_above_200k_tokens": 5e-06,
               "output_cost_per_token_above_200k_tokens": 2e-05,
               "cache_creation_input_token_cost": 3e-06,
               "output_cost_per_reasoning_token": 1.1e-05,
               "max_input_tokens": 272000, "max_output_tokens": 128000, "supports_vision": true},
             "old": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06,
               "output_cost_per_token": 1e-06, "deprecation_date": "2026-08-01"},
             "later": {"litellm_provider": "openai", "mode": "responses",
               "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06,
               "deprecation_date": "2026-08-02", "max_tokens": 5, "supports_pdf_input": true},
             "openai/prefixed": {"litellm_provider": "openai", "mode": "chat",
               "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
             "draw": {"litellm_provider": "openai", "mode": "image_generation",
               "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
             "mistral/some-embed": {"litellm_provider": "mistral", "mode": "embedding",
               "input_cost_per_token": 1e-07, "max_input_tokens": 8192.0,
               "max_output_tokens": 9},
             "mistral/mistral-old": {"litellm_provider": "mistral", "mode": "chat",
               "input_cost_per_token": 1e-07, "output_cost_per_token": 1e-07},
             "xai/grok-4x": {"litellm_provider": "xai", "mode": "chat",
               "input_cost_per_token": 1e-07, "output_cost_per_token": 1e-07,
               "input_cost_per_token_cache_hit": 5e-08}}
            """;

    private static final String OPENROUTER =
            """
            {"data": [
              {"id": "a/m", "context_length": 131072,
               "architecture": {"input_modalities": ["text", "image", "audio"],
                 "output_modalities": ["text"]},
               "pricing": {"prompt": "0.00000100000000000000015", "completion": "0.000004",
                 "audio": "0.000002", "internal_reasoning": "0.000005",
                 "input_cache_read": "0.00000025", "input_cache_write": "0.0000005",
                 "overrides": [{"min_prompt_tokens": 200000, "prompt": "0.000002",
                   "completion": "0.000006"}, {"prompt": "1"}]},
               "top_provider": {"max_completion_tokens": 8192},
               "supported_parameters": ["tools"]},
              {"id": "anthropic/claude", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "0.000003", "completion": "0.000015",
                 "input_cache_write": "0.00000375"}, "supported_parameters": ["reasoning"]},
              {"id": "a/even", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "0.000001", "completion": "0.000002",
                 "input_cache_write": "0.000001"}},
              {"id": "openai/gpt-4o-mini", "architecture": {"input_modalities": ["image"],
                 "output_modalities": ["text"]},
               "pricing": {"prompt": "0.000001", "completion": "0.000002"}},
              {"id": "b/free:free", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "0", "completion": "0"}},
              {"id": "b/gratis", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "0", "completion": "0"}},
              {"id": "openrouter/auto", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "-1", "completion": "-1"}},
              {"id": "~a/latest", "architecture": {"output_modalities": ["text"]},
               "pricing": {"prompt": "1", "completion": "1"}},
              {"id": "a/draws", "architecture": {"output_modalities": ["text", "image"]},
               "pricing": {"prompt": "0.000001", "completion": "0.000001"}},
              {"pricing": {"prompt": "0.000001", "completion": "0.000001"}}]}
            """;

    private static ModelList read(String json) {
        return ModelList.read(json.getBytes(StandardCharsets.UTF_8), "2026-08-01");
    }

    private static List<String> lines(String json, String provider) {
        return read(json).of(provider).stream().map(ModelFacts::line).toList();
    }

    @Test
    void modelsDevIsRead() {
        assertThat(lines(MODELS_DEV, "openai"))
                .containsExactly(
                        "gpt-x\t128000\t16384\ttif\tv\t2.5 10 c0.25 >272000 5 22.5\t-",
                        "gpt-5x\t9000\t128000\tt\th\t1 2\t-",
                        "text-embedding-y\t8191\t-\tt\tv\t0.02 0\t-");
        assertThat(lines(MODELS_DEV, "gemini"))
                .containsExactly(
                        "gemini-z\t-\t-\ttv\th\t0.3 2.5\t-",
                        "gemini-plain\t-\t-\tt\tv\t1 2\t-",
                        "gemini-same\t-\t-\tta\th\t0.3 2.5\t-");
        assertThat(lines(MODELS_DEV, "anthropic"))
                .containsExactly("claude-q\t-\t-\tti\th\t3 15 c0.3 w3.75 l6\t5000");
        assertThat(lines(MODELS_DEV, "fireworks"))
                .containsExactly(
                        "accounts/f/models/a\t-\t-\tt\tv\t1 2\t-",
                        "accounts/f/models/b\t-\t-\tt\th\t1 2\t-");
        assertThat(lines(MODELS_DEV, "nobody")).isEmpty();
        assertThat(read(MODELS_DEV).retired("openai")).containsExactly("gone");
        assertThat(read(MODELS_DEV).retired("nobody")).isEmpty();
    }

    @Test
    void modelsDevsOwnFileHasProvidersAtTheTop() {
        assertThat(
                        lines(
                                "{\"openai\": {\"models\": {\"m\": {\"cost\":"
                                        + " {\"input\": 1, \"output\": 2}}}}}",
                                "openai"))
                .containsExactly("m\t-\t-\tt\tv\t1 2\t-");
    }

    @Test
    void liteLlmIsRead() {
        assertThat(lines(LITELLM, "openai"))
                .containsExactly(
                        "gpt-x-2026\t400000\t128000\tti\tv\t2.5 10 w3 r11 >200000 5 20\t-",
                        "later\t5\t-\ttf\tv\t1 1\t-");
        assertThat(lines(LITELLM, "mistral"))
                .containsExactly("some-embed\t8192\t-\tt\tv\t0.1 0\t-");
        assertThat(lines(LITELLM, "xai")).containsExactly("grok-4x\t-\t-\tt\th\t0.1 0.1 c0.05\t-");
        assertThat(lines(LITELLM, "openrouter")).isEmpty();
        assertThat(read(LITELLM).retired("openai")).isEmpty();
    }

    @Test
    void openRouterIsRead() {
        assertThat(lines(OPENROUTER, "openrouter"))
                .containsExactly(
                        "a/m\t131072\t8192\tti\tv\t1 4 c0.25 w1.5 r5 >200000 2 6 c0.25 w2.5\t-",
                        "anthropic/claude\t-\t-\tt\th\t3 15 w3.75 l6\t-",
                        "a/even\t-\t-\tt\tv\t1 2\t-",
                        "openai/gpt-4o-mini\t-\t-\tti\tv\t1 2\t50000",
                        "b/free:free\t-\t-\tt\tv\t0 0\t-");
        assertThat(lines(OPENROUTER, "openai")).isEmpty();
    }

    @Test
    void otherShapesAreRefused() {
        for (String json :
                List.of(
                        "{}",
                        "[]",
                        "{\"data\": []}",
                        "{\"data\": [{\"id\": \"m\"}]}",
                        "{\"openai\": {}}",
                        "{",
                        "")) {
            assertThatThrownBy(() -> read(json))
                    .as(json)
                    .isInstanceOf(CatalogException.class)
                    .hasMessageStartingWith("list of models: ");
        }
    }

    @Test
    void absurdNumbersAreNoPrices() {
        for (String number : List.of("1e99", "1e400", "\"x\"", "null", "true", "[]", "-0.5")) {
            assertThat(
                            lines(
                                    "{\"openai\": {\"models\": {\"m\": {\"cost\": {\"input\": "
                                            + number
                                            + ", \"output\": 2}}}}}",
                                    "openai"))
                    .as(number)
                    .isEmpty();
        }
    }

    @Test
    void hiddenReasoningIsTrueUnlessKnownOtherwise() {
        assertThat(Rules.hidesReasoning("openai", "o9", Optional.of(false), false)).isTrue();
        assertThat(Rules.hidesReasoning("openai", "gpt-4o", Optional.empty(), false)).isFalse();
        assertThat(Rules.hidesReasoning("deepseek", "r", Optional.of(true), false)).isFalse();
        assertThat(Rules.hidesReasoning("xai", "grok-9", Optional.of(false), false)).isTrue();
        assertThat(Rules.hidesReasoning("xai", "grok-9-non-reasoning", Optional.empty(), false))
                .isFalse();
        assertThat(Rules.hidesReasoning("groq", "m", Optional.empty(), false)).isTrue();
        assertThat(Rules.hidesReasoning("groq", "m", Optional.of(false), false)).isFalse();
        assertThat(Rules.hidesReasoning("together", "m", Optional.of(true), true)).isFalse();
    }

    @Test
    void imagesOfSomeModelsHaveAKnownMost() {
        Set<Config.Modality> image = Set.of(Config.Modality.IMAGE);
        assertThat(Rules.imageTokens("openai", "gpt-4o-mini-2024", image)).isEqualTo(50_000);
        assertThat(Rules.imageTokens("openai", "gpt-4o", image)).isEqualTo(2_000);
        assertThat(Rules.imageTokens("openai", "gpt-5", image)).isEqualTo(About.UNKNOWN);
        assertThat(Rules.imageTokens("openrouter", "openai/gpt-4o-mini", image)).isEqualTo(50_000);
        assertThat(Rules.imageTokens("groq", "gpt-4o-mini", image)).isEqualTo(About.UNKNOWN);
        assertThat(Rules.imageTokens("groq", "gpt-4o", image)).isEqualTo(About.UNKNOWN);
        assertThat(Rules.imageTokens("anthropic", "claude", image)).isEqualTo(5_000);
        assertThat(Rules.imageTokens("openai", "gpt-4o", Set.of())).isEqualTo(About.UNKNOWN);
    }

    @Test
    void renewalRewritesTheFile(@TempDir Path folder) throws Exception {
        Path catalogue =
                Files.writeString(folder.resolve("c.tsv"), "# as of 2025-01-01\n@aliases\n");
        String dev = Files.writeString(folder.resolve("dev.json"), MODELS_DEV).toString();
        String lite = Files.writeString(folder.resolve("lite.json"), LITELLM).toString();
        String router = Files.writeString(folder.resolve("router.json"), OPENROUTER).toString();
        Renewal.main(new String[] {catalogue.toString(), dev, lite, router, "2026-08-01"});
        assertThat(catalogue)
                .content()
                .startsWith("# as of 2026-08-01\n@aliases\n@openai\n")
                .contains("\nlater\t")
                .doesNotContain("\nold\t");
        assertThatThrownBy(() -> Renewal.main(new String[] {"one"}))
                .hasMessage("arguments: 1 (expected: catalogue.tsv, three lists, their date)");
    }

    @Test
    void renewalKeepsTheHeadAndMergesTheLists() {
        String kept = "# head as of 2025-01-02.\n@sandbox\necho\n@aliases\nx\topenai\tgpt-x\n";
        String old = kept + "@openai\nold line\n";
        Renewal renewal = new Renewal(read(MODELS_DEV), read(LITELLM), read(OPENROUTER));
        String renewed = renewal.renewed(old, "2026-08-01");
        assertThat(renewed)
                .startsWith(kept.replace("2025-01-02", "2026-08-01") + "@openai\n")
                .doesNotContain("old line")
                .contains("\ngpt-x-2026\t", "\ngpt-x\t", "@gemini\n", "@openrouter\na/even\t")
                .doesNotContain("@chutes", "\ngone\t");
        assertThat(renewal.renewed(renewed, "2026-08-01")).isEqualTo(renewed);
    }

    @Test
    void renewalTakesTiersFromWhoeverAgreesOnThePrice() {
        String dev =
                "{\"openai\": {\"models\": {\"m\": {\"cost\": {\"input\": 1, \"output\": 2}},"
                        + " \"n\": {\"cost\": {\"input\": 9, \"output\": 2}}}}}";
        String lite =
                """
                {"m": {"litellm_provider": "openai", "mode": "chat",
                   "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
                   "input_cost_per_token_above_128k_tokens": 2e-06,
                   "output_cost_per_token_above_128k_tokens": 4e-06},
                 "n": {"litellm_provider": "openai", "mode": "chat",
                   "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
                   "input_cost_per_token_above_128k_tokens": 2e-06,
                   "output_cost_per_token_above_128k_tokens": 4e-06}}
                """;
        String renewed =
                new Renewal(read(dev), read(lite), read(OPENROUTER))
                        .renewed("# as of 2025-01-01\n@aliases\n", "2026-08-01");
        assertThat(renewed)
                .contains("m\t-\t-\tt\tv\t1 2 >128000 2 4\t-\n", "n\t-\t-\tt\tv\t9 2\t-\n");
    }
}
