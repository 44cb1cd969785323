package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tollgate.ledger.FaultyDisk.Write;
import tollgate.ledger.FrameCursor.Decoded;
import tollgate.ledger.HandJournal.Recovered;

class JournalTest {
    private final HandJournal hand = new HandJournal();
    private final Journal journal = hand.journal;
    private final FaultyDisk disk = hand.disk;

    JournalTest() throws IOException {}

    private List<Write> framesWritten() {
        return disk.writes().stream().filter(write -> write.position() > 0).toList();
    }

    // ---------------------------------------------------------------- rules 3, 4

    @Test
    void rule04AGroupIsOneWrite() throws IOException {
        List<Entry> group = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            group.add(Records.grant(1, i, "c" + i));
        }
        journal.append(group);

        assertThat(framesWritten()).hasSize(1);
        Write write = framesWritten().getFirst();
        assertThat(write.position()).isEqualTo(SegmentHeader.BYTES);
        assertThat(hand.afterKill()).isEqualTo(group);
    }

    @Test
    void rule03AFrameTellsItsPlaceAndItsTime() throws IOException {
        hand.appendOne();
        hand.settle();
        hand.millis.set(1_900_000_000_123L);
        hand.append(Records.hold(1, 2, 3), Records.hold(2, 2, 0), Records.hold(3, 2, 4));
        hand.append(Records.hold(4, 2, 3));

        List<Decoded> frames = HandJournal.recover(disk.killed(), HandJournal.BOOT).frames();
        assertThat(frames).extracting(Decoded::frame).containsExactly(1L, 2L, 3L, 4L);
        assertThat(frames).extracting(Decoded::firstSeq).containsExactly(1L, 2L, 2L, 4L);
        assertThat(frames).extracting(Decoded::synced).containsExactly(0L, 1L, 1L, 1L);
        assertThat(frames.get(2).timeMillis()).isEqualTo(1_900_000_000_123L);
        byte[] bytes = disk.bytes(1);
        Frame.Header header = Frame.header(ByteBuffer.wrap(bytes), SegmentHeader.BYTES);
        assertThat(header.segment()).isEqualTo(1);
        assertThat(header.count()).isEqualTo(1);
    }

    @Test
    void rule03ARecordTakesASeqForEachOfItsMoves() throws IOException {
        Entry.Hold hold = Records.hold(1, 2, 10);
        hand.append(hold);
        hand.append(Records.post(hold, 4));
        hand.append(Records.grant(1, 1, "c"));

        Recovered found = HandJournal.recover(disk.killed(), HandJournal.BOOT);
        assertThat(found.frames()).extracting(Decoded::firstSeq).containsExactly(1L, 2L, 4L);
        assertThat(found.start()).isEqualTo(new Journal.Start(2, 3, 4));
    }

    @Test
    void rule04ALargeGroupIsSplitAndKeepsItsOrder() throws IOException {
        List<Entry> group = new ArrayList<>();
        for (int i = 1; i <= 400; i++) {
            group.add(Records.grant(1, i, "cause-%0200d".formatted(i)));
        }
        int written = journal.append(group);

        int most = journal.settings.framePayloadMax() + EntryCodec.ENTRY_BYTES_MAX;
        assertThat(written).isBetween(250, 399);
        assertThat(framesWritten()).hasSizeGreaterThan(10);
        assertThat(framesWritten()).allMatch(write -> write.length() < most);
        assertThat(hand.afterKill()).isEqualTo(group.subList(0, written));
    }

    @Test
    void onlyWhatFitsIsWritten() throws IOException {
        List<Entry> written = new ArrayList<>();
        for (int i = 1; journal.append(List.of(Records.grant(1, i, "c" + i))) == 1; i++) {
            written.add(Records.grant(1, i, "c" + i));
        }

        assertThat(hand.used())
                .isBetween(HandJournal.SEGMENT_BYTES - 128, HandJournal.SEGMENT_BYTES);
        assertThat(journal.counts().lastFailure()).hasMessageContaining("journal segment 00000001");
        assertThat(hand.afterKill()).isEqualTo(written);
    }

    @Test
    void whatManyThreadsAppendIsAllThereOnce() throws Exception {
        int threads = 4;
        int each = 100;
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int of = t;
            running.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                await(go);
                                for (int i = 1; i <= each; i++) {
                                    journal.append(List.of(Records.grant(of, i, of + ":" + i)));
                                }
                            }));
        }
        go.countDown();
        for (Thread thread : running) {
            thread.join();
        }

        List<Entry> found = hand.afterKill();
        assertThat(found).hasSize(threads * each).doesNotHaveDuplicates();
        for (int t = 0; t < threads; t++) {
            int of = t;
            assertThat(found.stream().map(Entry.Credit.class::cast).filter(c -> c.account() == of))
                    .extracting(Entry.Credit::amount)
                    .isSorted();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---------------------------------------------------------------- rules 5, 9: failed writes

    @Test
    void rule05AFailedWriteGivesBackPositionAndSeq() throws IOException {
        Entry first = hand.appendOne();
        disk.failNextWrites(1, 100);
        assertThat(hand.append(Records.grant(1, 99, "lost"))).isZero();
        Entry second = hand.appendOne();

        Recovered found = HandJournal.recover(disk.killed(), HandJournal.BOOT);
        assertThat(found.entries()).containsExactly(first, second);
        assertThat(found.frames()).extracting(Decoded::frame).containsExactly(1L, 2L);
        assertThat(found.frames()).extracting(Decoded::firstSeq).containsExactly(1L, 2L);
    }

    @Test
    void rule09NothingIsFoundOfAFailedWriteHoweverMuchOfItWasWritten() throws IOException {
        for (int bytes = 0; bytes <= 160; bytes++) {
            HandJournal fresh = new HandJournal();
            Entry first = fresh.appendOne();
            fresh.disk.failNextWrites(1, bytes);
            assertThat(fresh.append(Records.grant(1, 99, "lost"))).isZero();

            assertThat(fresh.afterKill()).as("%d bytes", bytes).containsExactly(first);
            Entry second = fresh.appendOne();
            assertThat(fresh.afterKill()).containsExactly(first, second);
        }
    }

    @Test
    void rule09ASegmentThatCannotBeZeroedIsLeft() throws IOException {
        Entry first = hand.appendOne();
        disk.failNextWrites(2, 10);
        assertThat(hand.append(Records.grant(1, 99, "lost"))).isZero();

        assertThat(journal.hasRoom(0)).isFalse();
        assertThat(hand.append(Records.grant(1, 98, "refused"))).isZero();
        hand.settle();
        Entry second = hand.appendOne();

        assertThat(journal.segment()).isEqualTo(2);
        assertThat(journal.hasRoom(0)).isTrue();
        assertThat(hand.afterKill()).containsExactly(first, second);
    }

    @Test
    void namesOfAFailedWriteHaveNoNumber() throws IOException {
        disk.failNextWrites(1, 30);
        Entry.Hold hold = Records.hold(1, 2, 3);
        assertThat(hand.append(hold)).isZero();
        hand.append(hold);
        hand.append(Records.hold(2, 2, 3));

        assertThat(hand.afterKill()).containsExactly(hold, Records.hold(2, 2, 3));
    }

    /// One broken record must not take the names of later ones with it.
    @Test
    @SuppressWarnings("NullAway") // a mistake of a caller's is what this is about
    void aRecordThatCannotBeEncodedIsRefusedAlone() throws IOException {
        Entry.Subject of = Records.subject(1, 2);
        Entry.Subject nameless =
                new Entry.Subject(
                        of.hold(), of.account(), of.book(), of.key(), of.request(), null, 1);
        Entry.Context named = new Entry.Context("door", "p", "m", Entry.Shape.WHOLE, "", "", "");
        assertThat(hand.append(new Entry.Hold(of, named, 1, null), new Entry.Extend(nameless, 1)))
                .isZero();
        Entry.Hold next = new Entry.Hold(of, named, 2, null);
        assertThat(hand.append(next)).isEqualTo(1);

        assertThat(hand.afterKill()).containsExactly(next);
        assertThat(journal.counts().failures()).isEqualTo(1);
    }

    @Test
    void ofAGroupInTheMiddleOfWhichTheDiskFailsTheFirstFramesAreWritten() throws IOException {
        List<Entry> group = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            group.add(Records.grant(1, i, "cause-%0150d".formatted(i)));
        }
        int[] writes = {0};
        disk.failWrites((_, _, _) -> ++writes[0] == 4 ? 500 : FaultyDisk.WHOLE);
        int written = journal.append(group);

        assertThat(written).isBetween(50, 199);
        assertThat(hand.afterKill()).isEqualTo(group.subList(0, written));
        disk.heal();
        assertThat(journal.append(group.subList(written, written + 1))).isEqualTo(1);
        assertThat(hand.afterKill()).isEqualTo(group.subList(0, written + 1));
    }

    // ---------------------------------------------------------------- rules 2, 14: segments

    @Test
    void rule14FramesGoOnInTheNextSegmentWithoutGap() throws IOException {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add(hand.appendOne());
            if (i % 10 == 0) {
                hand.settle();
            }
        }

        assertThat(journal.segment()).isGreaterThan(4);
        Recovered found = HandJournal.recover(disk.killed(), HandJournal.BOOT);
        assertThat(found.entries()).isEqualTo(all);
        assertThat(found.start().lastSeq()).isEqualTo(3_000);
        assertThat(disk.segments()).startsWith(1L, 2L, 3L, 4L);
    }

    /// A kill may come between any two writes: nothing that was written is lost, none is doubled.
    @Test
    void rule14AKillInTheMiddleOfAChangeOverLosesNothing() throws IOException {
        hand.appendOne();
        hand.settle();
        List<Entry> all = new ArrayList<>(hand.afterKill());
        for (int i = 0; i < 7; i++) {
            all.add(hand.appendOne()); // not synced
        }
        journal.prepareNext();
        int before = disk.writes().size();
        List<FaultyDisk> killed = new ArrayList<>();
        disk.failWrites((_, _, _) -> {
            killed.add(disk.killed());
            return FaultyDisk.WHOLE;
        });
        journal.roll();
        killed.add(disk.killed());

        assertThat(disk.writes().size() - before).as("7 frames, a mark and a header").isEqualTo(9);
        for (FaultyDisk left : killed) {
            assertThat(HandJournal.recover(left, HandJournal.BOOT).entries()).isEqualTo(all);
        }
        hand.appendOne();
        assertThat(hand.afterKill()).hasSize(all.size() + 1);
    }

    @Test
    void rule14AChangeOverThatFailsAnywhereChangesNothing() throws IOException {
        for (int fails = 0; fails < 5; fails++) {
            for (int bytes : new int[] {0, 30, 64, 1_000}) {
                HandJournal fresh = new HandJournal();
                List<Entry> all = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    all.add(fresh.appendOne());
                }
                fresh.journal.prepareNext();
                int[] writes = {fails};
                fresh.disk.failWrites((_, _, _) -> writes[0]-- == 0 ? bytes : FaultyDisk.WHOLE);

                assertThatThrownBy(fresh.journal::roll).isInstanceOf(IOException.class);
                assertThat(fresh.journal.segment()).isEqualTo(1);
                assertThat(fresh.journal.hasNext()).isFalse();
                assertThat(fresh.disk.segments()).containsExactly(1L);
                all.add(fresh.appendOne());
                assertThat(fresh.afterKill()).isEqualTo(all);

                fresh.journal.prepareNext();
                fresh.journal.roll();
                all.add(fresh.appendOne());
                assertThat(fresh.journal.segment()).isEqualTo(2);
                assertThat(fresh.afterKill()).isEqualTo(all);
            }
        }
    }

    @Test
    void whatAFailedChangeOverCouldNotDeleteIsOverwritten() throws IOException {
        Entry first = hand.appendOne();
        journal.prepareNext();
        disk.failNextWrites(1, 20);
        disk.refuseDeletion();
        assertThatThrownBy(journal::roll).satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(disk.segments()).containsExactly(1L, 2L);
        assertThat(hand.afterKill()).containsExactly(first);

        disk.heal();
        journal.prepareNext();
        journal.roll();
        Entry second = hand.appendOne();
        assertThat(hand.afterKill()).containsExactly(first, second);
    }

    @Test
    void aChangeOverWithoutAPreparedSegmentIsRefused() {
        assertThatThrownBy(journal::roll).hasMessage("no journal segment lies ready");
    }

    /// What is written again must not lean on names of the segment that was left.
    @Test
    void rule09WhatIsWrittenAgainBringsItsNames() throws IOException {
        hand.append(Records.hold(1, 2, 3));
        hand.settle();
        hand.append(Records.hold(2, 2, 3), Records.hold(3, 2, 4));
        hand.append(Records.hold(4, 2, 5));
        journal.prepareNext();
        journal.roll();
        hand.append(Records.hold(5, 2, 6));

        assertThat(hand.afterKill())
                .containsExactly(
                        Records.hold(1, 2, 3),
                        Records.hold(2, 2, 3),
                        Records.hold(3, 2, 4),
                        Records.hold(4, 2, 5),
                        Records.hold(5, 2, 6));
        try (FrameCursor second = new FrameCursor(disk, 2)) {
            assertThat(second.segment().firstFrame())
                    .as("the mark is not on disk yet")
                    .isEqualTo(2);
            assertThat(second.segment().firstSeq()).isEqualTo(2);
        }
    }

    @Test
    void rule09TimesOfWhatIsWrittenAgainStay() throws IOException {
        hand.appendOne();
        long at = hand.millis.get();
        hand.millis.addAndGet(500);
        journal.prepareNext();
        journal.roll();

        assertThat(HandJournal.recover(disk.killed(), HandJournal.BOOT).frames())
                .extracting(Decoded::timeMillis)
                .containsExactly(at);
    }

    @Test
    void aSegmentThatCannotBeBegunIsNotLeftBehind() {
        FaultyDisk broken = new FaultyDisk();
        broken.failNextWrites(1, 20);

        assertThatThrownBy(() -> new HandJournal(broken, Runnable::run, HandJournal.BOOT))
                .isInstanceOf(IOException.class);
        assertThat(broken.segments()).isEmpty();
    }

    @Test
    void aNewSegmentIsOnDiskBeforeItIsUsed() {
        assertThat(disk.syncs()).isEqualTo(1);
        assertThat(disk.platter(1)).isEqualTo(disk.bytes(1));
    }

    // ---------------------------------------------------------------- rule 8: room

    @Test
    void rule08RoomForThePostOfEachOpenHoldIsKept() {
        long reserve = journal.settings.reserve();
        long most =
                (HandJournal.SEGMENT_BYTES - SegmentHeader.BYTES - reserve)
                        / Journal.POST_BYTES_MAX;

        assertThat(journal.hasRoom(most - 1)).isTrue();
        assertThat(journal.hasRoom(most)).isFalse();
        assertThat(journal.hasRoomBesidePosts(most)).isTrue();
        assertThat(journal.hasRoomBesidePosts(most + 10)).isFalse();
    }

    @Test
    void rule08APreparedSegmentIsNoRoomYet() throws IOException {
        HandJournal slow = new HandJournal(disk.killed(), _ -> {}, HandJournal.BOOT);
        slow.fillTo(HandJournal.SEGMENT_BYTES - 5_000);
        slow.settle();
        assertThat(slow.journal.hasRoom(0)).isFalse();
        slow.journal.prepareNext();

        assertThat(slow.journal.hasRoom(0)).isFalse();
        slow.journal.roll();
        assertThat(slow.journal.hasRoom(0)).isTrue();
    }

    /// The worst post there can be, in a frame of its own.
    @Test
    void rule08ThePostNeverNeedsMoreThanItsRoom() {
        String longest = "z".repeat(Entry.TEXT_BYTES_MAX);
        Entry.Subject subject =
                new Entry.Subject(
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Book.TEST,
                        Long.MAX_VALUE,
                        new tollgate.unit.RequestId(-1, -1),
                        "a" + longest,
                        Long.MAX_VALUE);
        Entry.Ending ending =
                new Entry.Ending(
                        tollgate.call.Outcome.POST_FAILED,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE,
                        new Entry.Try(Integer.MAX_VALUE, Long.MAX_VALUE),
                        longest,
                        "y" + longest.substring(1),
                        Long.MAX_VALUE,
                        Long.MIN_VALUE);
        long most = tollgate.call.Usage.TOKENS_MAX;
        Entry.Post post =
                new Entry.Post(
                        subject,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        new tollgate.call.Usage(most, 0, most, most, most, most, most),
                        tollgate.call.UsageSource.COUNTED,
                        ending,
                        Records.digest("answer"));
        hand.append(post);

        assertThat(framesWritten().getFirst().length())
                .isBetween(1_000, (int) Journal.POST_BYTES_MAX);
    }

    // ---------------------------------------------------------------- read at random

    @Test
    void whateverIsAppendedIsReadBack() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        List<Entry> all = new ArrayList<>();
        for (int group = 0; group < 400; group++) {
            List<Entry> entries = new ArrayList<>();
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                entries.add(Records.any(random));
            }
            all.addAll(entries.subList(0, journal.append(entries)));
            if (random.nextInt(4) == 0) {
                hand.settle();
            }
        }

        assertThat(all).hasSizeGreaterThan(1_000);
        assertThat(hand.afterKill()).isEqualTo(all);
        assertThat(journal.counts().records()).isEqualTo(all.size());
    }
}
