package tollgate.ledger;

import java.nio.ByteBuffer;
import java.util.List;
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

/// Entries as bytes and back. A codec belongs to one segment, whose names it knows.
final class EntryCodec {
    /// No record is longer: names and texts are cut, the rest are numbers and digests.
    static final int ENTRY_BYTES_MAX = 3_072;

    private static final byte NAME = 1;
    private static final byte HOLD = 2;
    private static final byte ATTEMPT = 3;
    private static final byte EXTEND = 4;
    private static final byte MARK = 5;
    private static final byte POST = 6;
    private static final byte VOID = 7;
    private static final byte CREDIT = 8;

    // What is written is the place in these lists: only ever add at their ends.
    static final List<Book> BOOKS = List.of(Book.LIVE, Book.TEST);
    static final List<Kind> KINDS = List.of(Kind.GRANT, Kind.PAYMENT, Kind.REFUND, Kind.ADJUSTMENT);
    private static final List<Shape> SHAPES = List.of(Shape.WHOLE, Shape.STREAM, Shape.EMBEDDINGS);
    private static final List<UsageSource> SOURCES =
            List.of(UsageSource.PROVIDER, UsageSource.COUNTED, UsageSource.ESTIMATED);
    private static final List<Outcome> OUTCOMES =
            List.of(
                    Outcome.COMPLETED,
                    Outcome.PROVIDER_FAILED,
                    Outcome.CALLER_GONE,
                    Outcome.PROVIDER_BROKE,
                    Outcome.PROVIDER_STALLED,
                    Outcome.OUT_OF_CREDITS,
                    Outcome.GATEWAY_DIED,
                    Outcome.POST_FAILED);

    private final Names names;

    EntryCodec(Names names) {
        this.names = names;
    }

    // ---------------------------------------------------------------- writing

    void write(ByteBuffer to, Entry entry) {
        switch (entry) {
            case Hold e -> writeHold(to, e);
            case Attempt e -> writeAttempt(to, e);
            case Extend e -> {
                name(to, e.subject().model());
                to.put(EXTEND);
                putSubject(to, e.subject());
                Text.putVar(to, e.amount());
            }
            case Mark e -> {
                to.put(MARK);
                Text.putVar(to, e.hold());
                putUsage(to, e.usage());
                Text.putVar(to, e.amount());
            }
            case Post e -> writePost(to, e);
            case Voided e -> {
                names(to, e.subject(), e.ending());
                to.put(VOID);
                putSubject(to, e.subject());
                Text.putVar(to, e.held());
                putEnding(to, e.ending());
            }
            case Credit e -> {
                to.put(CREDIT);
                to.put((byte) KINDS.indexOf(e.kind()));
                Text.putVar(to, e.account());
                to.put((byte) BOOKS.indexOf(e.book()));
                Text.putSigned(to, e.amount());
                Text.putText(to, e.cause());
            }
        }
    }

    private void writeHold(ByteBuffer to, Hold e) {
        name(to, e.subject().model());
        name(to, e.context().door());
        name(to, e.context().provider());
        name(to, e.context().requestModel());
        to.put(HOLD);
        putSubject(to, e.subject());
        Context context = e.context();
        putName(to, context.door());
        putName(to, context.provider());
        putName(to, context.requestModel());
        to.put((byte) SHAPES.indexOf(context.shape()));
        Text.putText(to, context.endUser());
        Text.putText(to, context.app());
        Text.putText(to, context.tags());
        Text.putVar(to, e.amount());
        Binding binding = e.binding();
        to.put((byte) (binding == null ? 0 : 1));
        if (binding != null) {
            binding.key().write(to);
            binding.request().write(to);
        }
    }

    private void writeAttempt(ByteBuffer to, Attempt e) {
        name(to, e.provider());
        name(to, e.requestModel());
        to.put(ATTEMPT);
        Text.putVar(to, e.hold());
        Text.putVar(to, e.number());
        putName(to, e.provider());
        putName(to, e.requestModel());
        putTry(to, e.before());
    }

    private void writePost(ByteBuffer to, Post e) {
        names(to, e.subject(), e.ending());
        to.put(POST);
        putSubject(to, e.subject());
        Text.putVar(to, e.held());
        Text.putVar(to, e.amount());
        Text.putVar(to, e.overage());
        putUsage(to, e.usage());
        to.put((byte) SOURCES.indexOf(e.source()));
        putEnding(to, e.ending());
        Digest answer = e.answer();
        to.put((byte) (answer == null ? 0 : 1));
        if (answer != null) {
            answer.write(to);
        }
    }

    private void names(ByteBuffer to, Subject subject, Ending ending) {
        name(to, subject.model());
        name(to, ending.finishReason());
        name(to, ending.responseModel());
    }

