package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollgate.observe.Observation;

class LedgerWatchTest {
    private final List<Observation> told = new ArrayList<>();
    private Duration unsynced = Duration.ZERO;
    private long unfolded;
    private long nanos;
    private final LedgerWatch watch =
            new LedgerWatch(() -> unsynced, () -> unfolded, () -> nanos, told::add);

    @Test
    void aStallIsToldOnceAndSoIsItsEndWithItsLength() {
        lookAfter(1, LedgerWatch.STALLED_AFTER);
        assertThat(told).isEmpty();
        lookAfter(1, Duration.ofMillis(1_001));
        lookAfter(1, Duration.ofMillis(2_001));
        lookAfter(1, Duration.ofMillis(5));
        lookAfter(1, Duration.ZERO);
        assertThat(told)
                .containsExactly(
                        new Observation.JournalStalled(Duration.ofMillis(1_001)),
                        new Observation.JournalRecovered(Duration.ofMillis(3_001)));
    }

    @Test
    void aFoldThatLagsIsToldOnceUntilItHasCaughtUp() {
        lookBehind(LedgerWatch.LAGGING_FROM - 1);
        assertThat(told).isEmpty();
        lookBehind(LedgerWatch.LAGGING_FROM);
        lookBehind(LedgerWatch.LAGGING_FROM + 1);
        lookBehind(LedgerWatch.CAUGHT_UP_AT + 1);
        lookBehind(LedgerWatch.LAGGING_FROM);
        lookBehind(LedgerWatch.CAUGHT_UP_AT);
        lookBehind(0);
        assertThat(told)
                .containsExactly(
                        new Observation.FoldLagging(LedgerWatch.LAGGING_FROM),
                        new Observation.FoldCaughtUp(LedgerWatch.CAUGHT_UP_AT));
    }

    private void lookAfter(long seconds, Duration behind) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        unsynced = behind;
        watch.look();
    }

    private void lookBehind(long records) {
        unfolded = records;
        watch.look();
    }
}
