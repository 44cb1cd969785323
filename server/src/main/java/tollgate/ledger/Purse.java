package tollgate.ledger;

import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;

/// One account's spendable and held money in one book, in memory: what decides whether a hold is
/// granted. Its lock covers the budgets of the account's keys too, so that all levels are taken
/// together or none (I-17), and readers see a charge and its release as one (I-15).
///
/// A purse that is not postpaid never goes below zero by a hold; only the reversal of a payment may
/// do that.
public final class Purse {
    /// 4 billion USD, in either direction.
    static final long BALANCE_MAX = 4_000_000_000_000_000_000L;

    private final long account;
    private final Book book;
    private volatile Terms terms;
    private long available;
    private long held;

    /// Whether spending needs money first.
    public enum Terms {
        PREPAID,
        POSTPAID
    }

    /// What can be spent now, and what open calls hold, at one moment.
    public record Balance(Money available, Money held) {}

    Purse(long account, Book book, long available, long held) {
        this.account = account;
        this.book = book;
        this.available = available;
        this.held = held;
        this.terms = Terms.PREPAID;
    }

    public long account() {
        return account;
    }

    public Book book() {
        return book;
    }

    void postpaid() {
        terms = Terms.POSTPAID;
    }

    public synchronized Balance balance() {
        return new Balance(new Money(available), new Money(held));
    }

    /// What a call of this key could hold at most now, in nano-dollars; never negative.
    public synchronized long spendable(
            @Nullable KeySpend spend, @Nullable SpendLimit limit, long now) {
        long most = terms == Terms.POSTPAID ? Long.MAX_VALUE : available;
        if (spend != null && limit != null) {
            most = Math.min(most, spend.left(limit, Period.at(now)));
        }
        return Math.max(0, most);
    }

    /// Takes `amount` from what is spendable, at every level, or throws and takes nothing.
    synchronized void take(long amount, KeySpend spend, @Nullable SpendLimit limit, long now) {
        if (amount > available && terms == Terms.PREPAID) {
            throw new GatewayException(
                    new Fault.OutOfCredits(new Money(amount), new Money(available)));
        }
        if (limit != null) {
            long left = spend.left(limit, Period.at(now));
            if (amount > left) {
                throw new GatewayException(
                        new Fault.BudgetReached(
                                new Money(limit.nanos()), new Money(amount), new Money(left)));
            }
        }
        long left = Math.subtractExact(available, amount);
        long more = Math.addExact(held, amount);
        spend.hold(amount);
        available = left;
        held = more;
    }

    /// Ends a hold: `charged` of `amount` is gone, the rest can be spent again.
    synchronized void settle(long amount, long charged, KeySpend spend, long now) {
        held = Math.subtractExact(held, amount);
        available = Math.addExact(available, amount - charged);
        spend.release(amount);
        if (charged > 0) {
            spend.spend(charged, Period.at(now));
        }
    }

    /// Like [#settle(long, long, KeySpend, long)], for a hold of a process that died: no key of
    /// this process holds it.
    synchronized void settleOrphan(long amount, long charged, KeySpend spend, long now) {
        spend.hold(amount);
        settle(amount, charged, spend, now);
    }

    /// Money in or out without a hold.
    synchronized void add(long amount) {
        available = Math.addExact(available, amount);
    }

    /// Whether a credit leaves the balance in a range in which every sum is exact.
    public synchronized boolean canTake(long credit) {
        long most = BALANCE_MAX - held;
        return credit <= most - available && credit >= -most - available;
    }

    /// Takes `amount` out for good if it is there.
    synchronized boolean withdraw(long amount) {
        if (amount > available) {
            return false;
        }
        available -= amount;
        return true;
    }
}
