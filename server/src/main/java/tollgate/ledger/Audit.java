package tollgate.ledger;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tollgate.ledger.FrameCursor.Decoded;
import tollgate.ledger.Sums.Delta;
import tollgate.ledger.Sums.PurseKey;

/// What must be true of the projections before a start goes on (I-40): money is neither made nor
/// lost, and what is held is what open calls hold. Where something differs, the whole journal is
/// read again to name the accounts.
final class Audit {
    /// More accounts than this need not be named.
    private static final int NAMED_MAX = 10;

    private final Disk disk;
    private final Books books;

    /// All projections of money, at one cursor.
    record Books(
            LedgerStore.Cursor cursor,
            Collection<Purse> purses,
            Map<String, Long> places,
            Collection<OpenCall> open) {}

    Audit(Disk disk, Books books) {
        this.disk = disk;
        this.books = books;
    }

    /// @throws JournalCorrupt naming what does not balance
    void check() {
        List<String> wrong = new ArrayList<>();
        BigInteger sum = sum();
        if (sum.signum() != 0) {
            wrong.add("all places together hold %d nano-dollars (expected: 0)".formatted(sum));
        }
        checkHeld(wrong);
        if (!wrong.isEmpty()) {
            wrong.addAll(differences());
            throw new JournalCorrupt("the ledger does not balance: " + String.join("; ", wrong));
        }
    }

    private BigInteger sum() {
        BigInteger sum = BigInteger.ZERO;
        for (Purse purse : books.purses()) {
            Purse.Balance balance = purse.balance();
            sum = sum.add(BigInteger.valueOf(balance.available().nanos()));
            sum = sum.add(BigInteger.valueOf(balance.held().nanos()));
        }
        for (long place : books.places().values()) {
            sum = sum.add(BigInteger.valueOf(place));
        }
        return sum;
    }

    private void checkHeld(List<String> wrong) {
        Map<PurseKey, Long> expected = new HashMap<>();
        for (OpenCall call : books.open()) {
            Entry.Subject subject = call.hold().subject();
            expected.merge(
                    new PurseKey(subject.account(), subject.book()), call.held(), Math::addExact);
        }
        for (Purse purse : books.purses()) {
            Long calls = expected.remove(new PurseKey(purse.account(), purse.book()));
            differ(
                    wrong,
                    purse.book().heldPlace(purse.account()),
                    purse.balance().held().nanos(),
                    calls == null ? 0 : calls,
                    "its open calls hold");
        }
        expected.forEach((key, calls) ->
                differ(
                        wrong,
                        key.book().heldPlace(key.account()),
                        0,
                        calls,
                        "its open calls hold"));
    }

    private static void differ(
            List<String> wrong, String place, long found, long expected, String source) {
        if (found != expected && wrong.size() < NAMED_MAX) {
            wrong.add("%s has %d (%s %d)".formatted(place, found, source, expected));
        }
    }

    // ---------------------------------------------------------------- naming them

    private List<String> differences() {
        List<String> named = new ArrayList<>();
        try {
            compare(fold(), named);
        } catch (IOException | JournalCorrupt unreadable) {
            named.add("the journal cannot tell where: " + unreadable.getMessage());
        }
        return named;
    }

    private Sums fold() throws IOException {
        Sums sums = new Sums();
        long last = books.cursor().frame();
        if (last > 0) {
            try (FrameCursor cursor = new FrameCursor(disk, disk.segments().getFirst())) {
                for (Decoded frame = cursor.next(last); frame != null; frame = cursor.next(last)) {
                    frame.entries().forEach(sums::add);
                }
                if (cursor.due() <= last) {
                    throw cursor.corrupt("no valid frame");
                }
            }
        }
        return sums;
    }

    private void compare(Sums journal, List<String> named) {
        Map<PurseKey, Delta> purses = new HashMap<>(journal.purses());
        for (Purse purse : books.purses()) {
            Delta expected = purses.remove(new PurseKey(purse.account(), purse.book()));
            compare(
                    purse,
                    expected == null ? 0 : expected.available(),
                    expected == null ? 0 : expected.held(),
                    named);
        }
        purses.forEach((key, expected) ->
                compare(
                        new Purse(key.account(), key.book(), 0, 0),
                        expected.available(),
                        expected.held(),
                        named));
        Map<String, Long> places = new HashMap<>(journal.places());
        books.places().forEach((place, found) -> places.putIfAbsent(place, 0L));
        places.forEach((place, expected) ->
                differ(
                        named,
                        place,
                        books.places().getOrDefault(place, 0L),
                        expected,
                        "the journal says"));
    }

    private static void compare(Purse purse, long available, long held, List<String> named) {
        Purse.Balance found = purse.balance();
        String from = "the journal says";
        differ(
                named,
                purse.book().place(purse.account()),
                found.available().nanos(),
                available,
                from);
        differ(named, purse.book().heldPlace(purse.account()), found.held().nanos(), held, from);
    }
}
