package tollgate.wire.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Span;
import tollgate.wire.json.Token;

/// Reads one object of an answer: the whole of it, or an event's payload. For one thread; may be
/// used for one object after the other.
final class AnswerReader {
    private static final int CHOICES = 0;
    private static final int MODEL = 1;
    private static final int USAGE = 2;
    private static final int ERROR = 3;
    private static final int X_GROQ = 4;
    private static final int OBJECT = 5;
    private static final int DATA = 6;
    private static final NameTable MEMBERS =
            NameTable.of(List.of("choices", "model", "usage", "error", "x_groq", "object", "data"));
    private static final byte[] USAGE_NAME = Peeking.ascii("usage");
    private static final byte[] ERROR_NAME = Peeking.ascii("error");

    final JsonReader json = new JsonReader(new byte[0], JsonLimits.TOLERANT);
    final UsageReport report = new UsageReport(json);
    final ChoicesReader choices;

    /// What the last object held.
    boolean hasError;

    boolean hasChoices;
    boolean hasUsage;

    /// An embeddings answer's `data`, and how many entries it has.
    boolean hasVectors;

    int vectors;

    /// Where it names its model, quotes included; `modelTo` is 0 when it does not.
    int modelFrom;

    int modelTo;

    AnswerReader(OutputText.Texts texts) {
        choices = new ChoicesReader(json, texts);
    }

    /// Reads `bytes[from, to)`; false when it is no JSON object.
    boolean read(byte[] bytes, int from, int to) {
        hasError = false;
        hasChoices = false;
        hasUsage = false;
        hasVectors = false;
        vectors = 0;
        modelTo = 0;
        choices.begin();
        try {
            json.over(bytes, from, to);
            if (json.next() != Token.OBJECT_START) {
                return false;
            }
            while (json.next() == Token.NAME) {
                int member = MEMBERS.find(json);
                json.next();
                member(member);
                json.skipValue();
            }
            return json.next() == Token.END;
        } catch (JsonException _) {
            modelTo = 0;
            return false;
        }
    }

    private void member(int member) {
        switch (member) {
            case CHOICES -> {
                hasChoices = json.token() == Token.ARRAY_START;
                choices.read();
            }
            case MODEL -> model();
            case USAGE -> usage();
            case ERROR -> hasError |= isError();
            case X_GROQ -> groq();
            // vLLM and Mistral: an error that stands bare.
            case OBJECT -> hasError |= json.token() == Token.STRING && json.textIs(ERROR_NAME);
            case DATA -> vectors();
            default -> {}
        }
    }

    private void vectors() {
        if (json.token() == Token.ARRAY_START) {
            hasVectors = true;
            while (json.next() != Token.ARRAY_END) {
                json.skipValue();
                vectors++;
            }
        }
    }

    private boolean isError() {
        return switch (json.token()) {
            case NULL, FALSE -> false;
            case STRING -> !json.isEmptyText();
            default -> true;
        };
    }

    private void model() {
        if (json.token() == Token.STRING && !json.isEmptyText()) {
            modelFrom = json.start();
            modelTo = json.end();
        }
    }

    private void usage() {
        if (json.token() == Token.OBJECT_START) {
            hasUsage = true;
            report.read();
        }
    }

    /// Groq's report in the last chunk, beside or instead of `usage`.
    private void groq() {
        if (json.token() != Token.OBJECT_START) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean usage = json.textIs(USAGE_NAME);
            json.next();
            if (usage && !hasUsage) {
                usage();
            }
            json.skipValue();
        }
    }

    /// What the last object is, when `whole` says whether it has what an answer must have.
    ChatAnswer.Kind kind(boolean whole) {
        if (hasError) {
            return ChatAnswer.Kind.ERROR;
        }
        return whole ? ChatAnswer.Kind.WHOLE : ChatAnswer.Kind.GARBLED;
    }

    List<OddUsage> odd() {
        return hasUsage ? report.odd() : List.of();
    }

    /// The model that the last object names, in the bytes that were read.
    @Nullable String model(byte[] bytes) {
        return modelTo == 0 ? null : JsonReader.decoded(bytes, modelFrom, modelTo);
    }

    @Nullable Span modelSpan() {
        return modelTo == 0 ? null : new Span(modelFrom, modelTo);
    }
}
