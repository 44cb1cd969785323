package tollgate.ledger;

import java.util.HashMap;
import java.util.Map;
import tollgate.ledger.Entry.Attempt;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Extend;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Mark;
import tollgate.ledger.Entry.Post;
import tollgate.ledger.Entry.Subject;
import tollgate.ledger.Entry.Voided;

/// What records of the journal change in the accounts' and the operator's money.
final class Sums {
    record PurseKey(long account, Book book) {}

    /// What one account's money changes by.
    static final class Delta {
        private long available;
        private long held;

        long available() {
            return available;
        }

        long held() {
            return held;
        }
    }

    private final Map<PurseKey, Delta> purses = new HashMap<>();
    private final Map<String, Long> places = new HashMap<>();

    Map<PurseKey, Delta> purses() {
        return purses;
    }

    /// The operator's places.
    Map<String, Long> places() {
        return places;
    }

    void add(Entry entry) {
        switch (entry) {
            case Hold e -> move(e.subject(), -e.amount(), e.amount());
            case Extend e -> move(e.subject(), -e.amount(), e.amount());
            case Voided e -> move(e.subject(), e.held(), -e.held());
            case Post e -> {
                move(e.subject(), e.released(), -e.held());
                place(e.subject().book().income(), e.amount());
                place(Places.REVENUE, e.overage());
                place(Places.OVERAGE, -e.overage());
            }
            case Credit e -> {
                purse(e.account(), e.book()).available += e.amount();
                place(e.kind().otherPlace(), -e.amount());
            }
            case Attempt _, Mark _ -> {}
        }
    }

    private void move(Subject subject, long available, long held) {
        Delta delta = purse(subject.account(), subject.book());
        delta.available += available;
        delta.held += held;
    }

    private Delta purse(long account, Book book) {
        return purses.computeIfAbsent(new PurseKey(account, book), _ -> new Delta());
    }

    private void place(String place, long amount) {
        if (amount != 0) {
            places.merge(place, amount, Math::addExact);
        }
    }
}
