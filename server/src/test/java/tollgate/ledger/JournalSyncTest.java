package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tollgate.ledger.FrameCursor.Decoded;

class JournalSyncTest {
    private final HandJournal hand = new HandJournal();
    private final Journal journal = hand.journal;
    private final JournalSync sync = hand.sync;
    private final FaultyDisk disk = hand.disk;
    private final List<String> told = new ArrayList<>();

    JournalSyncTest() throws IOException {}

    private void tellWhenSynced(String name) {
        sync.whenSynced(journal.lastEntryFrame(), () -> told.add(name));
    }

    private static long nanos(int millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    // ---------------------------------------------------------------- rule 6

    @Test
    void rule06TheSyncComesWhenTheOldestWriteIs5MillisecondsOld() {
        int before = disk.syncs();
        hand.appendOne();
        assertThat(sync.step()).isEqualTo(nanos(5));
        hand.pass(Duration.ofMillis(3));
        hand.appendOne();
        assertThat(sync.step()).as("a later write does not put it off").isEqualTo(nanos(2));
        hand.pass(Duration.ofMillis(2));

        assertThat(disk.syncs()).isEqualTo(before);
        assertThat(sync.step()).isZero();
        assertThat(disk.syncs()).isEqualTo(before + 1);
        assertThat(journal.syncedFrame()).isEqualTo(2);
        assertThat(journal.waitingNanos()).isZero();
        assertThat(journal.isBehind()).isFalse();
        assertThat(disk.platter(1)).isEqualTo(disk.bytes(1));
    }

    @Test
    void rule06OneSyncCoversAllThatWasWritten() {
        for (int i = 0; i < 50; i++) {
            hand.appendOne();
        }
        hand.pass(Duration.ofMillis(5));
        int before = disk.syncs();
        sync.step();

        assertThat(disk.syncs()).isEqualTo(before + 1);
        assertThat(journal.syncedFrame()).isEqualTo(50);
        assertThat(journal.counts().syncs()).isEqualTo(1);
    }

    @Test
    void rule06WhatIsWrittenDuringASyncWaitsForTheNext() {
        hand.appendOne();
        hand.pass(Duration.ofMillis(5));
        disk.beforeSync(() -> {
            hand.pass(Duration.ofMillis(20));
            hand.appendOne();
            hand.pass(Duration.ofMillis(1));
        });
        sync.step();
        disk.beforeSync(() -> {});

        assertThat(journal.syncedFrame()).isEqualTo(1);
        assertThat(journal.isBehind()).isTrue();
        assertThat(journal.waitingNanos())
                .as("as old as the sync that could not cover it")
                .isEqualTo(nanos(21));
        assertThat(sync.step()).isZero();
        assertThat(journal.syncedFrame()).isEqualTo(2);
    }

    @Test
    void rule06AfterABusyTimeAMarkTellsHowFarTheDiskIs() throws IOException {
        Entry entry = hand.appendOne();
        hand.settle();
        hand.settle();

        List<Decoded> frames = HandJournal.recover(disk.killed(), HandJournal.BOOT).frames();
        assertThat(frames).hasSize(2);
        assertThat(frames.get(0).entries()).containsExactly(entry);
        assertThat(frames.get(1).entries()).isEmpty();
        assertThat(frames.get(1).synced()).isEqualTo(1);
        assertThat(frames.get(1).firstSeq()).isEqualTo(2);
        assertThat(journal.lastEntryFrame()).as("nobody waits for a mark").isEqualTo(1);
        assertThat(journal.isBehind()).isFalse();
    }

    @Test
    void rule06AFreshJournalWritesNoMark() throws IOException {
        hand.settle();
        assertThat(HandJournal.recover(disk.killed(), HandJournal.BOOT).frames()).isEmpty();

        hand.appendOne();
        hand.settle();
        HandJournal again = new HandJournal(disk.killed(), Runnable::run, HandJournal.BOOT);
        again.settle();
        assertThat(HandJournal.recover(again.disk.killed(), HandJournal.BOOT).frames()).hasSize(2);
    }

    @Test
    void rule06MoneyWaitsUntilItIsOnDisk() {
        hand.appendOne();
        tellWhenSynced("first");
        hand.appendOne();
        tellWhenSynced("second");
        sync.step();
        assertThat(told).isEmpty();

        hand.settle();
        assertThat(told).containsExactly("first", "second");
        tellWhenSynced("later");
        assertThat(told).as("at once when it is there").endsWith("later");
    }

    @Test
    void whoWaitsForALaterFrameIsNotToldEarly() {
        hand.appendOne();
        hand.pass(Duration.ofMillis(5));
        sync.whenSynced(2, () -> told.add("second"));
        sync.step();
        assertThat(told).isEmpty();

        hand.appendOne();
        hand.settle();
        assertThat(told).containsExactly("second");
    }

    @Test
    void whoeverIsToldMayFail() {
        hand.appendOne();
        sync.whenSynced(
                1,
                () -> {
                    throw new IllegalStateException("listener");
                });
        tellWhenSynced("second");
        hand.settle();

        assertThat(told).containsExactly("second");
        assertThat(hand.troubles).extracting(Exception::getMessage).containsExactly("listener");
    }

    @Test
    void anIdleThreadIsWokenByTheNextWrite() {
        assertThat(sync.step()).isEqualTo(nanos(1_000));
        hand.appendOne(); // unparks this thread, which asked
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());

        assertThat(sync.step()).isEqualTo(nanos(5));
    }

