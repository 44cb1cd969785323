package tollgate.wire.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.wire.json.Span;

/// What an embeddings answer says about itself. Immutable.
///
/// @param usage the provider's report; null when there is none
/// @param oddUsage what in it calls for an alarm
/// @param vectors how many there are
/// @param responseModel the model that answered, by its own name
/// @param modelSpan where it stands, quotes included
/// @param error what the provider says, when `kind` is an error
public record EmbeddingsAnswer(
        ChatAnswer.Kind kind,
        @Nullable Usage usage,
        List<OddUsage> oddUsage,
        int vectors,
        @Nullable String responseModel,
        @Nullable Span modelSpan,
        @Nullable ProviderError error) {
    public EmbeddingsAnswer {
        oddUsage = List.copyOf(oddUsage);
    }

    /// Reads a body; never throws.
    public static EmbeddingsAnswer read(byte[] body) {
        AnswerReader reader = new AnswerReader(OutputText.Texts.DROPPED);
        if (!reader.read(body, 0, body.length)) {
            return new EmbeddingsAnswer(
                    ChatAnswer.Kind.GARBLED, null, List.of(), 0, null, null, null);
        }
        return new EmbeddingsAnswer(
                reader.kind(reader.hasVectors),
                reader.hasUsage ? reader.report.usageOfInput() : null,
                reader.odd(),
                reader.vectors,
                reader.model(body),
                reader.modelSpan(),
                reader.hasError ? OpenAiErrors.read(body) : null);
    }
}
