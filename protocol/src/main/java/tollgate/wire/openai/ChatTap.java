package tollgate.wire.openai;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Span;
import tollgate.wire.sse.SseEvent;

/// Watches the events of one chat stream: usage, finish reasons, the text to count. It alters no
/// byte and throws on none: an event that it cannot read is [Kind#GARBLED], and flows all the same.
/// For one stream and one thread.
public final class ChatTap {
    /// What an event is.
    public enum Kind {
        /// `[DONE]`.
        DONE,
        /// The provider tells of its failure.
        ERROR,
        /// Nothing but the usage report: only a caller who asked for it may see it.
        USAGE_ONLY,
        /// No output: a comment, a role, an empty delta, a finish reason.
        SILENT,
        /// Something that the model made.
        OUTPUT,
        /// Not the JSON object that belongs here.
        GARBLED
    }

    private static final byte[] DONE = Peeking.ascii("[DONE]");
    private static final int NAME_BYTES_MAX = 1_024;

    private final TokenMeter meter;
    private final AnswerReader reader = new AnswerReader(OutputText.Texts.KEPT);

    private @Nullable Usage usage;
    private List<OddUsage> oddUsage = List.of();
    private byte[] modelBytes = new byte[0];
    private @Nullable String responseModel;
    private @Nullable ProviderError error;

    /// Texts go to `meter`, event by event.
    public ChatTap(TokenMeter meter) {
        this.meter = meter;
    }

    /// Looks at the next event.
    public Kind read(SseEvent event) {
        if (event.isSilent()) {
            reader.modelTo = 0;
            return Kind.SILENT;
        }
        Kind kind = read(event.dataBytes(), event.dataFrom(), event.dataTo());
        if (kind == Kind.ERROR || !event.nameIs("error")) {
            return kind;
        }
        keepError(event.dataBytes(), event.dataFrom(), event.dataTo());
        return Kind.ERROR;
    }

    /// Looks at the payload of the next event, `bytes[from, to)`.
    public Kind read(byte[] bytes, int from, int to) {
        reader.modelTo = 0;
        int begin = skipSpace(bytes, from, to);
        if (begin == to) {
            return Kind.SILENT;
        }
        if (isDone(bytes, begin, to)) {
            return Kind.DONE;
        }
        return reader.read(bytes, begin, to) ? object(bytes, begin, to) : Kind.GARBLED;
    }

    private static int skipSpace(byte[] bytes, int from, int to) {
        int p = from;
        while (p < to && bytes[p] >= 0 && bytes[p] <= ' ') {
            p++;
        }
        return p;
    }

    private static boolean isDone(byte[] bytes, int from, int to) {
        int end = from + DONE.length;
        return end <= to
                && Arrays.equals(bytes, from, end, DONE, 0, DONE.length)
                && skipSpace(bytes, end, to) == to;
    }

    private Kind object(byte[] bytes, int from, int to) {
        ChoicesReader choices = reader.choices;
        choices.keep();
        meter.append(choices.text());
        keepModel(bytes);
        if (reader.hasUsage) {
            keepUsage();
        }
        if (reader.hasError) {
            keepError(bytes, from, to);
            return Kind.ERROR;
        }
        if (choices.hasOutput()) {
            return Kind.OUTPUT;
        }
        return reader.hasUsage && choices.isEmpty() ? Kind.USAGE_ONLY : Kind.SILENT;
    }

    private void keepUsage() {
        Usage latest = reader.report.usage();
        if (latest != null) {
            usage = latest;
        }
        oddUsage = reader.report.odd();
    }

    private void keepModel(byte[] bytes) {
        int from = reader.modelFrom;
        int to = reader.modelTo;
        if (to > 0
                && to - from <= NAME_BYTES_MAX
                && !Arrays.equals(bytes, from, to, modelBytes, 0, modelBytes.length)) {
            modelBytes = Arrays.copyOfRange(bytes, from, to);
            responseModel = reader.model(bytes);
        }
    }

    private void keepError(byte[] bytes, int from, int to) {
        if (error == null) {
            error = OpenAiErrors.read(Arrays.copyOfRange(bytes, from, to));
        }
    }

    /// The provider's latest usage report; null while none came.
    public @Nullable Usage usage() {
        return usage;
    }

    /// What in that report calls for an alarm.
    public List<OddUsage> oddUsage() {
        return oddUsage;
    }

    /// The finish reason of the first choice that has one; null while none came.
    public @Nullable String finishReason() {
        return reader.choices.finishReason();
    }

    /// Whether every choice that spoke has its finish reason.
    public boolean isFinished() {
        return reader.choices.isFinished();
    }

    /// The model that answers, by its own name; null while none was named.
    public @Nullable String responseModel() {
        return responseModel;
    }

    /// Where the last event's payload names the model, quotes included, in the array that was read;
    /// null when it does not.
    public @Nullable Span modelSpan() {
        return reader.modelSpan();
    }

    /// What the first event that was an error says; null while none came.
    public @Nullable ProviderError error() {
        return error;
    }

    /// Where the text goes.
    public TokenMeter meter() {
        return meter;
    }
}
