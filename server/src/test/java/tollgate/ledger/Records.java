package tollgate.ledger;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.ledger.Entry.Attempt;
import tollgate.ledger.Entry.Binding;
import tollgate.ledger.Entry.Context;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Ending;
import tollgate.ledger.Entry.Extend;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Entry.Mark;
import tollgate.ledger.Entry.Post;
import tollgate.ledger.Entry.Shape;
import tollgate.ledger.Entry.Subject;
import tollgate.ledger.Entry.Try;
import tollgate.ledger.Entry.Voided;
import tollgate.unit.Digest;
import tollgate.unit.RequestId;

/// Entries for tests.
final class Records {
    static final Context WHOLE = context(Shape.WHOLE);
    static final Context STREAM = context(Shape.STREAM);

    private Records() {}

    /// How often to try something: little for each change, more where nobody waits.
    static int count(int quick, int full) {
        return System.getProperty("tollgate.counts", "quick").equals("full") ? full : quick;
    }

    static Context context(Shape shape) {
        return new Context("openai", "provider", "model-up", shape, "user", "app", "tag");
    }

    static Subject subject(long hold, long account) {
        return new Subject(
                hold, account, Book.LIVE, 3, new RequestId(7, hold), "provider/model", 11);
    }

    static Hold hold(long hold, long account, long amount) {
        return new Hold(subject(hold, account), WHOLE, amount, null);
    }

    static Ending ending(Outcome outcome) {
        return new Ending(outcome, 200, 1, new Try(200, 5), "stop", "model-1", 9, 3);
    }

    static Post post(Hold hold, long charged) {
        return new Post(
                hold.subject(),
                hold.amount(),
                charged,
                0,
                Usage.of(3, 4),
                UsageSource.PROVIDER,
                ending(Outcome.COMPLETED),
                null);
    }

    static Voided voided(Hold hold) {
        return new Voided(hold.subject(), hold.amount(), ending(Outcome.PROVIDER_FAILED));
    }

    static Credit grant(long account, long amount, String cause) {
        return new Credit(Kind.GRANT, account, Book.LIVE, amount, cause);
    }

    static Settlement cost(long nanos) {
        return cost(nanos, null);
    }

    static Settlement cost(long nanos, @Nullable Digest answer) {
        return new Settlement(
                nanos, Usage.of(3, 4), UsageSource.PROVIDER, ending(Outcome.COMPLETED), answer);
    }

    static Binding binding(String key, String request) {
        return new Binding(digest(key), digest(request));
    }

    static Digest digest(String text) {
        return Digest.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    // ---------------------------------------------------------------- at random

    /// An entry with anything in it that its type allows.
    static Entry any(RandomGenerator random) {
        return switch (random.nextInt(7)) {
            case 0 ->
                    new Hold(
                            anySubject(random),
                            new Context(
                                    text(random),
                                    text(random),
                                    text(random),
                                    pick(random, List.of(Shape.values())),
                                    text(random),
                                    text(random),
                                    text(random)),
                            amount(random),
                            random.nextBoolean()
                                    ? null
                                    : new Binding(anyDigest(random), anyDigest(random)));
            case 1 ->
                    new Attempt(
                            number(random),
                            random.nextInt(Integer.MAX_VALUE),
                            text(random),
                            text(random),
                            anyTry(random));
            case 2 -> new Extend(anySubject(random), amount(random));
            case 3 -> new Mark(number(random), anyUsage(random), amount(random));
            case 4 -> anyPost(random);
            case 5 -> new Voided(anySubject(random), amount(random), anyEnding(random));
            default ->
                    new Credit(
                            pick(random, List.of(Kind.values())),
                            number(random),
                            pick(random, List.of(Book.values())),
                            1
                                    + random.nextLong(Credit.AMOUNT_MAX)
                                            * (random.nextBoolean() ? 1 : -1),
                            text(random));
        };
    }

    private static Post anyPost(RandomGenerator random) {
        long held = amount(random);
        return new Post(
                anySubject(random),
                held,
                held == 0 ? 0 : random.nextLong(held),
                amount(random),
                anyUsage(random),
                pick(random, List.of(UsageSource.values())),
                anyEnding(random),
                random.nextBoolean() ? null : anyDigest(random));
    }

    private static Subject anySubject(RandomGenerator random) {
        return new Subject(
                number(random),
                number(random),
                pick(random, List.of(Book.values())),
                number(random),
                new RequestId(random.nextLong(), random.nextLong()),
                text(random),
                number(random));
    }

    private static Ending anyEnding(RandomGenerator random) {
        return new Ending(
                pick(random, List.of(Outcome.values())),
                random.nextInt(600),
                random.nextInt(100),
                anyTry(random),
                text(random),
                text(random),
                number(random),
                random.nextBoolean() ? -1 : number(random));
    }

    private static Try anyTry(RandomGenerator random) {
        return new Try(random.nextInt(600), number(random));
    }

    private static Usage anyUsage(RandomGenerator random) {
        long input = random.nextLong(Usage.TOKENS_MAX);
        long cached = random.nextLong(input + 1);
        long written = random.nextLong(input - cached + 1);
        long output = random.nextLong(Usage.TOKENS_MAX);
        return new Usage(
                input,
                cached,
                written,
                random.nextLong(written + 1),
                output,
                random.nextLong(output + 1),
                random.nextLong(Usage.TOKENS_MAX));
    }

    private static Digest anyDigest(RandomGenerator random) {
        byte[] bytes = new byte[Digest.BYTES];
        random.nextBytes(bytes);
        return Digest.ofBytes(bytes);
    }

    /// Of any size, so that every length of its encoding comes up.
    private static long number(RandomGenerator random) {
        return random.nextLong() >>> (1 + random.nextInt(63));
    }

    private static long amount(RandomGenerator random) {
        return random.nextInt(5) == 0 ? 0 : number(random);
    }

    /// Words of few or many kinds, so that names repeat; ASCII and not; up to 256 bytes.
    private static String text(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "gpt-4o-mini";
            case 2 -> "model-" + random.nextInt(50);
            case 3 -> "x".repeat(random.nextInt(Entry.TEXT_BYTES_MAX + 1));
            case 4 -> "é漢\uD83D\uDE00".repeat(random.nextInt(28));
            default -> Long.toString(random.nextLong(), 36);
        };
    }

    private static <T> T pick(RandomGenerator random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
