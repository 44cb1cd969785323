package tollgate.ledger;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.LedgerStore.IntentState;
import tollgate.unit.Digest;

/// Credits and refusable debits: a row with the cause first, then the record, then the sync, then
/// the answer (DESIGN 5, *Between the two*). Each cause has one effect, whatever dies in between: a
/// credit whose record could not be written is owed, and is tried again until it is. Thread-safe;
/// blocks.
final class MoneyIn {
    private final Ledger ledger;
    private final Database database;

    /// Causes whose row is committed and whose effect nobody has begun.
    private final Map<String, Credit> intended = new ConcurrentHashMap<>();

    private final Queue<Credit> owed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean paying = new AtomicBoolean();
    private volatile boolean closing;

    MoneyIn(Ledger ledger, Database database) {
        this.ledger = ledger;
        this.database = database;
    }

    void intend(WriteTx tx, Credit credit) {
        checkRange(credit);
        note(tx, credit, IntentState.WANTED);
        tx.afterCommit(() -> intended.put(credit.cause(), credit));
    }

    private void note(WriteTx tx, Credit credit, IntentState state) {
        try {
            LedgerStore.insertIntent(tx, credit, state, ledger.now());
        } catch (SQLException e) {
            throw new IllegalStateException("credit %s: not noted".formatted(credit.cause()), e);
        }
    }

    void credit(Credit credit) {
        if (!intended.remove(credit.cause(), credit)) {
            throw new IllegalStateException(
                    "credit %s: not intended, or credited already".formatted(credit.cause()));
        }
        effect(credit);
    }

    void creditOnce(Credit credit) {
        checkRange(credit);
        boolean isNew =
                database.write(tx -> LedgerStore.insertIntentOnce(tx, credit, ledger.now()));
        if (isNew) {
            effect(credit);
        }
    }

    /// Books a credit, or a debit that may be refused, and notes which request asked for it.
    ///
    /// @return false when it is a debit and refused; then nothing is noted
    boolean book(Credit credit, Digest request) {
        if (credit.amount() < 0) {
            return debit(credit, request);
        }
        database.write(tx -> {
            intend(tx, credit);
            ReceiptStore.putRequest(tx, credit.cause(), request);
            return credit;
        });
        credit(credit);
        return true;
    }

    /// Waits for the effect of money in that was noted before, and begins it if nobody has.
    void finish(Credit credit) {
        if (intended.remove(credit.cause(), credit)) {
            effect(credit);
        } else if (owed.contains(credit)) {
            throw ledger.unwritable();
        } else {
            ledger.awaitSynced();
        }
    }

    boolean debit(Credit credit) {
        return debit(credit, null);
    }

    private boolean debit(Credit credit, @Nullable Digest request) {
        if (credit.amount() >= 0) {
            throw new IllegalArgumentException(
                    "amount: %d (expected: below 0)".formatted(credit.amount()));
        }
        database.write(tx -> {
            note(tx, credit, IntentState.ACCEPTING);
            if (request != null) {
                ReceiptStore.putRequest(tx, credit.cause(), request);
            }
            return null;
        });
        Purse purse = ledger.purse(credit.account(), credit.book());
        if (!purse.withdraw(-credit.amount())) {
            forget(credit);
            return false;
        }
        if (ledger.append(List.of(credit)) == 0) {
            purse.add(-credit.amount());
            forget(credit);
            throw ledger.unwritable();
        }
        ledger.step(Step.CREDIT);
        ledger.awaitSynced();
        return true;
    }

    private void checkRange(Credit credit) {
        if (!ledger.purse(credit.account(), credit.book()).canTake(credit.amount())) {
            throw new IllegalArgumentException(
                    "amount: %d (expected: a balance of at most %d)"
                            .formatted(credit.amount(), Purse.BALANCE_MAX));
        }
    }

    private void forget(Credit credit) {
        database.write(tx -> {
            LedgerStore.deleteIntent(tx, credit.cause());
            return null;
        });
    }

    private void effect(Credit credit) {
        if (!write(credit)) {
            owed.add(credit);
            payLater();
            throw ledger.unwritable();
        }
        ledger.awaitSynced();
    }

    /// What takes money changes memory before the file, what gives after it, so that no fold of the
    /// journal shows more spent than there was (JOURNAL 5).
    private boolean write(Credit credit) {
        Purse purse = ledger.purse(credit.account(), credit.book());
        if (credit.amount() < 0) {
            purse.add(credit.amount());
        }
        boolean written = ledger.append(List.of(credit)) == 1;
        boolean comesIn = credit.amount() > 0;
        if (comesIn == written) {
            purse.add(Math.abs(credit.amount()));
        }
        if (written) {
            ledger.step(Step.CREDIT);
        }
        return written;
    }

    // ---------------------------------------------------------------- what is owed

    /// A thread that lives only while the journal cannot be written.
    private void payLater() {
        if (paying.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("tollgate-owed")
                    .start(() -> {
                        while (!closing && !owed.isEmpty()) {
                            LockSupport.parkNanos(ledger.retryEvery().toNanos());
                            payOwed();
                        }
                        paying.set(false);
                        if (!closing && !owed.isEmpty()) {
                            payLater(); // one came between the two lines above
                        }
                    });
        }
    }

    /// Writes what is owed, as far as the journal can; true when nothing is left.
    synchronized boolean payOwed() {
        for (Credit credit = owed.peek(); credit != null; credit = owed.peek()) {
            if (!write(credit)) {
                return false;
            }
            owed.remove();
        }
        return true;
    }

    /// At a start: money in whose row was committed but whose record was not written gets it now; a
    /// refusable debit that was not decided never happened.
    void settleIntents() throws IOException {
        for (Credit credit : database.read(LedgerStore::wanted)) {
            if (!write(credit)) {
                throw new IOException("the journal refuses to be written at a start");
            }
        }
        database.write(tx -> {
            LedgerStore.deleteAccepting(tx);
            return null;
        });
    }

    void close() {
        closing = true;
    }
}
