package tollgate.ledger;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What the journal has done since the start, for metrics and `doctor`. Thread-safe.
public final class JournalCounts {
    private final LongAdder frames = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder syncs = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile @Nullable Exception lastFailure;

    void group(int recordCount) {
        frames.increment();
        records.add(recordCount);
    }

    void sync() {
        syncs.increment();
    }

    void failed(Exception failure) {
        failures.increment();
        lastFailure = failure;
    }

    public long frames() {
        return frames.sum();
    }

    public long records() {
        return records.sum();
    }

    public long syncs() {
        return syncs.sum();
    }

    public long failures() {
        return failures.sum();
    }

    public @Nullable Exception lastFailure() {
        return lastFailure;
    }
}
