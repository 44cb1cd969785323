package tollgate.ledger;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.ledger.Entry.Binding;
import tollgate.unit.Digest;

/// Which idempotency keys are in flight or answered. The journal's hold binds a key to a request,
/// its post says where the answer is; here is what those records say, in memory until they are
/// folded, then in the database (I-20 to I-24). Thread-safe.
public final class Replays {
    private record Owner(long account, Digest key) {}

    private record Known(Digest request, LedgerStore.@Nullable Replayable done) {}

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
        Known mine = new Known(binding.request(), null);
        Known other = known.putIfAbsent(owner, mine);
        if (other != null) {
            return CompletableFuture.completedFuture(judge(other, binding));
        }
        return database.readLater(
                        tx -> LedgerStore.replay(tx, account, binding.key(), clock.millis()))
                .thenApply(done -> judgeStored(owner, mine, done, binding))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        known.remove(owner, mine);
                    }
                });
    }

    private Claim judgeStored(
            Owner owner, Known mine, LedgerStore.@Nullable Replayable done, Binding binding) {
        if (done == null) {
            return new Claim.Fresh();
        }
        known.remove(owner, mine);
        return judge(new Known(done.request(), done), binding);
    }

    private static Claim judge(Known other, Binding binding) {
        if (!other.request().equals(binding.request())) {
            return new Claim.Mismatch();
        }
        LedgerStore.Replayable done = other.done();
        if (done == null) {
            return new Claim.InFlight();
        }
        Digest answer = done.answer();
        return answer == null
                ? new Claim.Charged(done.charged())
                : new Claim.Answered(done.hold(), answer, done.charged());
    }

    /// Frees a key whose request was refused before its hold, or whose hold was voided.
    public void release(long account, Binding binding) {
        known.remove(new Owner(account, binding.key()));
    }

    /// The hold of a bound request is resolved.
    void resolved(long account, Binding binding, Entry.Resolution resolution) {
        Owner owner = new Owner(account, binding.key());
        switch (resolution) {
            case Entry.Voided _ -> known.remove(owner);
            case Entry.Post post ->
                    known.put(
                            owner,
                            new Known(
                                    binding.request(),
                                    new LedgerStore.Replayable(
                                            binding.request(),
                                            post.subject().hold(),
                                            post.amount(),
                                            post.answer())));
        }
    }

    /// The row of a resolved call is in the database: memory may forget it.
    void folded(ClosedCall call) {
        Binding binding = call.hold().binding();
        if (binding != null && call.resolution() instanceof Entry.Post post) {
            Owner owner = new Owner(post.subject().account(), binding.key());
            known.computeIfPresent(
                    owner,
                    (_, now) ->
                            now.done() != null && now.done().hold() == post.subject().hold()
                                    ? null
                                    : now);
        }
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
