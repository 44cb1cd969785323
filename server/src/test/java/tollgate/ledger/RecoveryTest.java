package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.ledger.FaultyDisk.Write;
import tollgate.ledger.HandJournal.Recovered;

/// JOURNAL 10: what a start makes of a journal.
class RecoveryTest {
    private static final UUID BOOT = HandJournal.BOOT;
    private static final UUID OTHER_BOOT = HandJournal.OTHER_BOOT;

    /// Room for all that the scripts below write into one segment.
    private static final int SHORT_BYTES = 3_000;

    /// A journal as it was written, byte by byte, and what had been acknowledged at each of them.
    private static final class Script {
        private final HandJournal hand = new HandJournal();
        private final List<List<Entry>> groups = new ArrayList<>();
        private final List<Integer> writesUntil = new ArrayList<>();

        Script() throws IOException {}

        void append(Entry... group) {
            assertThat(hand.append(group)).isEqualTo(group.length);
            groups.add(List.of(group));
            writesUntil.add(hand.disk.writes().size());
        }

        /// What the first `writes` writes acknowledged.
        List<Entry> acknowledged(int writes) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < groups.size() && writesUntil.get(i) <= writes; i++) {
                entries.addAll(groups.get(i));
            }
            return entries;
        }

        /// The group that the writes after the first `writes` bring, or nothing.
        List<Entry> next(int writes) {
            for (int i = 0; i < groups.size(); i++) {
                if (writesUntil.get(i) > writes) {
                    return groups.get(i);
                }
            }
            return List.of();
        }

        /// The disk after some whole writes and the first bytes of one more.
        FaultyDisk after(int writes, int bytes) {
            FaultyDisk disk = new FaultyDisk();
            List<Write> all = hand.disk.writes();
            for (int i = 0; i <= Math.min(writes, all.size() - 1); i++) {
                Write write = all.get(i);
                byte[] segment =
                        disk.segments().contains(write.segment())
                                ? disk.bytes(write.segment())
                                : new byte[SHORT_BYTES];
                int count = i < writes ? write.stored().remaining() : bytes;
                write.stored().get(0, segment, (int) write.position(), count);
                disk.put(write.segment(), segment);
            }
            return disk;
        }
    }

    private static Script holdsAndPosts() throws IOException {
        Script script = new Script();
        script.append(Records.grant(2, 1_000, "grant"));
        script.hand.settle();
        for (int i = 1; i <= 4; i++) {
            Entry.Hold hold = Records.hold(i, 2, 10);
            script.append(hold, Records.hold(100 + i, 2, 0));
            script.append(Records.post(hold, i));
        }
        script.hand.settle();
        script.hand.settle();
        script.append(Records.grant(2, 1, "last"));
        return script;
    }

    private static Script withChangeOvers() throws IOException {
        Script script = holdsAndPosts();
        script.hand.journal.prepareNext();
        script.hand.journal.roll();
        script.append(Records.hold(50, 2, 10));
        script.hand.disk.failSyncs(1);
        script.hand.settle();
        script.append(Records.hold(51, 2, 10));
        script.hand.pass(Duration.ofMillis(100));
        script.hand.settle();
        script.append(Records.hold(52, 2, 10));
        return script;
    }

    private static Script withFailures() throws IOException {
        Script script = new Script();
        script.append(Records.hold(1, 2, 10));
        script.hand.disk.failNextWrites(1, 70);
        assertThat(script.hand.append(Records.hold(2, 2, 10))).isZero();
        script.append(Records.hold(3, 2, 10));
        return script;
    }

    // ---------------------------------------------------------------- every byte

    @Test
    void rule10AKillAtAnyByteLosesNothingAndDoublesNothing() throws IOException {
        everyPrefixRecovers(holdsAndPosts());
    }

    @Test
    void rule10AKillAtAnyByteOfAChangeOverLosesNothingAndDoublesNothing() throws IOException {
        everyPrefixRecovers(withChangeOvers());
    }

    @Test
    void rule10AKillAtAnyByteOfAFailedWriteLosesNothingAndDoublesNothing() throws IOException {
        everyPrefixRecovers(withFailures());
    }

    private static void everyPrefixRecovers(Script script) throws IOException {
        List<Write> writes = script.hand.disk.writes();
        for (int i = 1; i < writes.size(); i++) { // the first header is synced before anything else
            for (int bytes = 0; bytes <= writes.get(i).stored().remaining(); bytes++) {
                FaultyDisk disk = script.after(i, bytes);
                List<Entry> found = HandJournal.recover(disk, BOOT).entries();

                List<Entry> acknowledged = script.acknowledged(i);
                List<Entry> more = new ArrayList<>(acknowledged);
                more.addAll(script.next(i));
                assertThat(found.equals(acknowledged) || found.equals(more))
                        .as("write %d, %d bytes: %s", i, bytes, found)
                        .isTrue();
                if (bytes % 16 == 0) {
                    goesOn(disk, found);
                }
            }
        }
    }

    /// A start after the repair finds the same, and what is written then.
    private static void goesOn(FaultyDisk disk, List<Entry> before) throws IOException {
        HandJournal next = new HandJournal(disk, Runnable::run, OTHER_BOOT);
        List<Entry> all = new ArrayList<>(before);
        all.add(next.appendOne());
        assertThat(next.afterKill()).isEqualTo(all);
    }

    // ---------------------------------------------------------------- every bit

    @ParameterizedTest
    @ValueSource(strings = {"marked", "unmarked"})
    void rule10AFlippedBitIsRefusedOrHarmless(String end) throws IOException {
        Script script = new Script();
        script.append(Records.grant(2, 1_000, "grant"));
        script.hand.settle();
        Entry.Hold hold = Records.hold(1, 2, 10);
        script.append(hold);
        script.append(Records.post(hold, 3), Records.grant(2, 1, "last"));
        if (end.equals("marked")) {
            script.hand.settle();
            script.hand.settle();
        }
        List<Entry> all = script.hand.afterKill();
        int refused = 0;
        FaultyDisk left = script.hand.disk.cutTo(SHORT_BYTES);
        for (long bit = 0; bit < 8 * (script.hand.used() + 20); bit++) {
            FaultyDisk disk = left.killed();
            disk.flip(1, bit);
            refused += refusedOrWhole(disk, bit, all);
        }

        assertThat(refused).isGreaterThan((int) (8 * (script.hand.used() - 100)));
    }

    private static int refusedOrWhole(FaultyDisk disk, long bit, List<Entry> all)
            throws IOException {
        try {
            assertThat(HandJournal.recover(disk, BOOT).entries()).as("bit %d", bit).isEqualTo(all);
            return 0;
        } catch (JournalCorrupt refused) {
            assertThat(refused)
                    .as("bit %d", bit)
                    .hasMessageMatching("(?s)journal segment 0000000\\d, offset \\d+: .*");
            return 1;
        }
    }

    @Test
    void rule10AFlippedBitInAnySegmentIsRefusedOrHarmless() throws IOException {
        Script script = withChangeOvers();
        List<Entry> all = script.hand.afterKill();
        SplittableRandom random = new SplittableRandom(2);
        int tries = Records.count(3_000, 60_000);
        FaultyDisk left = script.hand.disk.cutTo(SHORT_BYTES);
        for (int i = 0; i < tries; i++) {
            FaultyDisk disk = left.killed();
            List<Long> segments = disk.segments();
            long segment = segments.get(random.nextInt(segments.size()));
            long bit = random.nextLong(8L * (random.nextInt(10) == 0 ? SHORT_BYTES : 1_500));
            disk.flip(segment, bit);
            int _ = refusedOrWhole(disk, bit, all);
        }
    }

    /// After a power cut the end may be torn in any way, but what was on disk stays or is refused.
    @Test
    void rule10AfterAPowerCutAFlippedBitTakesNothingThatWasOnDisk() throws IOException {
        Script script = new Script();
        script.append(Records.grant(2, 1_000, "grant"));
        Entry.Hold hold = Records.hold(1, 2, 10);
        script.append(hold);
        script.hand.settle();
        script.hand.settle(); // the mark
        script.append(Records.post(hold, 3));
        List<Entry> all = script.hand.afterKill();
        FaultyDisk left = script.hand.disk.cutTo(SHORT_BYTES);
        for (long bit = 0; bit < 8 * (script.hand.used() + 20); bit++) {
            FaultyDisk disk = left.killed();
            disk.flip(1, bit);
            try {
                List<Entry> found = HandJournal.recover(disk, OTHER_BOOT).entries();
                assertThat(all).as("bit %d", bit).startsWith(found.toArray(Entry[]::new));
                assertThat(found).as("bit %d", bit).hasSizeGreaterThanOrEqualTo(2);
            } catch (JournalCorrupt refused) {
                assertThat(refused).hasMessageContaining("journal segment 00000001, offset ");
            }
        }
    }

    // ---------------------------------------------------------------- power cuts

    @Test
    void rule10APowerCutAtAnyTimeKeepsWhatWasSynced() throws IOException {
        int runs = Records.count(150, 3_000);
        for (int run = 0; run < runs; run++) {
            SplittableRandom random = new SplittableRandom(run);
            HandJournal hand = new HandJournal();
            List<Entry> all = new ArrayList<>();
            List<Integer> syncedAt = new ArrayList<>(List.of(0));
            int steps = random.nextInt(200);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        hand.settle();
                        syncedAt.add(hand.journal.isBehind() ? syncedAt.getLast() : all.size());
                    }
                    case 1 -> hand.disk.failSyncs(1);
                    case 2 -> hand.journal.wantRoll();
                    default -> all.add(hand.appendOne());
                }
            }
            FaultyDisk cut = hand.disk.afterPowerCut(random);
            List<Entry> found = HandJournal.recover(cut, OTHER_BOOT).entries();

            assertThat(all.equals(found) || all.subList(0, found.size()).equals(found)).isTrue();
            assertThat(found).as("run %d", run).hasSizeGreaterThanOrEqualTo(syncedAt.getLast());
            goesOn(cut, found);
        }
    }

    @Test
    void rule10ATornTailIsCutOffOnDisk() throws IOException {
        Script script = holdsAndPosts();
        int last = script.hand.disk.writes().size() - 1;
        FaultyDisk torn = script.after(last, 40);
        long end = script.hand.disk.writes().get(last).position();
        HandJournal.recover(torn, BOOT);

        byte[] platter = torn.platter(1);
        assertThat(java.util.Arrays.copyOfRange(platter, (int) end, platter.length))
                .isEqualTo(new byte[platter.length - (int) end]);
    }

    @Test
    void rule10WholeFramesAfterTheFirstBadOneAreDamageWithinOneBoot() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        long second = hand.used();
        hand.appendOne();
        Entry third = hand.appendOne();
        assertThat(third).isNotNull();
        FaultyDisk disk = hand.disk.killed();
        disk.flip(1, 8 * (second + 60));

        assertThatThrownBy(() -> HandJournal.recover(disk.killed(), BOOT))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage(
                        "journal segment 00000001, offset %d: frame 2 is damaged: its trailer is"
                                + " there",
                        second);
        assertThat(HandJournal.recover(disk.killed(), OTHER_BOOT).entries()).hasSize(1);
    }

    @Test
    void rule10AFrameThatFollowsTheFirstBadOneIsDamageWithinOneBoot() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        long second = hand.used();
        hand.appendOne();
        long third = hand.used();
        hand.appendOne();
        FaultyDisk disk = new FaultyDisk();
        byte[] bytes = hand.disk.bytes(1);
        java.util.Arrays.fill(bytes, (int) second, (int) third, (byte) 0);
        disk.put(1, bytes);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .hasMessageContaining("frame 2 is damaged: frame 3 follows it");
    }

    @Test
    void rule10WhatAMarkSaysWasOnDiskIsDamageInAnyBoot() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        long second = hand.used();
        hand.appendOne();
        hand.settle();
        hand.settle(); // the mark says 2
        FaultyDisk disk = hand.disk.killed();
        disk.flip(1, 8 * (second + 60));

        assertThatThrownBy(() -> HandJournal.recover(disk, OTHER_BOOT))
                .hasMessageContaining("frame 2 is damaged: frame 3 follows it");
    }

    @Test
    void rule10WhatAnEarlierFrameSaysWasOnDiskIsDamageInAnyBoot() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        hand.settle();
        Entry second = hand.appendOne();
        assertThat(second).isNotNull();
        byte[] bytes = hand.disk.bytes(1);
        // A frame that claims more than was ever written: the rest of the segment went missing.
        long at = hand.disk.writes().getLast().position();
        ByteBuffer frame = ByteBuffer.wrap(bytes, (int) at, bytes.length - (int) at).slice();
        Frame.Header header = Frame.header(frame, 0);
        Frame.seal(
                frame,
                new Frame.Header(
                        header.payloadBytes(),
                        header.count(),
                        header.segment(),
                        header.frame(),
                        header.firstSeq(),
                        9,
                        header.timeMillis()));
        bytes[(int) hand.used()] = 1;
        FaultyDisk disk = new FaultyDisk();
        disk.put(1, bytes);

        assertThatThrownBy(() -> HandJournal.recover(disk, OTHER_BOOT))
                .hasMessageContaining("frame 4 was on disk and is damaged");
    }

    @Test
    void aBrokenTrailerOfAWholeFrameIsDamageInAnyBoot() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        for (int bit = 1; bit <= 64; bit++) {
            FaultyDisk disk = hand.disk.killed();
            disk.flip(1, 8 * hand.used() - bit);
            assertThatThrownBy(() -> HandJournal.recover(disk, OTHER_BOOT))
                    .isInstanceOf(JournalCorrupt.class)
                    .hasMessage(
                            "journal segment 00000001, offset 64: frame 1 is damaged: its trailer"
                                    + " is broken");
        }
    }

    // ---------------------------------------------------------------- segments

    private static HandJournal threeSegments() throws IOException {
        HandJournal hand = new HandJournal();
        for (int i = 0; i < 30; i++) {
            hand.appendOne();
            hand.settle();
            if (i % 10 == 9) {
                hand.journal.prepareNext();
                hand.journal.roll();
            }
        }
        hand.appendOne();
        hand.settle();
        return hand;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aMissingSegmentIsRefused(long segment) throws IOException {
        FaultyDisk disk = threeSegments().disk.killed();
        disk.drop(segment);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("journal segment %08d is missing", segment);
    }

    @Test
    void aMissingLastSegmentIsRefusedWhenItWasFolded() throws IOException {
        HandJournal hand = threeSegments();
        LedgerStore.Cursor folded = new LedgerStore.Cursor(4, hand.journal.syncedFrame(), 31, 0);
        FaultyDisk disk = hand.disk.killed();
        assertThatCode(() -> HandJournal.recover(disk, BOOT, folded)).doesNotThrowAnyException();
        disk.drop(4);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT, folded))
                .hasMessage("journal segment 00000004 is missing");
    }

    @Test
    void aRenamedSegmentIsRefused() throws IOException {
        FaultyDisk disk = threeSegments().disk.killed();
        byte[] second = disk.bytes(2);
        disk.put(2, disk.bytes(3));
        disk.put(3, second);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .hasMessage(
                        "journal segment 00000002, offset 0: header of segment 00000003 (a renamed"
                                + " file?)");
    }

    @Test
    void aSegmentOfAnotherJournalIsRefused() throws IOException {
        FaultyDisk disk = threeSegments().disk.killed();
        HandJournal other = new HandJournal();
        other.appendOne();
        other.journal.prepareNext();
        other.journal.roll();
        other.appendOne();
        disk.put(2, other.disk.bytes(2));

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessageContaining("journal segment 0000000");
    }

    @Test
    void aSegmentWhoseHeaderIsGoneIsRefused() throws IOException {
        FaultyDisk disk = threeSegments().disk.killed();
        byte[] second = disk.bytes(2);
        java.util.Arrays.fill(second, 0, SegmentHeader.BYTES, (byte) 0);
        disk.put(2, second);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .hasMessageStartingWith(
                        "journal segment 00000002, offset 0: no header, but frame ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLastSegmentWhoseHeaderIsGoneIsRefused(boolean zero) throws IOException {
        HandJournal hand = threeSegments();
        FaultyDisk disk = hand.disk.killed();
        byte[] last = disk.bytes(4);
        if (zero) {
            java.util.Arrays.fill(last, 0, SegmentHeader.BYTES, (byte) 0);
        } else {
            last[9] ^= 4;
        }
        disk.put(4, last);

        assertThatThrownBy(() -> HandJournal.recover(disk.killed(), BOOT))
                .hasMessageStartingWith(
                        "journal segment 00000004, offset 0: no header, but frame ");
        assertThat(disk.segments()).as("the evidence stays").contains(4L);
        assertThatThrownBy(() -> HandJournal.recover(disk.killed(), OTHER_BOOT))
                .as("its mark says that it was on disk")
                .hasMessageStartingWith(
                        "journal segment 00000004, offset 0: no header, but frame ");
    }

    @Test
    void aHeaderThatCameTooLateBeforeAPowerCutTakesOnlyWhatWasNotOnDisk() throws IOException {
        HandJournal hand = threeSegments();
        hand.journal.prepareNext();
        hand.journal.roll();
        List<Entry> before = hand.afterKill();
        hand.appendOne();
        FaultyDisk disk = hand.disk.killed();
        byte[] last = disk.bytes(5);
        java.util.Arrays.fill(last, 0, SegmentHeader.BYTES, (byte) 0);
        disk.put(5, last);

        assertThat(HandJournal.recover(disk, OTHER_BOOT).entries()).isEqualTo(before);
        assertThat(disk.segments()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aPreparedSegmentIsTakenAway() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        hand.journal.prepareNext();
        FaultyDisk disk = hand.disk.killed();
        Recovered found = HandJournal.recover(disk, BOOT);

        assertThat(found.start()).isEqualTo(new Journal.Start(2, 1, 1));
        assertThat(disk.segments()).containsExactly(1L);
    }

    @Test
    void anEmptyJournalBeginsAtOne() throws IOException {
        assertThat(HandJournal.recover(new FaultyDisk(), BOOT).start())
                .isEqualTo(new Journal.Start(1, 0, 0));
        FaultyDisk prepared = new FaultyDisk();
        prepared.put(1, new byte[1_000]);
        assertThat(HandJournal.recover(prepared, BOOT).start())
                .isEqualTo(new Journal.Start(1, 0, 0));
        assertThat(prepared.segments()).isEmpty();
    }

    @Test
    void aFirstSegmentWithoutHeaderButWithFramesIsRefused() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        byte[] bytes = hand.disk.bytes(1);
        java.util.Arrays.fill(bytes, 0, SegmentHeader.BYTES, (byte) 0);
        FaultyDisk disk = new FaultyDisk();
        disk.put(1, bytes);

        assertThatThrownBy(() -> HandJournal.recover(disk, OTHER_BOOT))
                .hasMessage("journal segment 00000001, offset 0: no header, but frame 1");
    }

    @Test
    void startsThatDoNothingLeaveTheJournalAsItIs() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        for (int i = 0; i < 4; i++) {
            HandJournal hand = new HandJournal(disk, Runnable::run, new UUID(i, i));
            disk = hand.disk.killed();
        }
        HandJournal last = new HandJournal(disk, Runnable::run, BOOT);
        Entry entry = last.appendOne();

        assertThat(last.afterKill()).containsExactly(entry);
        assertThat(last.disk.segments()).hasSize(5);
    }

    /// Damage in what was folded long ago must not wait until somebody reads it.
    @Test
    void foldedSegmentsThatAreNotCompressedAreReadAtTheStart() throws IOException {
        HandJournal hand = threeSegments();
        LedgerStore.Cursor folded = new LedgerStore.Cursor(4, hand.journal.syncedFrame(), 31, 0);
        FaultyDisk disk = hand.disk.killed();
        disk.flip(2, 8 * 130);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT, folded))
                .hasMessageMatching(
                        "journal segment 00000002, offset \\d+: no valid frame, though later .*");
        disk.compress(2);
        assertThatCode(() -> HandJournal.recover(disk, BOOT, folded)).doesNotThrowAnyException();
    }

    // ---------------------------------------------------------------- database and journal

    @Test
    void onlyWhatIsNotFoldedIsGivenAgain() throws IOException {
        HandJournal hand = threeSegments();
        List<Entry> all = hand.afterKill();
        Recovered whole = HandJournal.recover(hand.disk.killed(), BOOT);
        for (FrameCursor.Decoded at : whole.frames()) {
            LedgerStore.Cursor cursor = cursorAt(hand.disk, at);
            List<Entry> rest = HandJournal.recover(hand.disk.killed(), BOOT, cursor).entries();
            assertThat(rest).isEqualTo(all.subList(all.size() - rest.size(), all.size()));
            assertThat(rest.size())
                    .isEqualTo(
                            whole.frames().stream()
                                    .filter(frame -> frame.frame() > at.frame())
                                    .mapToInt(frame -> frame.entries().size())
                                    .sum());
        }
    }

    private static LedgerStore.Cursor cursorAt(FaultyDisk disk, FrameCursor.Decoded at)
            throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, 1)) {
            while (cursor.due() <= at.frame()) {
                FrameCursor.Decoded _ = cursor.next(at.frame());
            }
            long seq = at.firstSeq() - 1 + at.entries().size();
            return new LedgerStore.Cursor(cursor.segment().number(), at.frame(), seq, 0);
        }
    }

    @Test
    void aJournalOlderThanTheDatabaseIsRefused() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        FaultyDisk old = hand.disk.killed();

        assertThatThrownBy(() -> HandJournal.recover(old, BOOT, new LedgerStore.Cursor(1, 2, 2, 0)))
                .hasMessageContaining(
                        "the journal ends with frame 1, but the database has folded frame 2");
    }

    @Test
    void anEmptyJournalBesideAFoldedDatabaseIsRefused() {
        assertThatThrownBy(() ->
                        HandJournal.recover(
                                new FaultyDisk(), BOOT, new LedgerStore.Cursor(1, 2, 2, 0)))
                .hasMessage("the journal is empty, but the database has folded 2 frames of it");
    }

    @Test
    void whatWasFoldedWasOnDiskAndIsNotCutOff() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        long second = hand.used();
        hand.appendOne();
        FaultyDisk disk = hand.disk.killed();
        disk.flip(1, 8 * (second + 60));
        byte[] evidence = disk.bytes(1);

        assertThatThrownBy(() ->
                        HandJournal.recover(disk, OTHER_BOOT, new LedgerStore.Cursor(1, 2, 2, 0)))
                .hasMessageContaining("frame 2 was on disk and is damaged");
        assertThat(disk.bytes(1)).isEqualTo(evidence);
    }

    @Test
    void anotherJournalThanTheOneThatWasFoldedIsRefused() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        hand.appendOne();

        assertThatThrownBy(() ->
                        HandJournal.recover(hand.disk, BOOT, new LedgerStore.Cursor(1, 2, 5, 0)))
                .hasMessageContaining(
                        "frame 2 ends with seq 2, but the database has folded it up to seq 5");
        assertThatThrownBy(() ->
                        HandJournal.recover(hand.disk, BOOT, new LedgerStore.Cursor(1, 1, 5, 0)))
                .hasMessageContaining("frame 1 ends with seq 1");
    }

    @Test
    void aCursorBeforeItsSegmentIsRefused() throws IOException {
        HandJournal hand = threeSegments();

        assertThatThrownBy(() ->
                        HandJournal.recover(
                                hand.disk.killed(), BOOT, new LedgerStore.Cursor(3, 2, 2, 0)))
                .hasMessageContaining("journal segment 00000003, offset 64: begins with frame ");
    }

    @Test
    void aSeqOutOfOrderIsRefused() throws IOException {
        HandJournal hand = new HandJournal();
        hand.appendOne();
        byte[] bytes = hand.disk.bytes(1);
        ByteBuffer frame = ByteBuffer.wrap(bytes, 64, bytes.length - 64).slice();
        Frame.Header header = Frame.header(frame, 0);
        Frame.seal(
                frame,
                new Frame.Header(
                        header.payloadBytes(),
                        header.count(),
                        header.segment(),
                        header.frame(),
                        2,
                        header.synced(),
                        header.timeMillis()));
        FaultyDisk disk = new FaultyDisk();
        disk.put(1, bytes);

        assertThatThrownBy(() -> HandJournal.recover(disk, BOOT))
                .hasMessageContaining("frame 1 begins with seq 2 (expected: 1)");
    }
}
