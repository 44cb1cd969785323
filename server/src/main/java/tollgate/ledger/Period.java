package tollgate.ledger;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/// Days and months in UTC as numbers, for budgets.
///
/// @param day days since 1970-01-01
/// @param month months since 1970-01
record Period(long day, long month) {
    private static final long DAY_MILLIS = 86_400_000L;
    private static volatile Period latest = of(0);

    /// The period of an instant; the last answer is kept, since nearly all instants are of today.
    static Period at(long millis) {
        long day = Math.floorDiv(millis, DAY_MILLIS);
        Period known = latest;
        if (known.day == day) {
            return known;
        }
        Period found = of(day);
        latest = found;
        return found;
    }

    private static Period of(long day) {
        return new Period(
                day, ChronoUnit.MONTHS.between(LocalDate.EPOCH, LocalDate.ofEpochDay(day)));
    }
}
