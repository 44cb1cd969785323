package tollgate.wire.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Span;

/// What a whole chat answer says about itself. Immutable; the text is read again when it must be
/// counted, which is seldom.
///
/// @param usage the provider's report; null when there is none
/// @param oddUsage what in it calls for an alarm
/// @param finishReason of the first choice that has one
/// @param hasOutput whether the model made anything
/// @param responseModel the model that answered, by its own name
/// @param modelSpan where it stands, quotes included
/// @param error what the provider says, when `kind` is an error
public record ChatAnswer(
        Kind kind,
        @Nullable Usage usage,
        List<OddUsage> oddUsage,
        @Nullable String finishReason,
        boolean hasOutput,
        @Nullable String responseModel,
        @Nullable Span modelSpan,
        @Nullable ProviderError error) {
    /// What a body is, whatever its status says.
    public enum Kind {
        /// An answer, with choices.
        WHOLE,
        /// An error object.
        ERROR,
        /// Neither: no JSON object, or one without choices.
        GARBLED
    }

    public ChatAnswer {
        oddUsage = List.copyOf(oddUsage);
    }

    /// Reads a body; never throws.
    public static ChatAnswer read(byte[] body) {
        AnswerReader reader = new AnswerReader(OutputText.Texts.DROPPED);
        if (!reader.read(body, 0, body.length)) {
            return new ChatAnswer(Kind.GARBLED, null, List.of(), null, false, null, null, null);
        }
        reader.choices.keep();
        return new ChatAnswer(
                reader.kind(reader.hasChoices),
                reader.hasUsage ? reader.report.usage() : null,
                reader.odd(),
                reader.choices.finishReason(),
                reader.choices.hasOutput(),
                reader.model(body),
                reader.modelSpan(),
                reader.hasError ? OpenAiErrors.read(body) : null);
    }

    /// Counts the output's tokens (o200k_base) in a body; 0 when it has none.
    public static long countOutput(byte[] body) {
        AnswerReader reader = new AnswerReader(OutputText.Texts.KEPT);
        if (!reader.read(body, 0, body.length)) {
            return 0;
        }
        TokenMeter meter = new TokenMeter();
        meter.append(reader.choices.text());
        return meter.exact();
    }

    /// Without any text of the answer's.
    @Override
    public String toString() {
        return "ChatAnswer[%s, %s, %s]".formatted(kind, responseModel, usage);
    }
}
