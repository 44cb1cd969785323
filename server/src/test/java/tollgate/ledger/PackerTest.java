package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PackerTest {
    private final FaultyDisk disk = new FaultyDisk();
    private final List<Exception> troubles = new ArrayList<>();
    private final Packer packer = new Packer(disk, troubles::add);

    PackerTest() {
        for (int i = 1; i <= 5; i++) {
            disk.put(i, new byte[100]);
        }
    }

    private List<Long> packed() {
        return disk.segments().stream().filter(disk::isCompressed).toList();
    }

    @Test
    void rule14OnlySegmentsThatAreFoldedWholeAreCompressedOneACall() {
        packer.before(1);
        assertThat(packed()).isEmpty();
        packer.before(4);
        assertThat(packed()).containsExactly(1L);
        packer.before(4);
        packer.before(4);
        assertThat(packed()).containsExactly(1L, 2L, 3L);
        packer.before(4);
        packer.before(4);
        assertThat(packed()).containsExactly(1L, 2L, 3L);
        packer.before(5);
        assertThat(packed()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whatWasCompressedBeforeIsPassedOver() throws Exception {
        disk.compress(1);
        disk.compress(2);
        packer.before(4);

        assertThat(packed()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFullDiskIsReportedAndTriedAgainAfterAMinute() {
        disk.fill();
        packer.before(3);
        assertThat(troubles).hasSize(1);
        for (int i = 0; i < 60; i++) {
            packer.before(3);
        }
        assertThat(troubles).hasSize(1);
        disk.heal();
        packer.before(3);
        assertThat(packed()).containsExactly(1L);
        packer.before(3);
        assertThat(packed()).containsExactly(1L, 2L);
    }

    @Test
    void rule13NothingIsCompressedWhileSegmentsAreCopied() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch copied = new CountDownLatch(1);
        Thread backup =
                Thread.ofPlatform()
                        .start(() -> {
                            packer.hold();
                            held.countDown();
                            try {
                                copied.await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            } finally {
                                packer.goOn();
                            }
                        });
        held.await();
        packer.before(3);
        assertThat(packed()).isEmpty();
        copied.countDown();
        backup.join();
        packer.before(3);
        assertThat(packed()).containsExactly(1L);
    }

    /// Each of them on the folding thread; the copy is made on another.
    @Test
    void aCopyMayBeginBetweenTwoCompressions() throws Exception {
        packer.before(4);
        disk.fill();
        packer.before(4);
        Thread backup =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            packer.hold();
                            packer.goOn();
                        });

        assertThat(backup.join(Duration.ofSeconds(10))).isTrue();
    }
}
