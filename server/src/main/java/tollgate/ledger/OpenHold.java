package tollgate.ledger;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tollgate.ledger.Entry.Subject;

/// A call's reserved money, from its durable hold to its one resolution. The path works with it on
/// one event loop; only [#resolve()] may be raced for.
public final class OpenHold {
    private final Subject subject;
    private final Entry.Shape shape;
    private final Purse purse;
    private final KeySpend spend;
    private final @Nullable SpendLimit limit;
    private final AtomicBoolean resolved = new AtomicBoolean();
    private volatile long held;

    OpenHold(
            Subject subject,
            Entry.Shape shape,
            Purse purse,
            KeySpend spend,
            @Nullable SpendLimit limit,
            long held) {
        this.subject = subject;
        this.shape = shape;
        this.purse = purse;
        this.spend = spend;
        this.limit = limit;
        this.held = held;
    }

    public Subject subject() {
        return subject;
    }

    /// Nano-dollars reserved now, extensions included, also one that is being written: what is
    /// recorded next will stand behind it in the journal.
    public long held() {
        return held;
    }

    /// What an extension could take at most now, in nano-dollars.
    public long extendable(long nowMillis) {
        return purse.spendable(spend, limit, nowMillis);
    }

    Entry.Shape shape() {
        return shape;
    }

    /// True for the first caller only: it alone may write the resolution.
    boolean resolve() {
        return resolved.compareAndSet(false, true);
    }

    boolean isResolved() {
        return resolved.get();
    }

    /// Takes more, or throws and takes nothing.
    void extend(long amount, long nowMillis) {
        purse.take(amount, spend, limit, nowMillis);
        held = Math.addExact(held, amount);
    }

    /// An extension could not be written.
    void retract(long amount, long nowMillis) {
        held = Math.subtractExact(held, amount);
        purse.settle(amount, 0, spend, nowMillis);
    }

    void settle(long charged, long nowMillis) {
        purse.settle(held, charged, spend, nowMillis);
    }
}
