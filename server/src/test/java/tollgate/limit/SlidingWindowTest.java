package tollgate.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final int HISTORIES =
            "full".equals(System.getProperty("tollgate.counts")) ? 5_000 : 500;
    private static final int STEPS = 300;

    /// One call as the oracle remembers it.
    private static final class Entry {
        private final long at;
        private long weight;

        private Entry(long at, long weight) {
            this.at = at;
            this.weight = weight;
        }
    }

    /// The obvious implementation: a list, summed each time.
    private record Oracle(long window, List<Entry> entries) {
        long sum(long now) {
            return entries.stream().filter(e -> now - e.at < window).mapToLong(e -> e.weight).sum();
        }

        boolean hasRoom(long now, long amount, long most) {
            return sum(now) + amount <= most;
        }
    }

    @Test
    void i53NoWindowHoldsMoreThanTheLimitOverRandomHistories() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            long window = 1L + random.nextInt(200);
            long most = 1L + random.nextInt(12);
            SlidingWindow counted = new SlidingWindow(window);
            List<Long> admitted = new ArrayList<>();
            long now = random.nextLong();
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(4) == 0 ? random.nextInt((int) window + 2) : 0;
                if (counted.waitNanos(now, 1, most) == 0) {
                    counted.add(now, 1, most);
                    admitted.add(now);
                }
            }
            assertNoWindowAbove(admitted, window, most);
        }
    }

    /// Any window of that length that holds more than `most` would hold a run of `most + 1`.
    private static void assertNoWindowAbove(List<Long> admitted, long window, long most) {
        assertThat(admitted).isNotEmpty();
        for (int i = 0; i + most < admitted.size(); i++) {
            assertThat(admitted.get(i + (int) most) - admitted.get(i))
                    .isGreaterThanOrEqualTo(window);
        }
    }

    @Test
    void i55WaitIsExactOverRandomHistoriesWithCorrections() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            // Near the ends of a long, where only differences mean something.
            long now = seed % 2 == 0 ? Long.MAX_VALUE - 500 : random.nextLong();
            replay(random, now, 1 + random.nextInt(300), 1 + random.nextInt(40));
        }
    }

    private static void replay(Random random, long start, long window, long most) {
        SlidingWindow counted = new SlidingWindow(window);
        Oracle oracle = new Oracle(window, new ArrayList<>());
        long now = start;
        for (int step = 0; step < STEPS; step++) {
            now += random.nextInt(3) == 0 ? random.nextInt((int) window + 2) / 3 : 0;
            switch (random.nextInt(4)) {
                case 0 -> correct(random, counted, oracle, now);
                default -> ask(random, counted, oracle, now, most);
            }
            assertThat(counted.sum(now)).isEqualTo(oracle.sum(now));
            assertThat(counted.entries()).isLessThanOrEqualTo(STEPS);
        }
    }

    private static void ask(
            Random random, SlidingWindow counted, Oracle oracle, long now, long most) {
        long amount = 1L + random.nextInt((int) most);
        long wait = counted.waitNanos(now, amount, most);
        assertThat(wait == 0).isEqualTo(oracle.hasRoom(now, amount, most));
        if (wait > 0) {
            assertThat(oracle.hasRoom(now + wait, amount, most)).isTrue();
            assertThat(oracle.hasRoom(now + wait - 1, amount, most)).isFalse();
        } else {
            assertThat(counted.add(now, amount, most)).isEqualTo(now);
            oracle.entries().add(new Entry(now, amount));
        }
        long leaves =
                oracle.entries().stream()
                        .filter(e -> now - e.at < oracle.window() && e.weight > 0)
                        .mapToLong(e -> e.at + oracle.window() - now)
                        .min()
                        .orElse(0);
        assertThat(counted.nextLeavesNanos(now)).isEqualTo(leaves);
    }

    private static void correct(Random random, SlidingWindow counted, Oracle oracle, long now) {
        if (oracle.entries().isEmpty()) {
            return;
        }
        Entry entry = oracle.entries().get(random.nextInt(oracle.entries().size()));
        // Half of them are given back; an entry of weight 0 is left alone, as its call is over.
        long weight = random.nextBoolean() ? 0 : random.nextInt((int) entry.weight + 1);
        counted.change(now, entry.at, weight - entry.weight);
        entry.weight = weight;
    }

    @Test
    void entryLeavesExactlyAfterTheWindow() {
        SlidingWindow counted = new SlidingWindow(100);
        counted.add(5, 1, 1);
        assertThat(counted.waitNanos(5, 1, 1)).isEqualTo(100);
        assertThat(counted.waitNanos(104, 1, 1)).isEqualTo(1);
        assertThat(counted.sum(104)).isEqualTo(1);
        assertThat(counted.waitNanos(105, 1, 1)).isZero();
        assertThat(counted.sum(105)).isZero();
        assertThat(counted.nextLeavesNanos(105)).isZero();
    }

    @Test
    void nothingLeavesOnceEverythingHasLeft() {
        SlidingWindow counted = new SlidingWindow(100);
        for (int i = 0; i < 8; i++) {
            counted.add(i, 1, 8);
        }
        assertThat(counted.nextLeavesNanos(105)).isEqualTo(1);
        assertThat(counted.nextLeavesNanos(200)).isZero();
    }

    @Test
    void clockThatStepsBackKeepsTheNewestTime() {
        SlidingWindow counted = new SlidingWindow(100);
        counted.add(50, 1, 10);
        assertThat(counted.add(40, 2, 10)).isEqualTo(50);
        assertThat(counted.sum(149)).isEqualTo(3);
        assertThat(counted.sum(150)).isZero();
    }

    @Test
    void correctionsOfWhatHasLeftChangeNothing() {
        SlidingWindow counted = new SlidingWindow(100);
        long gone = counted.add(0, 5, 10);
        counted.add(60, 4, 10);
        counted.change(100, gone, -5);
        assertThat(counted.sum(100)).isEqualTo(4);
    }

    @Test
    void correctionUpwardsOfAForgottenEntryCountsAgain() {
        SlidingWindow counted = new SlidingWindow(1_000);
        long stamp = counted.add(0, 0, 100);
        for (int i = 1; i <= 8; i++) {
            counted.change(i, counted.add(i, 1, 100), -1);
        }
        assertThat(counted.entries()).isLessThan(8); // the ring was full and let them go
        counted.change(9, stamp, 7);
        assertThat(counted.sum(9)).isEqualTo(7);
        SlidingWindow alone = new SlidingWindow(1_000);
        alone.change(9, 3, 7);
        assertThat(alone.sum(9)).isEqualTo(7);
        assertThat(alone.nextLeavesNanos(9)).isEqualTo(994);
    }

    @Test
    void entriesThatWeighNothingDoNotFillTheRing() {
        SlidingWindow counted = new SlidingWindow(1_000_000);
        for (int i = 0; i < 100_000; i++) {
            counted.change(i, counted.add(i, 1, 60), -1);
        }
        assertThat(counted.capacity()).isEqualTo(8);
        assertThat(counted.sum(100_000)).isZero();
        assertThat(counted.isIdle(100_000)).isFalse();
        assertThat(counted.isIdle(1_100_000)).isTrue();
    }

    @Test
    void ringGrowsWithTheCallsAndNoFurtherThanTheLimit() {
        SlidingWindow counted = new SlidingWindow(Long.MAX_VALUE / 4);
        for (int i = 0; i < 10_000; i++) {
            assertThat(counted.waitNanos(i, 1, 10_000)).isZero();
            counted.add(i, 1, 10_000);
        }
        assertThat(counted.waitNanos(10_000, 1, 10_000)).isPositive();
        assertThat(counted.entries()).isEqualTo(10_000);
        assertThat(counted.capacity()).isEqualTo(SlidingWindow.ENTRIES_MAX);
    }

    @Test
    void ringGrowsOnlyWhenMoreThanHalfIsKept() {
        SlidingWindow counted = new SlidingWindow(1_000);
        for (int i = 0; i < 4; i++) {
            counted.change(i, counted.add(i, 1, 60), -1);
        }
        for (int i = 4; i < 9; i++) {
            counted.add(i, 1, 60);
        }
        assertThat(counted.capacity()).isEqualTo(8);
        assertThat(counted.entries()).isEqualTo(5);
    }

    @Test
    void largeLimitsErrByOneTickAtMostAndKeepTheRingSmall() {
        long window = 60_000_000_000L;
        long tick = window / SlidingWindow.ENTRIES_MAX;
        long most = 400_000;
        Random random = new Random(53);
        SlidingWindow counted = new SlidingWindow(window);
        Exact exact = new Exact(window, most);
        long now = -window;
        int refused = 0;
        for (int i = 0; i < 300_000; i++) {
            now += random.nextInt(2_000_000);
            long amount = 1L + random.nextInt(30);
            long wait = counted.waitNanos(now, amount, most);
            if (wait == 0) {
                counted.add(now, amount, most);
                exact.admit(now, amount);
            } else {
                refused++;
                assertThat(exact.sum(now, window + tick) + amount).isGreaterThan(most);
                assertThat(counted.waitNanos(now + wait, amount, most)).isZero();
                now += wait;
            }
        }
        assertThat(refused).isPositive();
        assertThat(counted.capacity()).isLessThanOrEqualTo(2 * SlidingWindow.ENTRIES_MAX);
    }

    /// Keeps every call, and checks the window that ends with each.
    private static final class Exact {
        private final long window;
        private final long most;
        private final List<long[]> calls = new ArrayList<>();
        private int from;
        private long inside;

        private Exact(long window, long most) {
            this.window = window;
            this.most = most;
        }

        private void admit(long now, long amount) {
            calls.add(new long[] {now, amount});
            inside += amount;
            while (now - calls.get(from)[0] >= window) {
                inside -= calls.get(from++)[1];
            }
            assertThat(inside).isLessThanOrEqualTo(most);
        }

        private long sum(long now, long length) {
            long sum = 0;
            for (int i = calls.size() - 1; i >= 0 && now - calls.get(i)[0] < length; i--) {
                sum += calls.get(i)[1];
            }
            return sum;
        }
    }

    @Test
    void largeLimitsFindTheTickOfACorrection() {
        SlidingWindow counted = new SlidingWindow(16_384_000);
        long most = SlidingWindow.ENTRIES_MAX + 1;
        long early = counted.add(1_000, 10, most);
        counted.add(1_999, 20, most);
        counted.add(2_000, 30, most);
        assertThat(counted.entries()).isEqualTo(2);
        counted.change(2_000, early, -10);
        assertThat(counted.sum(2_000)).isEqualTo(50);
        assertThat(counted.waitNanos(2_000, most, most)).isEqualTo(16_384_000);
        assertThat(counted.waitNanos(2_000, most - 30, most)).isEqualTo(16_384_000 - 1);
    }

    @Test
    void limitOfExactlyAsManyEntriesIsExact() {
        SlidingWindow counted = new SlidingWindow(16_384_000);
        counted.add(1_000, 1, SlidingWindow.ENTRIES_MAX);
        counted.add(1_001, 1, SlidingWindow.ENTRIES_MAX);
        assertThat(counted.entries()).isEqualTo(2);
    }

    @Test
    void tinyWindowsWithLargeLimitsWork() {
        SlidingWindow counted = new SlidingWindow(10);
        counted.add(1, 20_000, 20_000);
        counted.add(2, 1, 20_000);
        assertThat(counted.entries()).isEqualTo(2);
        assertThat(counted.waitNanos(2, 1, 20_000)).isEqualTo(9);
    }
}
