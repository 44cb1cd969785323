package tollgate.catalog.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.About;
import tollgate.catalog.ModelFacts;
import tollgate.catalog.Price;
import tollgate.wire.json.Json;

/// OpenRouter's answer to `/api/v1/models`: prices as texts, in USD per token.
final class OpenRouter implements ModelList {
    private static final String NAME = "openrouter";

    private final Fields root;

    OpenRouter(Fields root) {
        this.root = root;
    }

    static boolean isOne(Fields root) {
        List<Json> rows = root.array("data");
        return !rows.isEmpty() && Fields.of(rows.getFirst()).has("pricing");
    }

    @Override
    public List<ModelFacts> of(String provider) {
        List<ModelFacts> all = new ArrayList<>();
        if (provider.equals(NAME)) {
            for (Json row : root.array("data")) {
                ModelFacts facts = facts(Fields.of(row));
                if (facts != null) {
                    all.add(facts);
                }
            }
        }
        return all;
    }

    private static @Nullable ModelFacts facts(Fields row) {
        String model = row.text("id").orElse("");
        List<String> gives = row.object("architecture").texts("output_modalities");
        if (model.isEmpty() || !gives.equals(List.of("text")) || !Rules.isOurs(model)) {
            return null;
        }
        Fields cost = row.object("pricing");
        // What a tier does not say stays, but reasoning follows the tier's output.
        Fields staying = cost.without("internal_reasoning").without("overrides");
        TreeMap<Long, Quote> tiers = new TreeMap<>();
        for (Json element : cost.array("overrides")) {
            Fields tier = Fields.of(element);
            OptionalLong above = tier.count("min_prompt_tokens");
            above.ifPresent(tokens -> tiers.put(tokens, quote(model, staying.with(tier))));
        }
        Optional<Price> price = Rules.price(model, quote(model, cost), tiers);
        return price.map(its -> new ModelFacts(model, its, about(model, row))).orElse(null);
    }

    private static Quote quote(String model, Fields cost) {
        Long input = Quote.perToken(cost.number("prompt"));
        Long write = Quote.perToken(cost.number("input_cache_write"));
        // A write cheaper than reading is the storage alone, on top of the input price: Gemini's.
        Long whole = write;
        if (input != null && write != null && write < input) {
            whole = write + input;
        }
        Quote quote =
                new Quote(
                        input,
                        Quote.perToken(cost.number("completion")),
                        Quote.perToken(cost.number("input_cache_read")),
                        whole,
                        Quote.perToken(cost.number("input_cache_write_1h")),
                        Quote.perToken(cost.number("internal_reasoning")));
        return Rules.isClaude(NAME, model) ? quote.withHour() : quote;
    }

    private static About about(String model, Fields row) {
        List<String> takes = new ArrayList<>(row.object("architecture").texts("input_modalities"));
        Fields cost = row.object("pricing");
        if (cost.has("audio") && !cost.number("audio").equals(cost.number("prompt"))) {
            takes.remove("audio"); // at a price of its own, which we do not have
        }
        boolean reasons = row.texts("supported_parameters").contains("reasoning");
        var modalities = Rules.modalities(takes);
        return About.known(
                row.count("context_length").orElse(About.UNKNOWN),
                row.object("top_provider").count("max_completion_tokens").orElse(About.UNKNOWN),
                Rules.hidesReasoning(NAME, model, Optional.of(reasons), false),
                modalities,
                Rules.imageTokens(NAME, model, modalities));
    }
}
