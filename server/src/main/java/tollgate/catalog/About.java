package tollgate.catalog;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;

/// Facts about a model that bound what a call may use. Where one is unknown the most is assumed.
///
/// @param context tokens of input and output together, or [#UNKNOWN]
/// @param maxOutput tokens of the longest answer, or [#UNKNOWN]
/// @param hiddenReasoning whether output may be billed that a stream does not show
/// @param inputOverhead tokens that a provider adds when tools or a schema are sent
/// @param imageTokens the most that one image costs, or [#UNKNOWN]; likewise audio and file
public record About(
        long context,
        long maxOutput,
        boolean hiddenReasoning,
        Set<Config.Modality> modalities,
        long inputOverhead,
        long imageTokens,
        long audioTokens,
        long fileTokens) {
    public static final long UNKNOWN = -1;

    /// What a provider adds for tools and schemas where nothing better is known.
    static final long INPUT_OVERHEAD = 2_048;

    /// More than any current model takes for one image, but for those of which more is known.
    static final long IMAGE_TOKENS = 16_384;

    /// What audio and files count as where not even the context length is known.
    static final long ATTACHMENT_TOKENS = 1_000_000;

    static final About NOTHING_KNOWN =
            known(UNKNOWN, UNKNOWN, true, Set.of(Config.Modality.TEXT), UNKNOWN);

    public About {
        modalities = Set.copyOf(modalities);
    }

    /// What the catalogue knows of a model.
    public static About known(
            long context,
            long maxOutput,
            boolean hiddenReasoning,
            Set<Config.Modality> modalities,
            long imageTokens) {
        return new About(
                context,
                maxOutput,
                hiddenReasoning,
                modalities,
                INPUT_OVERHEAD,
                imageTokens,
                UNKNOWN,
                UNKNOWN);
    }

    /// The most tokens that one image is billed as.
    public long imageTokensMax() {
        return imageTokens == UNKNOWN ? IMAGE_TOKENS : imageTokens;
    }

    /// The most tokens that one piece of audio is billed as.
    public long audioTokensMax() {
        return attachment(audioTokens);
    }

    /// The most tokens that one file is billed as.
    public long fileTokensMax() {
        return attachment(fileTokens);
    }

    private long attachment(long known) {
        if (known != UNKNOWN) {
            return known;
        }
        return context == UNKNOWN ? ATTACHMENT_TOKENS : context;
    }

    /// What holds whichever of two routes a call takes.
    About or(About other) {
        Set<Config.Modality> both = EnumSet.copyOf(modalities);
        both.addAll(other.modalities);
        return new About(
                larger(context, other.context),
                larger(maxOutput, other.maxOutput),
                hiddenReasoning || other.hiddenReasoning,
                both,
                Math.max(inputOverhead, other.inputOverhead),
                larger(imageTokens, other.imageTokens),
                larger(audioTokens, other.audioTokens),
                larger(fileTokens, other.fileTokens));
    }

    private static long larger(long one, long other) {
        return one == UNKNOWN || other == UNKNOWN ? UNKNOWN : Math.max(one, other);
    }

    /// What the operator says counts for more than what is known.
    About with(Config.About said) {
        Boolean hidden = said.hiddenReasoning();
        Set<Config.Modality> takes = said.modalities();
        return new About(
                either(said.context(), context),
                either(said.maxOutput(), maxOutput),
                hidden == null ? hiddenReasoning : hidden,
                takes == null ? modalities : takes,
                either(said.inputOverhead(), inputOverhead),
                either(said.imageTokens(), imageTokens),
                either(said.audioTokens(), audioTokens),
                either(said.fileTokens(), fileTokens));
    }

    private static long either(@Nullable Long said, long known) {
        return said == null ? known : said;
    }
}
