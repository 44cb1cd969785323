package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tollgate.ledger.FrameCursor.Decoded;

class FrameCursorTest {
    private final HandJournal hand = new HandJournal();
    private final Journal journal = hand.journal;

    FrameCursorTest() throws IOException {}

    private static List<Entry> read(FrameCursor cursor, long last) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Decoded frame = cursor.next(last); frame != null; frame = cursor.next(last)) {
            entries.addAll(frame.entries());
        }
        return entries;
    }

    @Test
    void aReaderFollowsTheWriter() throws IOException {
        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            for (int i = 0; i < 2_000; i++) {
                Entry entry = hand.appendOne();
                if (i % 7 == 0) {
                    hand.settle();
                }
                cursor.refresh();
                assertThat(read(cursor, Long.MAX_VALUE)).containsExactly(entry);
            }
            assertThat(journal.segment()).isGreaterThan(2);
            assertThat(cursor.segment().number()).isEqualTo(journal.segment());
        }
    }

    @Test
    void aReaderStopsAtTheFrameItWasTold() throws IOException {
        List<Entry> entries = List.of(hand.appendOne(), hand.appendOne(), hand.appendOne());
        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            assertThat(read(cursor, 2)).isEqualTo(entries.subList(0, 2));
            assertThat(cursor.due()).isEqualTo(3);
            assertThat(cursor.next(2)).isNull();
            assertThat(read(cursor, 3)).isEqualTo(entries.subList(2, 3));
        }
    }

    @Test
    void aReaderInsideASegmentGoesOnWhenItIsLeftForAFailedSync() throws IOException {
        List<Entry> all = new ArrayList<>();
        all.add(hand.appendOne());
        hand.settle();
        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            assertThat(read(cursor, journal.syncedFrame())).isEqualTo(all);
            for (int i = 0; i < 5; i++) {
                all.add(hand.appendOne());
            }
            hand.disk.failSyncs(1);
            hand.settle();
            hand.pass(Duration.ofMillis(100));
            all.add(hand.appendOne());
            hand.settle();
            all.add(hand.appendOne());
            hand.settle();

            cursor.refresh();
            assertThat(read(cursor, journal.syncedFrame())).isEqualTo(all.subList(1, all.size()));
            assertThat(cursor.segment().number()).isEqualTo(2);
        }
    }

    /// The old segment still holds frames that the new one holds again: none is given twice.
    @Test
    void aReaderThatReadTooFarInTheOldSegmentSkipsWhatItHasSeen() throws IOException {
        List<Entry> all = new ArrayList<>();
        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            for (int i = 0; i < 5; i++) {
                all.add(hand.appendOne());
            }
            assertThat(read(cursor, 3)).isEqualTo(all.subList(0, 3));
            journal.prepareNext();
            journal.roll();
            all.add(hand.appendOne());

            assertThat(read(cursor, Long.MAX_VALUE)).isEqualTo(all.subList(3, 6));
            assertThat(cursor.segment().number()).isEqualTo(2);
            assertThat(cursor.segment().firstFrame()).isEqualTo(1);
        }
    }

    @Test
    void aReaderPassesSegmentsThatWereLeftBeforeTheyWereUsed() throws IOException {
        Entry first = hand.appendOne();
        hand.settle();
        journal.prepareNext();
        journal.roll();
        hand.disk.put(2, new byte[(int) HandJournal.SEGMENT_BYTES]); // its header never came
        journal.prepareNext();
        journal.roll();
        Entry second = hand.appendOne();

        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            assertThat(read(cursor, Long.MAX_VALUE)).containsExactly(first, second);
            assertThat(cursor.segment().number()).isEqualTo(3);
        }
    }

    @Test
    void aReaderOfASegmentThatIsCompressedMeanwhileGoesOn() throws IOException {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(hand.appendOne());
        }
        hand.settle();
        journal.prepareNext();
        journal.roll();
        all.add(hand.appendOne());
        try (FrameCursor cursor = new FrameCursor(hand.disk, 1)) {
            assertThat(read(cursor, 4)).isEqualTo(all.subList(0, 4));
            hand.disk.compress(1);
            assertThat(read(cursor, Long.MAX_VALUE)).isEqualTo(all.subList(4, 11));
        }
    }

    @Test
    void framesLargerThanTheWindowAreRead() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Journal large =
                new Journal(
                        JournalSettings.DEFAULT.withSegmentBytes(4 << 20),
                        disk,
                        HandJournal.BOOT,
                        () -> java.time.Instant.EPOCH,
                        () -> 0,
                        new Journal.Start(1, 0, 0));
        List<Entry> all = new ArrayList<>();
        for (int i = 1; i <= 9_000; i++) {
            all.add(Records.grant(i, i, "cause-%0200d".formatted(i)));
        }
        assertThat(large.append(all)).isEqualTo(9_000);

        try (FrameCursor cursor = new FrameCursor(disk, 1)) {
            Decoded first = Objects.requireNonNull(cursor.next(1));
            assertThat(first.entries()).hasSizeGreaterThan(1_000);
            assertThat(read(cursor, Long.MAX_VALUE))
                    .isEqualTo(all.subList(first.entries().size(), 9_000));
        }
    }

    private static FaultyDisk withFrame(Frame.Header header, byte[] payload) throws IOException {
        HandJournal one = new HandJournal();
        byte[] bytes = one.disk.bytes(1);
        ByteBuffer frame = ByteBuffer.wrap(bytes, 64, bytes.length - 64).slice();
        frame.put(Frame.HEADER_BYTES, payload);
        Frame.seal(frame, header);
        FaultyDisk disk = new FaultyDisk();
        disk.put(1, bytes);
        return disk;
    }

    private static void refused(FaultyDisk disk, String message) throws IOException {
        try (FrameCursor cursor = new FrameCursor(disk, 1)) {
            assertThatThrownBy(() -> cursor.next(Long.MAX_VALUE))
                    .isInstanceOf(JournalCorrupt.class)
                    .hasMessageStartingWith("journal segment 00000001, offset 64: " + message);
        }
    }

    @Test
    void aWholeFrameThatMakesNoSenseIsRefusedWithItsPlace() throws IOException {
        byte[] unknown = {77};
        byte[] cut = {8, 0, 5};
        byte[] outcome = {8, 9, 5, 0, 2, 0};
        refused(withFrame(new Frame.Header(1, 1, 1, 1, 1, 0, 0), unknown), "frame 1: ");
        refused(withFrame(new Frame.Header(3, 1, 1, 1, 1, 0, 0), cut), "frame 1: ");
        refused(withFrame(new Frame.Header(6, 1, 1, 1, 1, 0, 0), outcome), "frame 1: ");
    }

    @Test
    void aFrameOutOfPlaceIsRefused() throws IOException {
        byte[] grant = {8, 0, 5, 0, 2, 1, 'c'};
        refused(
                withFrame(new Frame.Header(7, 1, 1, 2, 1, 0, 0), grant),
                "frame 2 of segment 1 (expected: frame 1)");
        refused(
                withFrame(new Frame.Header(7, 1, 3, 1, 1, 0, 0), grant),
                "frame 1 of segment 3 (expected: frame 1)");
        refused(
                withFrame(new Frame.Header(7, 2, 1, 1, 1, 0, 0), grant),
                "frame 1: 1 records (expected: 2)");
        refused(
                withFrame(new Frame.Header(7, -1, 1, 1, 1, 0, 0), grant),
                "frame 1: 1 records (expected: -1)");
        refused(
                withFrame(new Frame.Header(7, Integer.MAX_VALUE, 1, 1, 1, 0, 0), grant),
                "frame 1: 1 records (expected: 2147483647)");
        try (FrameCursor cursor =
                new FrameCursor(withFrame(new Frame.Header(7, 1, 1, 1, 1, 0, 0), grant), 1)) {
            assertThat(read(cursor, 1)).containsExactly(Records.grant(5, 1, "c"));
            assertThat(cursor.offset()).isEqualTo(64 + 56 + 7 + 8);
        }
    }

    @Test
    void aSegmentWithoutHeaderCannotBeRead() {
        FaultyDisk disk = new FaultyDisk();
        disk.put(1, new byte[1_000]);

        assertThatThrownBy(() -> new FrameCursor(disk, 1))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("journal segment 00000001, offset 0: no header");
    }
}
