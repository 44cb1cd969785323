package tollgate.bench.load;

import org.jspecify.annotations.Nullable;

/// What a right answer looks like.
public sealed interface Expect {
    /// A plain answer of exactly so many bytes.
    record Whole(long bodyBytes) implements Expect {}

    /// A stream of so many `data:` lines, `[DONE]` being the last.
    record Events(int lines) implements Expect {}

    /// What is wrong with a complete answer, or null.
    default @Nullable String fault(AnswerReader answer) {
        if (answer.status() != 200) {
            return "status %d (expected: 200): %s".formatted(answer.status(), answer.sample());
        }
        return switch (this) {
            case Whole(long bytes) ->
                    answer.bodyBytes() == bytes
                            ? null
                            : "body of %d bytes (expected: %d): %s"
                                    .formatted(answer.bodyBytes(), bytes, answer.sample());
            case Events(int lines) ->
                    answer.eventLines() == lines && answer.done()
                            ? null
                            : "%d data lines, last is [DONE]: %s (expected: %d, true)"
                                    .formatted(answer.eventLines(), answer.done(), lines);
        };
    }
}
