package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.ledger.Disk.SegmentFile;
import tollgate.ledger.FrameCursor.Decoded;

class FolderDiskTest {
    private static final int SIZE = 300_000;

    @TempDir private Path folder;
    private FolderDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk = new FolderDisk(folder.resolve("journal"));
    }

    private Path path(String name) {
        return folder.resolve("journal").resolve(name);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] read(SegmentFile file, int position, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        assertThat(file.read(into, position)).isEqualTo(into.position());
        byte[] bytes = new byte[into.position()];
        into.flip().get(bytes);
        return bytes;
    }

    /// Content that does not repeat.
    private byte[] written(long number) throws IOException {
        byte[] bytes = new byte[SIZE];
        new java.util.SplittableRandom(number).nextBytes(bytes);
        try (SegmentFile file = disk.prepare(number, SIZE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }
        return bytes;
    }

    @Test
    void rule02ASegmentIsMadeOfZerosAndNamedByItsNumber() throws IOException {
        try (SegmentFile _ = disk.prepare(17, SIZE)) {
            assertThat(names()).containsExactly("00000017.log");
            assertThat(Files.readAllBytes(path("00000017.log"))).isEqualTo(new byte[SIZE]);
            assertThat(disk.segments()).containsExactly(17L);
        }
    }

    @Test
    void anExistingSegmentIsNeverMadeAnew() throws IOException {
        byte[] bytes = written(1);

        assertThatThrownBy(() -> disk.prepare(1, SIZE))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.readAllBytes(path("00000001.log"))).isEqualTo(bytes);
    }

    /// An interrupt closes the file under the write: as good as a full disk.
    @Test
    void rule08AFailedPreparationLeavesNothing() throws IOException {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> disk.prepare(1, SIZE)).isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();

        assertThat(names()).isEmpty();
        assertThat(disk.segments()).isEmpty();
        try (SegmentFile file = disk.prepare(1, SIZE)) {
            assertThat(read(file, 0, SIZE)).isEqualTo(new byte[SIZE]);
        }
    }

    @Test
    void whatIsWrittenIsReadAnywhere() throws IOException {
        byte[] bytes = written(1);
        try (SegmentFile file = disk.open(1)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 100);
            bytes[100] = 1;
            bytes[101] = 2;
            bytes[102] = 3;
            file.sync();
            assertThat(read(file, 0, SIZE)).isEqualTo(bytes);
            assertThat(read(file, SIZE - 2, 10)).hasSize(2);
            assertThat(read(file, SIZE, 10)).isEmpty();
            ByteBuffer half = ByteBuffer.allocate(10).put((byte) 9);
            assertThat(file.read(half, 100)).isEqualTo(9);
            assertThat(half.get(1)).isEqualTo((byte) 1);
        }
    }

    @Test
    void segmentsAreListedInOrderWhateverTheirForm() throws IOException {
        byte[] _ = written(10);
        byte[] _ = written(9);
        byte[] _ = written(123_456_789);
        disk.compress(9);
        Files.writeString(path("notes.txt"), "not ours");

        assertThat(disk.segments()).containsExactly(9L, 10L, 123_456_789L);
        assertThat(new FolderDisk(folder.resolve("journal")).segments())
                .containsExactly(9L, 10L, 123_456_789L);
    }

    @Test
    void aDeletedSegmentIsGone() throws IOException {
        byte[] _ = written(1);
        disk.delete(1);

        assertThat(names()).isEmpty();
        assertThat(disk.segments()).isEmpty();
        assertThatThrownBy(() -> disk.open(1)).isInstanceOf(IOException.class);
    }

    // ---------------------------------------------------------------- compressed

    @Test
    void rule14ACompressedSegmentHoldsTheSame() throws IOException {
        byte[] bytes = written(1);
        assertThat(disk.isCompressed(1)).isFalse();
        disk.compress(1);

        assertThat(names()).containsExactly("00000001.log.gz");
        assertThat(disk.isCompressed(1)).isTrue();
        try (SegmentFile file = disk.open(1)) {
            assertThat(read(file, 0, SIZE)).isEqualTo(bytes);
        }
    }

    @Test
    void aCompressedSegmentIsReadForwardAndBackward() throws IOException {
        byte[] bytes = written(1);
        disk.compress(1);
        try (SegmentFile file = disk.open(1)) {
            for (int position : new int[] {0, 64, 100_000, 99_000, 250_000, 0, 299_990}) {
                byte[] found = read(file, position, 5_000);
                int end = Math.min(SIZE, position + 5_000);
                assertThat(found).isEqualTo(java.util.Arrays.copyOfRange(bytes, position, end));
            }
            assertThat(read(file, SIZE, 10)).isEmpty();
            assertThat(read(file, SIZE + 50, 10)).isEmpty();
        }
    }

    @Test
    void aCompressedSegmentIsNotWritten() throws IOException {
        byte[] _ = written(1);
        disk.compress(1);
        try (SegmentFile file = disk.open(1)) {
            file.sync();
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not written any more");
        }
    }

    @Test
    void whoReadsASegmentWhileItIsCompressedGoesOn() throws IOException {
        byte[] bytes = written(1);
        try (SegmentFile file = disk.open(1)) {
            disk.compress(1);
            assertThat(read(file, 0, SIZE)).isEqualTo(bytes);
        }
    }

    @Test
    void aDamagedCompressedSegmentNamesItself() throws IOException {
        byte[] _ = written(1);
        disk.compress(1);
        byte[] packed = Files.readAllBytes(path("00000001.log.gz"));
        packed[packed.length / 2] ^= 64;
        Files.write(path("00000001.log.gz"), packed);
        try (SegmentFile file = disk.open(1)) {
            assertThatThrownBy(() -> read(file, 0, 2 * SIZE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("journal segment 00000001.log.gz: ");
        }
    }

    @Test
    void aCompressedSegmentThatIsNoneNamesItself() throws IOException {
        Files.writeString(path("00000001.log.gz"), "not a gzip file");

        assertThatThrownBy(() -> disk.open(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("journal segment 00000001.log.gz: ");
    }

    /// The last step of a compression may not have happened: both forms are there.
    @Test
    void aKillBeforeThePlainFormIsDeletedIsHarmless() throws IOException {
        byte[] bytes = written(1);
        byte[] plain = Files.readAllBytes(path("00000001.log"));
        disk.compress(1);
        Files.write(path("00000001.log"), plain);
        FolderDisk again = new FolderDisk(folder.resolve("journal"));

        assertThat(again.segments()).containsExactly(1L);
        assertThat(again.isCompressed(1)).isFalse();
        again.compress(1);
        assertThat(names()).containsExactly("00000001.log.gz");
        try (SegmentFile file = again.open(1)) {
            assertThat(read(file, 0, SIZE)).isEqualTo(bytes);
        }
    }

    @Test
    void aHalfCompressedSegmentOfAKilledProcessIsOverwritten() throws IOException {
        byte[] bytes = written(1);
        Files.write(path("00000001.log.gz.half"), new byte[SIZE * 2]);
        FolderDisk again = new FolderDisk(folder.resolve("journal"));

        assertThat(again.segments()).containsExactly(1L);
        again.compress(1);
        assertThat(names()).containsExactly("00000001.log.gz");
        try (SegmentFile file = again.open(1)) {
            assertThat(read(file, 0, SIZE)).isEqualTo(bytes);
        }
    }

    @Test
    void aCompressionThatFailsLeavesThePlainFormOnly() throws IOException {
        byte[] _ = written(1);
        Files.createDirectories(path("00000001.log.gz").resolve("in-the-way"));

        assertThatThrownBy(() -> disk.compress(1)).isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("00000001.log", "00000001.log.gz");
        assertThat(disk.isCompressed(1)).isFalse();
    }

    @Test
    void aJournalWithCompressedSegmentsIsReadAsAWhole() throws IOException {
        Journal journal =
                new Journal(
                        JournalSettings.DEFAULT.withSegmentBytes(128 * 1024),
                        disk,
                        new UUID(1, 2),
                        () -> java.time.Instant.EPOCH,
                        () -> 0,
                        new Journal.Start(1, 0, 0));
        List<Entry> all = new ArrayList<>();
        for (int segment = 1; segment <= 3; segment++) {
            for (int i = 0; i < 500; i++) {
                Entry entry = Records.grant(segment, i + 1, "%d:%d".formatted(segment, i));
                all.add(entry);
                assertThat(journal.append(List.of(entry))).isEqualTo(1);
            }
            journal.synced(all.size(), 0);
            journal.prepareNext();
            journal.roll();
        }
        disk.compress(1);
        disk.compress(2);
        SegmentCheck.check(disk, 1);
        SegmentCheck.check(disk, 2);
        SegmentCheck.check(disk, 3);

        assertThat(HandJournal.recover(disk, new UUID(1, 2)).entries()).isEqualTo(all);
        journal.close();
    }

    /// Readers and the packer meet: whatever a reader finds, it is one form or the other.
    @Test
    void aSegmentCanBeOpenedAtAnyMomentOfItsCompression() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        int count = 40;
        for (int i = 1; i <= count; i++) {
            new SegmentHeader(i, i, i, new UUID(1, 2)).write(disk.prepare(i, 4_096));
        }
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!done.get()) {
                                for (int i = 1; i <= count; i++) {
                                    try (SegmentFile file = disk.open(i)) {
                                        assertThat(SegmentHeader.read(file, i)).isNotNull();
                                    } catch (IOException | AssertionError e) {
                                        failures.add(e);
                                    }
                                }
                            }
                        });
        for (int i = 1; i <= count; i++) {
            disk.compress(i);
        }
        done.set(true);
        reader.join();

        assertThat(failures).isEmpty();
    }

    // ---------------------------------------------------------------- copies

    @Test
    void aCopyHasTheSameFormAndBytes() throws IOException {
        byte[] _ = written(1);
        byte[] _ = written(2);
        disk.compress(2);
        Path copy = Files.createDirectories(folder.resolve("copy"));
        disk.copy(1, copy);
        disk.copy(2, copy);

        for (String name : List.of("00000001.log", "00000002.log.gz")) {
            assertThat(Files.readAllBytes(copy.resolve(name)))
                    .isEqualTo(Files.readAllBytes(path(name)));
        }
    }

    @Test
    void aCopyNeverOverwrites() throws IOException {
        byte[] _ = written(1);
        Path copy = Files.createDirectories(folder.resolve("copy"));
        Files.write(copy.resolve("00000001.log"), "older".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> disk.copy(1, copy)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static List<Entry> entries(FrameCursor cursor) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Decoded at = cursor.next(99); at != null; at = cursor.next(99)) {
            entries.addAll(at.entries());
        }
        return entries;
    }

    @Test
    void aCursorReadsACompressedSegmentWhileTheNextIsWritten() throws IOException {
        Journal journal =
                new Journal(
                        JournalSettings.DEFAULT.withSegmentBytes(64 * 1024),
                        disk,
                        new UUID(1, 2),
                        () -> java.time.Instant.EPOCH,
                        () -> 0,
                        new Journal.Start(1, 0, 0));
        Entry first = Records.grant(1, 1, "first");
        Entry second = Records.grant(1, 2, "second");
        assertThat(journal.append(List.of(first))).isEqualTo(1);
        journal.synced(1, 0);
        journal.prepareNext();
        journal.roll();
        disk.compress(1);
        assertThat(journal.append(List.of(second))).isEqualTo(1);
        try (FrameCursor cursor = new FrameCursor(disk, 1)) {
            assertThat(entries(cursor)).containsExactly(first, second);
        }
        journal.close();
    }
}