    /// Makes sure that a name has a number before the record that uses it begins.
    private void name(ByteBuffer to, String text) {
        if (names.find(text) == 0 && names.hasRoom()) {
            to.put(NAME);
            int from = to.position();
            Text.putText(to, text);
            // What was written may be cut: the table must hold what a reader will find.
            int end = to.position();
            String written = Text.text(to.duplicate().position(from).limit(end));
            if (written.equals(text)) {
                names.add(text);
            } else {
                to.position(from - 1);
            }
        }
    }

    private void putName(ByteBuffer to, String text) {
        int id = names.find(text);
        Text.putVar(to, id);
        if (id == 0) {
            Text.putText(to, text);
        }
    }

    private void putSubject(ByteBuffer to, Subject subject) {
        Text.putVar(to, subject.hold());
        Text.putVar(to, subject.account());
        to.put((byte) BOOKS.indexOf(subject.book()));
        Text.putVar(to, subject.key());
        to.putLong(subject.request().high()).putLong(subject.request().low());
        putName(to, subject.model());
        Text.putVar(to, subject.priceVersion());
    }

    private static void putUsage(ByteBuffer to, Usage usage) {
        Text.putVar(to, usage.inputTokens());
        Text.putVar(to, usage.cachedInputTokens());
        Text.putVar(to, usage.cacheWriteTokens());
        Text.putVar(to, usage.cacheWriteLongTokens());
        Text.putVar(to, usage.outputTokens());
        Text.putVar(to, usage.reasoningTokens());
        Text.putVar(to, usage.images());
    }

    private void putEnding(ByteBuffer to, Ending ending) {
        to.put((byte) OUTCOMES.indexOf(ending.outcome()));
        Text.putVar(to, ending.status());
        Text.putVar(to, ending.attempt());
        putTry(to, ending.last());
        putName(to, ending.finishReason());
        putName(to, ending.responseModel());
        Text.putVar(to, ending.latencyMillis());
        Text.putSigned(to, ending.firstTokenMillis());
    }

    private static void putTry(ByteBuffer to, Try attempt) {
        Text.putVar(to, attempt.status());
        Text.putVar(to, attempt.millis());
    }

    // ---------------------------------------------------------------- reading

    /// The next entry, or null when the bytes only named something.
    @Nullable Entry read(ByteBuffer from) {
        byte type = from.get();
        return switch (type) {
            case NAME -> {
                names.add(Text.text(from));
                yield null;
            }
            case HOLD -> readHold(from);
            case ATTEMPT ->
                    new Attempt(
                            Text.var(from),
                            Text.smallVar(from),
                            takeName(from),
                            takeName(from),
                            takeTry(from));
            case EXTEND -> new Extend(takeSubject(from), Text.var(from));
            case MARK -> new Mark(Text.var(from), takeUsage(from), Text.var(from));
            case POST ->
                    new Post(
                            takeSubject(from),
                            Text.var(from),
                            Text.var(from),
                            Text.var(from),
                            takeUsage(from),
                            SOURCES.get(from.get()),
                            takeEnding(from),
                            takeDigest(from));
            case VOID -> new Voided(takeSubject(from), Text.var(from), takeEnding(from));
            case CREDIT ->
                    new Credit(
                            KINDS.get(from.get()),
                            Text.var(from),
                            BOOKS.get(from.get()),
                            Text.signed(from),
                            Text.text(from));
            default -> throw new JournalCorrupt("record type %d".formatted(type));
        };
    }

    private Hold readHold(ByteBuffer from) {
        Subject subject = takeSubject(from);
        Context context =
                new Context(
                        takeName(from),
                        takeName(from),
                        takeName(from),
                        SHAPES.get(from.get()),
                        Text.text(from),
                        Text.text(from),
                        Text.text(from));
        long amount = Text.var(from);
        Digest key = takeDigest(from);
        return new Hold(
                subject, context, amount, key == null ? null : new Binding(key, Digest.read(from)));
    }

    private Subject takeSubject(ByteBuffer from) {
        return new Subject(
                Text.var(from),
                Text.var(from),
                BOOKS.get(from.get()),
                Text.var(from),
                new RequestId(from.getLong(), from.getLong()),
                takeName(from),
                Text.var(from));
    }

    private static Usage takeUsage(ByteBuffer from) {
        return new Usage(
                Text.var(from),
                Text.var(from),
                Text.var(from),
                Text.var(from),
                Text.var(from),
                Text.var(from),
                Text.var(from));
    }

    private Ending takeEnding(ByteBuffer from) {
        return new Ending(
                OUTCOMES.get(from.get()),
                Text.smallVar(from),
                Text.smallVar(from),
                takeTry(from),
                takeName(from),
                takeName(from),
                Text.var(from),
                Text.signed(from));
    }

    private static Try takeTry(ByteBuffer from) {
        return new Try(Text.smallVar(from), Text.var(from));
    }

    private String takeName(ByteBuffer from) {
        int id = Text.smallVar(from);
        return id == 0 ? Text.text(from) : names.text(id);
    }

    private static @Nullable Digest takeDigest(ByteBuffer from) {
        return from.get() == 0 ? null : Digest.read(from);
    }
}
