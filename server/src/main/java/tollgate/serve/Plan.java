package tollgate.serve;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.catalog.PriceVersion;
import tollgate.provider.Provider.Delivery;
import tollgate.route.Attempt;
import tollgate.route.RetryBudget;
import tollgate.wire.openai.Splices;

/// What was decided about a call before its hold: where it goes, what it may cost, what is sent.
///
/// @param attempts in order; never empty
/// @param price pinned here (I-08)
/// @param allow what the model's entry lets through
/// @param dropped hosted tools that are taken out, for the caller to know
/// @param longestOutput tokens of all choices that the model gives at most
record Plan(
        Question question,
        List<Attempt> attempts,
        PriceVersion price,
        Terms terms,
        Set<Capability> allow,
        List<String> dropped,
        long longestOutput,
        RetryBudget budget) {
    /// How long a provider may ask us to wait before one more try; longer is the caller's to wait.
    static final Duration WAIT_MAX = Duration.ofSeconds(2);

    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 300;

    Plan {
        attempts = List.copyOf(attempts);
        dropped = List.copyOf(dropped);
    }

    long choices() {
        return question instanceof Question.Chat chat ? chat.peek().choices() : 1;
    }

    /// The body for this attempt: the caller's bytes but for a few spliced fields.
    byte[] body(Attempt attempt) {
        return switch (question) {
            case Question.Embeddings embeddings ->
                    embeddings.peek().withModel(embeddings.body(), attempt.requestModel());
            case Question.Chat chat -> {
                Splices splices =
                        new Splices(chat.body(), chat.peek()).model(attempt.requestModel());
                if (chat.delivery() == Delivery.STREAM) {
                    splices.stream().askUsage();
                }
                if (terms.sentLimit() >= 0) {
                    splices.limitOutput(terms.sentLimit(), attempt.provider().limitName());
                }
                yield splices.dropHosted(allow).bytes();
            }
        };
    }

    /// How long to wait after the attempt `index` missed before the next is made; null when there
    /// is none. Every route is tried once, in order; then the last one once more, if that may help
    /// and the budget for second tries allows it.
    @Nullable Duration pauseBeforeNext(Miss miss, int index, RandomGenerator random) {
        if (miss.again() == Miss.Again.NOWHERE) {
            return null;
        }
        if (index + 1 < attempts.size()) {
            return Duration.ZERO;
        }
        Duration wait = miss.pause();
        boolean tooLong = wait != null && wait.compareTo(WAIT_MAX) > 0;
        if (index >= attempts.size()
                || miss.again() != Miss.Again.HERE
                || tooLong
                || !budget.spend()) {
            return null;
        }
        return wait != null
                ? wait
                : Duration.ofMillis(random.nextLong(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
    }
}
