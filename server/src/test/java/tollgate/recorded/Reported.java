package tollgate.recorded;

import tollgate.kit.OraclePrice;
import tools.jackson.databind.JsonNode;

/// What a provider's report means, by what is known of each provider: input with cached and
/// written, output with reasoning.
final class Reported {
    private final Recorded recorded;
    private final JsonNode report;

    private Reported(Recorded recorded, JsonNode report) {
        this.recorded = recorded;
        this.report = report;
    }

    static OraclePrice.Usage of(Recorded recorded, JsonNode report) {
        return new Reported(recorded, report).usage();
    }

    private OraclePrice.Usage usage() {
        long cached =
                Math.max(
                        number("prompt_tokens_details", "cached_tokens"),
                        Math.max(
                                number("prompt_cache_hit_tokens"),
                                Math.max(
                                        number("cache_read_input_tokens"),
                                        number("cached_tokens"))));
        long reasoning = number("completion_tokens_details", "reasoning_tokens");
        long input = input();
        long output = number("completion_tokens");
        return new OraclePrice.Usage(
                input,
                cached,
                number("prompt_tokens_details", "cache_write_tokens"),
                isReasoningApart(output, reasoning) ? output + reasoning : output,
                reasoning);
    }

    /// Voyage's embeddings report a total alone; Mistral counts sound beside the prompt.
    private long input() {
        if (!report.has("prompt_tokens")) {
            return number("total_tokens");
        }
        long prompt = number("prompt_tokens");
        return recorded.row().provider().equals("mistral")
                ? prompt + number("prompt_tokens_details", "audio_tokens")
                : prompt;
    }

    /// xAI reports reasoning beside the completion, and so does Vercel's gateway for Google's
    /// models: its `cost` is that of both. Doubleword, of an answer that was cut while it reasoned,
    /// reports a few tokens more of reasoning than of completion: taken at its word.
    private boolean isReasoningApart(long completion, long reasoning) {
        return switch (recorded.row().provider()) {
            case "xai", "xai-compat" -> true;
            case "vercel-gateway" -> recorded.model().startsWith("google/");
            case "doubleword" -> reasoning > completion;
            default -> false;
        };
    }

    private long number(String... path) {
        JsonNode node = report;
        for (String name : path) {
            node = node.path(name);
        }
        return node.isNumber() ? node.longValue() : 0;
    }
}
