package tollgate.app;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tollgate.observe.Observation;
import tollgate.observe.Observer;

/// Tells the operator when the journal no longer reaches the disk or the database falls behind it,
/// and when that is over: once each, however long it lasts. For one thread.
final class LedgerWatch {
    /// Ten times what acknowledgements wait for: no slow disk, but one that hangs.
    static final Duration STALLED_AFTER = Duration.ofSeconds(1);

    /// Seconds of the busiest gateway; a million is where calls are refused.
    static final long LAGGING_FROM = 100_000;

    static final long CAUGHT_UP_AT = 10_000;

    private final Supplier<Duration> unsynced;
    private final LongSupplier unfolded;
    private final LongSupplier nanoTime;
    private final Observer observer;
    private boolean stalled;
    private long stalledNanos;
    private boolean lagging;

    /// @param unsynced how old the oldest record is that is not on disk
    /// @param unfolded how many records the database is behind
    LedgerWatch(
            Supplier<Duration> unsynced,
            LongSupplier unfolded,
            LongSupplier nanoTime,
            Observer observer) {
        this.unsynced = unsynced;
        this.unfolded = unfolded;
        this.nanoTime = nanoTime;
        this.observer = observer;
    }

    /// Looks once; to be called about once a second.
    void look() {
        lookAtJournal(unsynced.get());
        lookAtFold(unfolded.getAsLong());
    }

    private void lookAtJournal(Duration behind) {
        boolean late = behind.compareTo(STALLED_AFTER) > 0;
        if (late && !stalled) {
            stalledNanos = nanoTime.getAsLong() - behind.toNanos();
            observer.report(new Observation.JournalStalled(behind));
        } else if (!late && stalled) {
            Duration lasted = Duration.ofNanos(nanoTime.getAsLong() - stalledNanos);
            observer.report(new Observation.JournalRecovered(lasted));
        }
        stalled = late;
    }

    private void lookAtFold(long records) {
        if (!lagging && records >= LAGGING_FROM) {
            lagging = true;
            observer.report(new Observation.FoldLagging(records));
        } else if (lagging && records <= CAUGHT_UP_AT) {
            lagging = false;
            observer.report(new Observation.FoldCaughtUp(records));
        }
    }
}