    // ---------------------------------------------------------------- rule 2

    @Test
    void rule02TheNextSegmentIsPreparedWhenAQuarterIsFull() {
        hand.fillTo(HandJournal.SEGMENT_BYTES / 4 - 200);
        hand.settle();
        assertThat(disk.segments()).containsExactly(1L);
        hand.fillTo(HandJournal.SEGMENT_BYTES / 4);
        hand.settle();

        assertThat(disk.segments()).containsExactly(1L, 2L);
        assertThat(disk.bytes(2)).isEqualTo(new byte[(int) HandJournal.SEGMENT_BYTES]);
        assertThat(journal.segment()).isEqualTo(1);
        assertThat(disk.prepares()).isEqualTo(2);
        hand.settle();
        assertThat(disk.prepares()).as("once").isEqualTo(2);
    }

    @Test
    void rule02SyncsGoOnWhileASegmentIsPrepared() throws IOException {
        Deque<Runnable> waiting = new ArrayDeque<>();
        HandJournal slow = new HandJournal(new FaultyDisk(), waiting::add, HandJournal.BOOT);
        slow.fillTo(HandJournal.SEGMENT_BYTES / 2);
        slow.settle();

        assertThat(waiting).as("asked for once").hasSize(1);
        assertThat(slow.journal.isBehind()).isFalse();
        assertThat(slow.journal.hasNext()).isFalse();
        slow.fillTo(HandJournal.SEGMENT_BYTES - 4_000);
        slow.settle();
        assertThat(slow.journal.segment()).isEqualTo(1);
        waiting.remove().run();
        slow.settle();
        assertThat(slow.journal.segment()).isEqualTo(2);
    }

    // ---------------------------------------------------------------- rule 14

    @Test
    void rule14TheOldSegmentIsLeftLongBeforeItsEndAndOnDisk() throws IOException {
        hand.fillTo(HandJournal.SEGMENT_BYTES * 7 / 8 - 200);
        hand.settle();
        assertThat(journal.segment()).isEqualTo(1);
        hand.fillTo(HandJournal.SEGMENT_BYTES * 7 / 8);
        List<Entry> before = hand.afterKill();
        hand.settle();

        assertThat(journal.segment()).isEqualTo(2);
        FaultyDisk left = new FaultyDisk();
        left.put(1, disk.platter(1));
        assertThat(HandJournal.recover(left, HandJournal.BOOT).entries()).isEqualTo(before);
    }

