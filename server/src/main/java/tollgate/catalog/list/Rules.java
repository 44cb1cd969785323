package tollgate.catalog.list;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tollgate.catalog.About;
import tollgate.catalog.Price;
import tollgate.catalog.Rates;
import tollgate.config.Config;

/// What we take from lists, and what we know that they do not say. Only models that take and give
/// text, or make embeddings, and whose price is of tokens.
final class Rules {
    private static final Pattern NOT_OURS =
            Pattern.compile(
                    "image|audio|tts|whisper|transcribe|realtime|live|veo|imagen|lyria|video"
                            + "|omni-(?!mod)|robotics|deep-research|\\bsearch|computer-use"
                            + "|moderation|guard|orpheus|ocr|voxtral|^ft:|exp-|sonar|learnlm"
                            + "|gemini-gemma|^together-ai-|compound|multi-agent|perplexity/");

    /// OpenRouter's routers, whose price depends on where they send a call, and moving names.
    private static final Pattern NO_FIXED_PRICE = Pattern.compile("^~|^openrouter/");

    private static final Pattern THINKS_HIDDEN = Pattern.compile("^(openai/)?(o\\d|gpt-5|codex)");

    /// Tokens of one image of gpt-4o-mini: 2,833 + 8 tiles of 5,667, rounded up. Source:
    /// <https://platform.openai.com/docs/guides/images-vision> (2026-11).
    private static final long MINI_IMAGE_TOKENS = 50_000;

    /// Of its elder siblings: 85 + 8 tiles of 170, rounded up. Source as above.
    private static final long OPENAI_IMAGE_TOKENS = 2_000;

    /// Of Claude. Source: <https://docs.anthropic.com/en/docs/build-with-claude/vision> (2026-11).
    private static final long CLAUDE_IMAGE_TOKENS = 5_000;

    private static final Pattern MINI = Pattern.compile("^(openai/)?gpt-4o-mini");
    private static final Pattern ELDER = Pattern.compile("^(gpt-4o|gpt-4-turbo|o1|o3)");

    private Rules() {}

    static boolean isOurs(String model) {
        return !NOT_OURS.matcher(model).find() && !NO_FIXED_PRICE.matcher(model).find();
    }

    static boolean isClaude(String provider, String model) {
        return provider.equals("anthropic")
                || (provider.equals("openrouter") && model.startsWith("anthropic/"));
    }

    /// Whether output may be billed that a stream does not show; unknown counts as yes.
    ///
    /// @param reasons whether the list says that it reasons; empty when it does not say
    /// @param showsIt whether the list says that it streams its reasoning
    static boolean hidesReasoning(
            String provider, String model, Optional<Boolean> reasons, boolean showsIt) {
        if (THINKS_HIDDEN.matcher(model).find()) {
            return true;
        }
        return switch (provider) {
            case "openai" -> false;
            case "xai" -> !model.contains("non-reasoning");
            case "deepseek" -> false;
            case "fireworks", "chutes", "together" -> !showsIt && reasons.orElse(true);
            default -> reasons.orElse(true);
        };
    }

    static Set<Config.Modality> modalities(List<String> names) {
        Set<Config.Modality> all = EnumSet.of(Config.Modality.TEXT);
        for (String name : names) {
            switch (name) {
                case "image" -> all.add(Config.Modality.IMAGE);
                case "audio" -> all.add(Config.Modality.AUDIO);
                case "pdf", "file" -> all.add(Config.Modality.FILE);
                case "video" -> all.add(Config.Modality.VIDEO);
                default -> {} // text, and what we do not know
            }
        }
        return all;
    }

    static long imageTokens(String provider, String model, Set<Config.Modality> takes) {
        boolean isOpenAi = provider.equals("openai") || provider.equals("openrouter");
        if (!takes.contains(Config.Modality.IMAGE)) {
            return About.UNKNOWN;
        }
        if (isOpenAi && MINI.matcher(model).find()) {
            return MINI_IMAGE_TOKENS;
        }
        if (provider.equals("openai") && ELDER.matcher(model).find()) {
            return OPENAI_IMAGE_TOKENS;
        }
        return isClaude(provider, model) ? CLAUDE_IMAGE_TOKENS : About.UNKNOWN;
    }

    /// Empty without input and output; a price of 0 is a free tier, or nobody knows, unless the
    /// name says that it is free.
    static Optional<Price> price(String model, Quote base, NavigableMap<Long, Quote> tiers) {
        Optional<Rates> rates = base.rates();
        if (rates.isEmpty() || (rates.get().input() == 0 && !model.endsWith(":free"))) {
            return Optional.empty();
        }
        List<Price.Tier> priced = new ArrayList<>();
        for (Map.Entry<Long, Quote> tier : tiers.entrySet()) {
            tier.getValue()
                    .rates()
                    .ifPresent(its -> priced.add(new Price.Tier(tier.getKey(), its)));
        }
        return Optional.of(new Price(rates.get(), 0, 0, Rates.UNPRICED, priced));
    }
}
