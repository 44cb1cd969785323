package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentCheckTest {
    private final HandJournal hand = new HandJournal();
    private final FaultyDisk disk = hand.disk;
    private final List<Exception> troubles = new ArrayList<>();

    SegmentCheckTest() throws IOException {
        for (int segment = 1; segment <= 3; segment++) {
            for (int i = 0; i < 5; i++) {
                hand.appendOne();
            }
            hand.settle();
            hand.journal.prepareNext();
            hand.journal.roll();
        }
        hand.journal.prepareNext();
    }

    private SegmentCheck run(Long... segments) {
        SegmentCheck check = new SegmentCheck(disk, List.of(segments), troubles::add);
        check.run();
        return check;
    }

    @Test
    void wholeSegmentsPassWhateverFollowsThem() {
        assertThat(run(1L, 2L, 3L).isBroken()).isFalse();
        assertThat(troubles).isEmpty();
    }

    @Test
    void eachBrokenSegmentIsNamed() {
        disk.flip(1, 8 * 140);
        disk.flip(3, 8 * 140);

        assertThat(run(1L, 2L, 3L).isBroken()).isTrue();
        assertThat(troubles)
                .extracting(Exception::getMessage)
                .allMatch(text -> text.contains("offset "))
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("journal segment 00000001"),
                        three -> assertThat(three).startsWith("journal segment 00000003"));
    }

    @Test
    void aSegmentThatCannotBeOpenedIsBroken() {
        disk.drop(2);

        assertThat(run(2L).isBroken()).isTrue();
        assertThat(troubles).hasSize(1);
    }

    @Test
    void aSegmentWhoseHeaderWentIsNamedByTheOneBeforeIt() throws IOException {
        disk.flip(2, 70);

        assertThatThrownBy(() -> SegmentCheck.check(disk, 1))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage(
                        "journal segment 00000002, offset 0: no header, but frame 7 is missing");
        assertThatCode(() -> SegmentCheck.check(disk, 2)).doesNotThrowAnyException();
    }

    @Test
    void aSegmentOfAnotherJournalIsFoundByItsSeq() throws IOException {
        HandJournal other = new HandJournal();
        other.append(Records.grant(1, 1, "a"), Records.grant(1, 1, "b"));
        for (int i = 0; i < 4; i++) {
            other.appendOne();
        }
        other.settle();
        disk.put(1, other.disk.bytes(1));

        assertThatThrownBy(() -> SegmentCheck.check(disk, 1))
                .hasMessageContaining("frame 6 begins with seq 6 (expected: 7)");
    }

    @Test
    void theThreadEndsWithTheLedger() throws Exception {
        SegmentCheck check = new SegmentCheck(disk, List.of(1L, 2L, 3L), troubles::add);
        check.start();
        check.close();

        assertThat(check.isBroken()).isFalse();
        disk.flip(1, 8 * 140);
        check.run();
        assertThat(check.isBroken()).as("closed: reads nothing more").isFalse();
    }

    @Test
    void nothingToReadNeedsNoThread() throws Exception {
        SegmentCheck check = new SegmentCheck(disk, List.of(), troubles::add);
        check.start();
        check.close();

        assertThat(check.isBroken()).isFalse();
    }
}
