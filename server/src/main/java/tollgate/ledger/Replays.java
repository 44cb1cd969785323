package tollgate.ledger;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.ledger.Entry.Binding;
import tollgate.ledger.LedgerStore.Replayable;
import tollgate.unit.Digest;

/// Which idempotency keys are in flight or answered. The journal's hold binds a key to a request,
/// its post says where the answer is; here is what those records say, in memory until they are
/// folded, then in the database (I-20 to I-24). Thread-safe.
///
/// The two that end a key's time in memory may come in either order: the loop that wrote the post
/// ([#resolved(long, Binding, Entry.Resolution)]) may be late, and the fold ([#folded(ClosedCall)])
/// before it. The second of them forgets the key.
public final class Replays {
    private record Owner(long account, Digest key) {}

    /// What memory knows of a key.
    private sealed interface Known {
        Digest request();
    }

    /// Its request runs; `binding` is that request's own, compared as an object.
    private record Running(Binding binding) implements Known {
        @Override
        public Digest request() {
            return binding.request();
        }
    }

    /// Its call was charged, and only one of the record's writer and the fold has said so yet.
    private record Done(Replayable call) implements Known {
        @Override
        public Digest request() {
            return call.request();
        }
    }

    /// What a key means for the request that carries it.
    public sealed interface Claim {
        /// The key is free, and taken for this request until [#release(long, Binding)] or its hold
        /// is resolved.
        record Fresh() implements Claim {}

        /// A request with this key is running.
        record InFlight() implements Claim {}

        /// The key came with another request before.
        record Mismatch() implements Claim {}

        /// The first call was charged and its answer is stored under its hold; `sha256` is of the
        /// stored bytes.
        record Answered(long hold, Digest sha256, long charged) implements Claim {}

        /// The first call was charged, but its answer was cut or not kept.
        record Charged(long nanos) implements Claim {}
    }

    private final Database database;
    private final InstantSource clock;
    private final ConcurrentHashMap<Owner, Known> known = new ConcurrentHashMap<>();

    Replays(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Takes a key for a request, or says why not; looks into the database, on its own thread.
    public CompletableFuture<Claim> claim(long account, Binding binding) {
        Owner owner = new Owner(account, binding.key());
        Known other = known.putIfAbsent(owner, new Running(binding));
        if (other != null) {
            return CompletableFuture.completedFuture(judge(other, binding));
        }
        return database.readLater(
                        tx -> LedgerStore.replay(tx, account, binding.key(), clock.millis()))
                .thenApply(done -> judgeStored(account, done, binding))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        release(account, binding);
                    }
                });
    }

    private Claim judgeStored(long account, @Nullable Replayable done, Binding binding) {
        if (done == null) {
            return new Claim.Fresh();
        }
        release(account, binding);
        return judge(new Done(done), binding);
    }

    private static Claim judge(Known other, Binding binding) {
        if (!other.request().equals(binding.request())) {
            return new Claim.Mismatch();
        }
        return switch (other) {
            case Running _ -> new Claim.InFlight();
            case Done done -> {
                Digest answer = done.call().answer();
                yield answer == null
                        ? new Claim.Charged(done.call().charged())
                        : new Claim.Answered(done.call().hold(), answer, done.call().charged());
            }
        };
    }

    /// Frees a key whose request was refused before its hold, or whose hold was voided. Of another
    /// request that has taken the key meanwhile, nothing happens.
    public void release(long account, Binding binding) {
        known.computeIfPresent(
                new Owner(account, binding.key()), (_, now) -> isOf(now, binding) ? null : now);
    }

    /// Whether the key is taken by this very request: an equal one may have come after it.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOf(Known now, Binding binding) {
        return now instanceof Running running && running.binding() == binding;
    }

    /// The hold of a bound request is resolved.
    void resolved(long account, Binding binding, Entry.Resolution resolution) {
        switch (resolution) {
            case Entry.Voided _ -> release(account, binding);
            case Entry.Post post -> done(account, binding, post);
        }
    }

    /// The row of a resolved call is in the database: memory may forget it.
    void folded(ClosedCall call) {
        Binding binding = call.hold().binding();
        if (binding != null && call.resolution() instanceof Entry.Post post) {
            Owner owner = new Owner(post.subject().account(), binding.key());
            if (known.containsKey(owner)) {
                done(post.subject().account(), binding, post);
            }
        }
    }

    private void done(long account, Binding binding, Entry.Post post) {
        Replayable call =
                new Replayable(
                        binding.request(), post.subject().hold(), post.amount(), post.answer());
        known.compute(
                new Owner(account, binding.key()),
                (_, now) ->
                        now instanceof Done other && other.call().hold() == call.hold()
                                ? null
                                : new Done(call));
    }

    /// Keys that memory knows of.
    int size() {
        return known.size();
    }

    /// Holds whose answers must be kept, and forgets what is older than a day.
    public List<Long> sweep() {
        long now = clock.millis();
        database.write(tx -> {
            LedgerStore.deleteExpiredReplays(tx, now);
            return null;
        });
        return database.read(tx -> LedgerStore.answersKept(tx, now));
    }
}
