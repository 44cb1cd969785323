package tollgate.serve;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.wire.json.Span;
import tollgate.wire.openai.ChatAnswer;
import tollgate.wire.openai.EmbeddingsAnswer;
import tollgate.wire.openai.OddUsage;
import tollgate.wire.openai.Splices;

/// What a whole answer says about itself, of whatever kind it is.
@SuppressWarnings("ArrayRecordComponent") // the answer's own bytes: never copied or compared
record Answer(
        boolean isWhole,
        @Nullable Usage usage,
        List<OddUsage> oddUsage,
        String finishReason,
        String responseModel,
        @Nullable Span modelSpan,
        byte[] body) {

    static Answer read(Question question, byte[] body) {
        return switch (question) {
            case Question.Chat _ -> chat(ChatAnswer.read(body), body);
            case Question.Embeddings _ -> embeddings(EmbeddingsAnswer.read(body), body);
        };
    }

    private static Answer chat(ChatAnswer read, byte[] body) {
        return new Answer(
                read.kind() == ChatAnswer.Kind.WHOLE,
                read.usage(),
                read.oddUsage(),
                orEmpty(read.finishReason()),
                orEmpty(read.responseModel()),
                read.modelSpan(),
                body);
    }

    private static Answer embeddings(EmbeddingsAnswer read, byte[] body) {
        return new Answer(
                read.kind() == ChatAnswer.Kind.WHOLE,
                read.usage(),
                read.oddUsage(),
                "",
                orEmpty(read.responseModel()),
                read.modelSpan(),
                body);
    }

    /// Tokens of the output by our own count; embeddings have none.
    long countOutput() {
        return ChatAnswer.countOutput(body);
    }

    /// The body `bytes`, of the same shape as this answer's, with another name of the model.
    byte[] renamed(byte[] bytes, String model) {
        return modelSpan == null
                ? bytes
                : Splices.renamed(bytes, new Span(0, bytes.length), modelSpan, model);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
