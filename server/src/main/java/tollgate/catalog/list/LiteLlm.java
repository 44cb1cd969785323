package tollgate.catalog.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.About;
import tollgate.catalog.ModelFacts;
import tollgate.catalog.Price;
import tollgate.wire.json.Json;

/// LiteLLM's list: one object of all models, in USD per token. It has retired models and names of
/// its own too, so only some are taken.
final class LiteLlm implements ModelList {
    /// @param its LiteLLM's name of the provider
    /// @param prefix what its ids begin with, which the provider's do not
    /// @param taken which of the provider's ids
    private record Part(String its, String prefix, Pattern taken) {
        private Part(String its, String prefix, String taken) {
            this(its, prefix, Pattern.compile(taken));
        }
    }

    private static final String PLAIN = "^[^/]+$";
    private static final String ANY = "";

    private static final Map<String, Part> PARTS =
            Map.of(
                    "openai", new Part("openai", "", PLAIN),
                    "anthropic",
                            new Part("anthropic", "", "^claude-(opus|sonnet|haiku|fable)-[^/]+$"),
                    "gemini",
                            new Part(
                                    "gemini",
                                    "gemini/",
                                    "^gemini-(embedding|pro|flash|2\\.5|3)[^/]*$"),
                    "deepseek", new Part("deepseek", "deepseek/", "^deepseek-v4[^/]*$"),
                    "mistral", new Part("mistral", "mistral/", "^[^/]*embed[^/]*$"),
                    "xai", new Part("xai", "xai/", "^grok-(4|code)[^/]*$"),
                    "groq", new Part("groq", "groq/", ANY),
                    "together", new Part("together_ai", "together_ai/", ANY),
                    "fireworks", new Part("fireworks_ai", "fireworks_ai/", "^accounts/.*[^/]$"));

    private static final Pattern ABOVE =
            Pattern.compile("input_cost_per_token_above_([0-9]{1,6})k_tokens");

    /// OpenAI's split of 400,000 tokens, of which LiteLLM tells the input's part.
    private static final long SPLIT_INPUT = 272_000;

    private static final long SPLIT_CONTEXT = 400_000;

    private final Fields root;
    private final String date;

    /// @param date models retired by then are left out, such as `2026-08-01`
    LiteLlm(Fields root, String date) {
        this.root = root;
        this.date = date;
    }

    static boolean isOne(Fields root) {
        return root.members().values().stream()
                .anyMatch(entry -> Fields.of(entry).has("litellm_provider"));
    }

    @Override
    public List<ModelFacts> of(String provider) {
        List<ModelFacts> all = new ArrayList<>();
        Part part = PARTS.get(provider);
        if (part == null) {
            return all;
        }
        for (Map.Entry<String, Json> entry : root.members().entrySet()) {
            Fields row = Fields.of(entry.getValue());
            if (entry.getKey().startsWith(part.prefix)
                    && row.text("litellm_provider").equals(Optional.of(part.its))) {
                ModelFacts facts =
                        facts(provider, part, entry.getKey().substring(part.prefix.length()), row);
                if (facts != null) {
                    all.add(facts);
                }
            }
        }
        return all;
    }

    private @Nullable ModelFacts facts(String provider, Part part, String model, Fields row) {
        String mode = row.text("mode").orElse("");
        boolean isOurMode = List.of("chat", "embedding", "responses").contains(mode);
        boolean isRetired =
                row.text("deprecation_date").map(its -> its.compareTo(date) <= 0).orElse(false);
        if (!isOurMode || isRetired || !Rules.isOurs(model) || !part.taken.matcher(model).find()) {
            return null;
        }
        TreeMap<Long, Quote> tiers = new TreeMap<>();
        for (String name : row.members().keySet()) {
            Matcher above = ABOVE.matcher(name);
            if (above.matches()) {
                tiers.put(
                        1_000 * Long.parseLong(above.group(1)),
                        quote(provider, model, row, "_above_" + above.group(1) + "k_tokens"));
            }
        }
        Optional<Price> price = Rules.price(model, quote(provider, model, row, ""), tiers);
        return price.map(its -> new ModelFacts(model, its, about(provider, model, row)))
                .orElse(null);
    }

    private static Quote quote(String provider, String model, Fields row, String suffix) {
        Long read =
                Quote.positive(Quote.perToken(row.number("cache_read_input_token_cost" + suffix)));
        Long output = Quote.perToken(row.number("output_cost_per_token" + suffix));
        boolean isEmbedding = row.text("mode").equals(Optional.of("embedding"));
        Quote quote =
                new Quote(
                        Quote.perToken(row.number("input_cost_per_token" + suffix)),
                        output == null && isEmbedding ? Long.valueOf(0) : output,
                        read == null
                                ? Quote.positive(
                                        Quote.perToken(
                                                row.number(
                                                        "input_cost_per_token_cache_hit" + suffix)))
                                : read,
                        Quote.positive(
                                Quote.perToken(
                                        row.number("cache_creation_input_token_cost" + suffix))),
                        null,
                        Quote.perToken(row.number("output_cost_per_reasoning_token" + suffix)));
        return Rules.isClaude(provider, model) ? quote.withHour() : quote;
    }

    private static About about(String provider, String model, Fields row) {
        boolean isEmbedding = row.text("mode").equals(Optional.of("embedding"));
        List<String> takes = new ArrayList<>();
        if (row.isTrue("supports_vision")) {
            takes.add("image");
        }
        if (row.isTrue("supports_pdf_input")) {
            takes.add("pdf");
        }
        long output =
                isEmbedding ? About.UNKNOWN : row.count("max_output_tokens").orElse(About.UNKNOWN);
        long context =
                row.count("max_input_tokens").orElse(row.count("max_tokens").orElse(About.UNKNOWN));
        var modalities = Rules.modalities(takes);
        return About.known(
                context == SPLIT_INPUT && output != About.UNKNOWN ? SPLIT_CONTEXT : context,
                output,
                !isEmbedding
                        && Rules.hidesReasoning(
                                provider,
                                model,
                                Optional.of(row.isTrue("supports_reasoning")),
                                false),
                modalities,
                Rules.imageTokens(provider, model, modalities));
    }
}
