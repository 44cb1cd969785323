package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Token;

/// Reads the `choices` of an answer or of one event after the other. What an event says counts once
/// it was read to its end ([#keep()]). For one thread.
final class ChoicesReader {
    private static final int CHOICES_MAX = 128;

    private static final int INDEX = 0;
    private static final int DELTA = 1;
    private static final int MESSAGE = 2;
    private static final int FINISH_REASON = 3;
    private static final NameTable CHOICE =
            NameTable.of(List.of("index", "delta", "message", "finish_reason"));

    /// A choice's finish reason.
    private record Finish(int choice, String reason) {}

    private final JsonReader json;
    private final OutputText output;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder message = new StringBuilder();

    private int count;
    private boolean hasOutput;
    private final List<Finish> said = new ArrayList<>(1);

    /// The choices of this event, and of all.
    private final BitSet spoke = new BitSet();

    private final BitSet seen = new BitSet();
    private final BitSet finished = new BitSet();
    private @Nullable Finish first;

    ChoicesReader(JsonReader json, OutputText.Texts texts) {
        this.json = json;
        this.output = new OutputText(json, texts);
    }

    /// The next event begins.
    void begin() {
        text.setLength(0);
        count = 0;
        hasOutput = false;
        said.clear();
        spoke.clear();
    }

    /// Stands at the value of `choices`.
    void read() {
        if (json.token() != Token.ARRAY_START) {
            return;
        }
        while (json.next() != Token.ARRAY_END) {
            if (json.token() == Token.OBJECT_START) {
                choice();
            }
            json.skipValue();
            count++;
        }
    }

    /// A `message` beside a `delta` says all so far once more (Perplexity, recorded 2026).
    private void choice() {
        int choice = Math.min(count, CHOICES_MAX);
        String reason = null;
        boolean hasDelta = false;
        boolean messageHasOutput = false;
        message.setLength(0);
        while (json.next() == Token.NAME) {
            int member = CHOICE.find(json);
            json.next();
            switch (member) {
                case INDEX -> choice = index(choice);
                case DELTA -> {
                    if (json.token() == Token.OBJECT_START) {
                        hasDelta = true;
                        hasOutput |= output.read(text);
                    }
                }
                case MESSAGE -> {
                    if (json.token() == Token.OBJECT_START) {
                        messageHasOutput = output.read(message);
                    }
                }
                case FINISH_REASON -> reason = reason();
                default -> {}
            }
            json.skipValue();
        }
        if (!hasDelta) {
            hasOutput |= messageHasOutput;
            text.append(message);
        }
        spoke.set(choice);
        if (reason != null) {
            said.add(new Finish(choice, reason));
        }
    }

    private int index(int otherwise) {
        if (json.token() != Token.NUMBER) {
            return otherwise;
        }
        try {
            long index = json.longValue();
            return index >= 0 && index < CHOICES_MAX ? (int) index : otherwise;
        } catch (JsonException _) {
            return otherwise;
        }
    }

    private @Nullable String reason() {
        return json.token() == Token.STRING && !json.isEmptyText() ? json.text() : null;
    }

    /// The event was read to its end.
    void keep() {
        seen.or(spoke);
        for (Finish finish : said) {
            finished.set(finish.choice);
            if (first == null || finish.choice < first.choice) {
                first = finish;
            }
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasOutput() {
        return hasOutput;
    }

    /// What this event's choices say, one after the other.
    StringBuilder text() {
        return text;
    }

    @Nullable String finishReason() {
        return first == null ? null : first.reason;
    }

    boolean isFinished() {
        return !seen.isEmpty() && seen.equals(finished);
    }
}
