package tollgate.catalog.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.About;
import tollgate.catalog.ModelFacts;
import tollgate.catalog.Price;
import tollgate.wire.json.Json;

/// models.dev's list: providers with their models, in USD per million tokens; a model may inherit
/// from one of `base_models`.
final class ModelsDev implements ModelList {
    /// Its names of providers, by ours.
    private static final Map<String, String> PROVIDERS =
            Map.ofEntries(
                    Map.entry("openai", "openai"),
                    Map.entry("anthropic", "anthropic"),
                    Map.entry("gemini", "google"),
                    Map.entry("deepseek", "deepseek"),
                    Map.entry("mistral", "mistral"),
                    Map.entry("xai", "xai"),
                    Map.entry("groq", "groq"),
                    Map.entry("together", "togetherai"),
                    Map.entry("fireworks", "fireworks-ai"),
                    Map.entry("openrouter", "openrouter"),
                    Map.entry("chutes", "chutes"));

    private final Fields root;
    private final Fields bases;

    ModelsDev(Fields root) {
        this.root = root.has("providers") ? root.object("providers") : root;
        this.bases = root.object("base_models");
    }

    static boolean isOne(Fields root) {
        Fields openAi = (root.has("providers") ? root.object("providers") : root).object("openai");
        return openAi.has("models");
    }

    @Override
    public List<ModelFacts> of(String provider) {
        List<ModelFacts> all = new ArrayList<>();
        String its = PROVIDERS.get(provider);
        if (its == null) {
            return all;
        }
        Fields models = root.object(its).object("models");
        for (Map.Entry<String, Json> entry : models.members().entrySet()) {
            Fields whole = whole(Fields.of(entry.getValue()));
            ModelFacts facts = facts(provider, entry.getKey(), whole);
            if (facts != null) {
                all.add(facts);
            }
        }
        return all;
    }

    /// Models that it calls retired.
    @Override
    public List<String> retired(String provider) {
        List<String> retired = new ArrayList<>();
        Fields models = root.object(PROVIDERS.getOrDefault(provider, "")).object("models");
        for (Map.Entry<String, Json> entry : models.members().entrySet()) {
            if (isRetired(Fields.of(entry.getValue()))) {
                retired.add(entry.getKey());
            }
        }
        return retired;
    }

    private static boolean isRetired(Fields entry) {
        return entry.text("status").equals(Optional.of("deprecated"));
    }

    private Fields whole(Fields entry) {
        Fields base = entry.text("base_model").map(bases::object).orElse(Fields.NONE);
        Fields merged = base.with(entry);
        for (String part : List.of("limit", "modalities")) {
            Json both = base.object(part).with(entry.object(part)).object();
            merged = new Fields(merged.object().put(part, both));
        }
        return merged;
    }

    private static @Nullable ModelFacts facts(String provider, String model, Fields entry) {
        List<String> gives = entry.object("modalities").texts("output");
        boolean isText = gives.isEmpty() || gives.equals(List.of("text"));
        if (!Rules.isOurs(model) || isRetired(entry) || !isText || !entry.has("cost")) {
            return null;
        }
        Fields cost = entry.object("cost");
        TreeMap<Long, Quote> tiers = new TreeMap<>();
        for (Json element : cost.array("tiers")) {
            Fields tier = Fields.of(element);
            OptionalLong above = tier.object("tier").count("size");
            above.ifPresent(tokens -> tiers.put(tokens, quote(provider, model, tier)));
        }
        Optional<Price> price = Rules.price(model, quote(provider, model, cost), tiers);
        return price.map(its -> new ModelFacts(model, its, about(provider, model, entry)))
                .orElse(null);
    }

    private static Quote quote(String provider, String model, Fields cost) {
        Long read = Quote.positive(Quote.perMillion(cost.number("cache_read")));
        Quote quote =
                new Quote(
                        Quote.perMillion(cost.number("input")),
                        Quote.perMillion(cost.number("output")),
                        read == null
                                ? Quote.positive(Quote.perMillion(cost.number("cached_input")))
                                : read,
                        Quote.positive(Quote.perMillion(cost.number("cache_write"))),
                        null,
                        Quote.perMillion(cost.number("reasoning")));
        return Rules.isClaude(provider, model) ? quote.withHour() : quote;
    }

    private static About about(String provider, String model, Fields entry) {
        boolean isEmbedding = model.contains("embed");
        Fields limit = entry.object("limit");
        Fields cost = entry.object("cost");
        List<String> takes = new ArrayList<>(entry.object("modalities").texts("input"));
        // Audio at a price of its own: we have no such class, so it is not for sale.
        if (cost.has("input_audio") && !same(cost, "input_audio", "input")) {
            takes.remove("audio");
        }
        Optional<Boolean> reasons =
                entry.has("reasoning")
                        ? Optional.of(!entry.isFalse("reasoning"))
                        : Optional.empty();
        var modalities = Rules.modalities(takes);
        return About.known(
                limit.count("context").orElse(About.UNKNOWN),
                isEmbedding ? About.UNKNOWN : limit.count("output").orElse(About.UNKNOWN),
                !isEmbedding
                        && Rules.hidesReasoning(provider, model, reasons, entry.has("interleaved")),
                modalities,
                Rules.imageTokens(provider, model, modalities));
    }

    private static boolean same(Fields cost, String one, String other) {
        return cost.number(one).isPresent()
                && cost.number(other).isPresent()
                && cost.number(one).get().compareTo(cost.number(other).get()) == 0;
    }
}
