package tollgate.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tollgate.ledger.JournalSettings;

/// Looks at the disk that a data folder lies on: room, kind, and how long it takes to write
/// something for good.
final class DiskCheck {
    /// Room for some segments of the journal, and for the database to fold them into.
    private static final long FREE_BYTES_MIN = 512L << 20;

    private static final int SYNCS = 9;
    private static final int PAGE_BYTES = 4_096;
    private static final long MB = 1 << 20;

    /// SQLite's locks and shared memory do not work over a network.
    private static final Set<String> NETWORKS = Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs");

    private DiskCheck() {}

    static List<Finding> of(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return List.of(room(store), syncs(folder));
    }

    private static Finding room(FileStore store) throws IOException {
        long free = store.getUsableSpace();
        String detail = "%d MB free on %s (%s)".formatted(free / MB, store.name(), store.type());
        if (NETWORKS.contains(store.type())) {
            return Finding.bad("disk", detail + " (expected: a disk of this machine)");
        }
        return free < FREE_BYTES_MIN
                ? Finding.bad("disk", detail + " (expected: %d)".formatted(FREE_BYTES_MIN / MB))
                : Finding.sound("disk", detail);
    }

    private static Finding syncs(Path folder) throws IOException {
        Duration median = Duration.ofNanos(medianNanos(folder));
        Duration most = JournalSettings.DEFAULT.refuseAfter();
        String detail = "fdatasync takes %.1f ms".formatted(median.toNanos() / 1e6);
        return median.compareTo(most) > 0
                ? Finding.bad(
                        "fsync",
                        "%s (expected: at most %d; beyond it calls are refused)"
                                .formatted(detail, most.toMillis()))
                : Finding.sound("fsync", detail);
    }

    private static long medianNanos(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "doctor", ".tmp");
        long[] nanos = new long[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                channel.write(ByteBuffer.allocate(PAGE_BYTES));
                long began = System.nanoTime();
                channel.force(false);
                nanos[i] = System.nanoTime() - began;
            }
        } finally {
            Files.delete(file);
        }
        Arrays.sort(nanos);
        return nanos[SYNCS / 2];
    }
}
