package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentHeaderTest {
    private static final SegmentHeader HEADER =
            new SegmentHeader(3, 1_000, 2_000, new UUID(0x1234_5678_9abc_def0L, -7));

    private final FaultyDisk disk = new FaultyDisk();
    private Disk.SegmentFile file;

    @BeforeEach
    void prepare() throws IOException {
        file = disk.prepare(3, JournalSettings.SEGMENT_BYTES_MIN);
    }

    @Test
    void aHeaderReadsBack() throws IOException {
        HEADER.write(file);

        assertThat(SegmentHeader.isWhole(file)).isTrue();
        assertThat(SegmentHeader.read(file, 3)).isEqualTo(HEADER);
    }

    @Test
    void aPreparedSegmentHasNone() throws IOException {
        assertThat(SegmentHeader.isWhole(file)).isFalse();
        assertThat(SegmentHeader.read(file, 3)).isNull();
    }

    @Test
    void eachFlippedBitBreaksIt() throws IOException {
        HEADER.write(file);
        for (int bit = 0; bit < 52 * 8; bit++) {
            disk.flip(3, bit);
            assertThat(SegmentHeader.isWhole(file)).as("bit %d", bit).isFalse();
            assertThatThrownBy(() -> SegmentHeader.read(file, 3))
                    .isInstanceOf(JournalCorrupt.class)
                    .hasMessage("journal segment 00000003, offset 0: broken header");
            disk.flip(3, bit);
        }
        assertThat(SegmentHeader.isWhole(file)).isTrue();
    }

    @Test
    void aHeaderOfAnotherSegmentIsRefused() throws IOException {
        HEADER.write(file);

        assertThatThrownBy(() -> SegmentHeader.read(file, 4))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessageContaining("header of segment 00000003");
    }
}