    /// The lock is not held while the disk is slow: appends never wait for a sync.
    @Test
    void rule14NoAppendWaitsForASyncOfTheChangeOver() {
        hand.fillTo(HandJournal.SEGMENT_BYTES * 7 / 8);
        AtomicInteger appended = new AtomicInteger();
        disk.beforeSync(() -> {
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                hand.appendOne();
                                appended.incrementAndGet();
                            });
            joined(other);
        });
        hand.pass(Duration.ofMillis(5));
        sync.step();
        sync.step();
        disk.beforeSync(() -> {});

        assertThat(journal.segment()).isEqualTo(2);
        assertThat(appended.get()).isPositive();
    }

    private static void joined(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(30))).as("an append waits").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSegmentIsLeftOnDemand() throws Exception {
        Entry first = hand.appendOne();
        Thread asking =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                told.add("left " + sync.awaitRoll(Duration.ofSeconds(30)));
                            } catch (IOException e) {
                                told.add(e.getMessage());
                            }
                        });
        while (asking.isAlive()) {
            hand.settle();
        }

        assertThat(told).containsExactly("left 1");
        assertThat(journal.segment()).isEqualTo(2);
        hand.settle();
        assertThat(journal.segment()).as("once").isEqualTo(2);
        assertThat(hand.afterKill()).containsExactly(first);
    }

    @Test
    void whoWaitsTooLongForANewSegmentIsTold() {
        assertThatThrownBy(() -> sync.awaitRoll(Duration.ofMillis(1)))
                .isInstanceOf(IOException.class)
                .hasMessage("no new journal segment within PT0.001S");
    }

    @Test
    void manyOpenHoldsMakeASegmentBeLeftEarly() {
        hand.fillTo(HandJournal.SEGMENT_BYTES / 4);
        hand.settle();
        long holds = 16; // 16 posts and the reserve: 30 KB of the 48 KB that are left

        assertThat(journal.hasRoom(holds)).isTrue();
        hand.settle();
        assertThat(journal.segment()).isEqualTo(2);
    }

    @Test
    void aFreshSegmentIsNotLeftForItsManyHolds() {
        for (int i = 0; i < 5; i++) {
            assertThat(journal.hasRoom(1_000)).isFalse();
            hand.settle();
        }
        assertThat(journal.segment()).isEqualTo(1);
        assertThat(disk.prepares()).isEqualTo(1);
    }

    // ---------------------------------------------------------------- rule 8

    @Test
    void rule08AFullDiskIsTriedAgainEach100Milliseconds() {
        hand.fillTo(HandJournal.SEGMENT_BYTES / 4);
        hand.settle();
        int before = disk.prepares();
        disk.fill();
        disk.drop(2); // as if it had not been prepared
        HandJournal full = reopened();
        full.fillTo(HandJournal.SEGMENT_BYTES / 4);
        full.disk.fill();
        full.settle();
        int tries = full.disk.prepares();
        for (int i = 0; i < 10; i++) {
            full.pass(Duration.ofMillis(10));
            full.sync.step();
        }

        assertThat(before).isPositive();
        assertThat(full.disk.prepares() - tries).isBetween(1, 2);
        assertThat(full.sync.step()).as("idle, but awake").isEqualTo(nanos(100));
        assertThat(full.troubles).isNotEmpty();
        assertThat(full.disk.segments()).hasSize(2);
        full.disk.heal();
        full.pass(Duration.ofMillis(100));
        full.sync.step();
        assertThat(full.disk.segments()).hasSize(3);
    }

    private HandJournal reopened() {
        try {
            return new HandJournal(disk.killed(), Runnable::run, HandJournal.BOOT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void rule08WhileTheDiskIsFullHoldsAreRefusedAndPostsHaveTheirPlace() throws IOException {
        HandJournal full = reopened();
        full.disk.fill();
        int holds = 0;
        List<Entry.Hold> open = new ArrayList<>();
        while (full.journal.hasRoom(holds)) {
            Entry.Hold hold = Records.hold(++holds, 2, 3);
            assertThat(full.append(hold)).isEqualTo(1);
            open.add(hold);
            full.settle();
        }
        for (Entry.Hold hold : open) {
            assertThat(full.append(Records.post(hold, 2))).isEqualTo(1);
            full.settle();
        }

        assertThat(holds).isBetween(10, 200);
        assertThat(full.journal.segment()).isEqualTo(2);
        full.disk.heal();
        full.pass(Duration.ofMillis(100));
        full.settle();
        assertThat(full.journal.hasRoom(0)).as("service resumes by itself").isTrue();
        assertThat(full.afterKill()).hasSize(2 * holds);
    }

    // ---------------------------------------------------------------- rule 9

    @Test
    void rule09AFailedSyncIsNeverTriedAgainOnItsFile() throws IOException {
        Entry first = hand.appendOne();
        hand.settle();
        Entry second = hand.appendOne();
        Entry third = hand.appendOne();
        tellWhenSynced("third");
        disk.failSyncs(1);
        hand.pass(Duration.ofMillis(5));
        int before = disk.syncs();

        assertThat(sync.step()).as("pause after a failure").isEqualTo(nanos(100));
        assertThat(told).isEmpty();
        assertThat(journal.isBehind()).isTrue();
        assertThat(hand.troubles).hasSize(1);
        hand.settle();

        assertThat(told).containsExactly("third");
        assertThat(journal.segment()).isEqualTo(2);
        assertThat(disk.syncs() - before)
                .as("the failed one, and one in the new segment")
                .isEqualTo(2);
        assertThat(hand.afterKill()).containsExactly(first, second, third);
        FaultyDisk cut = disk.afterPowerCut(new SplittableRandom(1));
        assertThat(HandJournal.recover(cut, HandJournal.OTHER_BOOT).entries())
                .containsExactly(first, second, third);
    }

    @Test
    void rule09AfterAFailedSyncNothingIsSyncedBeforeTheNextSegmentIsThere() throws IOException {
        Entry first = hand.appendOne();
        disk.failSyncs(1);
        disk.fill();
        hand.pass(Duration.ofMillis(5));
        sync.step();
        int before = disk.syncs();
        Entry second = hand.appendOne();
        for (int i = 0; i < 10; i++) {
            hand.pass(Duration.ofMillis(100));
            assertThat(sync.step()).isEqualTo(nanos(100));
        }
        assertThat(disk.syncs()).isEqualTo(before);
        assertThat(journal.syncedFrame()).isZero();
        assertThat(journal.waitingNanos()).isGreaterThan(nanos(1_000));

        disk.heal();
        hand.pass(Duration.ofMillis(100));
        hand.settle();
        assertThat(hand.afterKill()).containsExactly(first, second);
        assertThat(journal.isBehind()).isFalse();
        assertThat(journal.syncedFrame()).isEqualTo(2);
    }

    @Test
    void rule09SyncsThatFailAgainAndAgainLoseNothing() throws IOException {
        List<Entry> all = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 300; i++) {
            all.add(hand.appendOne());
            if (random.nextInt(3) == 0) {
                disk.failSyncs(random.nextInt(3));
                hand.settle();
            }
        }
        disk.heal();
        for (int i = 0; i < 3; i++) {
            hand.settle();
            hand.pass(Duration.ofMillis(100));
        }

        assertThat(journal.isBehind()).isFalse();
        assertThat(journal.segment()).isGreaterThan(20);
        assertThat(
                        HandJournal.recover(disk.afterPowerCut(random), HandJournal.OTHER_BOOT)
                                .entries())
                .isEqualTo(all);
    }

    // ---------------------------------------------------------------- survival, the end

    @Test
    void trapTheThreadSurvivesEveryException() throws Exception {
        FaultyDisk failing = new FaultyDisk();
        HandJournal other = new HandJournal(failing, Runnable::run, HandJournal.BOOT);
        AtomicInteger asked = new AtomicInteger();
        JournalSync running =
                new JournalSync(
                        other.journal,
                        _ -> {
                            asked.incrementAndGet();
                            throw new IllegalStateException("whoever is told fails too");
                        },
                        Runnable::run);
        AtomicInteger thrown = new AtomicInteger();
        failing.beforeSync(() -> {
            other.pass(Duration.ofMillis(200));
            if (thrown.incrementAndGet() < 3) {
                throw new IllegalStateException("anything");
            }
        });
        other.appendOne();
        other.pass(Duration.ofMillis(10));
        running.start();
        assertThat(running.awaitSynced(1, Duration.ofSeconds(60))).isTrue();
        running.close();

        assertThat(asked.get()).isEqualTo(2);
        assertThat(other.journal.isBehind()).isFalse();
    }

    @Test
    void closingSyncsWhatIsLeftAtOnce() throws Exception {
        sync.start();
        hand.appendOne(); // 0 ms old, and no time passes
        sync.close();

        assertThat(journal.isBehind()).isFalse();
        assertThat(journal.syncedFrame()).isEqualTo(1);
    }

    @Test
    void closingDoesNotWaitForEverForADeadDisk() throws Exception {
        hand.appendOne();
        disk.failSyncs(Integer.MAX_VALUE);
        disk.fill();
        sync.start();
        sync.close();

        assertThat(journal.isBehind()).isTrue();
        assertThat(hand.troubles).isNotEmpty();
    }

    @Test
    void whoWaitsTooLongForTheDiskIsTold() {
        hand.appendOne();

        assertThat(sync.awaitSynced(1, Duration.ofMillis(1))).isFalse();
        hand.settle();
        assertThat(sync.awaitSynced(1, Duration.ofMillis(1))).isTrue();
    }

    @Test
    void afterTheEndNothingIsWritten() throws IOException {
        Entry first = hand.appendOne();
        journal.prepareNext();
        journal.close();

        assertThat(hand.append(Records.grant(1, 1, "late"))).isZero();
        assertThat(hand.afterKill()).containsExactly(first);
    }
}
