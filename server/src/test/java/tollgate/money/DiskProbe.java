package tollgate.money;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Writes and syncs a file of its own beside a gateway's, again and again, to know how late the
/// disk (or the machine) is: whether a refusal for that reason is true.
final class DiskProbe implements AutoCloseable {
    private static final long PAUSE_NANOS = 20_000_000;

    private final FileChannel file;
    private final Thread thread;
    private final AtomicLong longestNanos = new AtomicLong();
    private volatile long begunNanos;
    private volatile boolean over;

    private DiskProbe(FileChannel file) {
        this.file = file;
        this.begunNanos = System.nanoTime();
        this.thread = Thread.ofPlatform().daemon().unstarted(this::run);
    }

    static DiskProbe start(Path folder) throws IOException {
        var probe =
                new DiskProbe(
                        FileChannel.open(
                                folder.resolve("probe"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE));
        probe.thread.start();
        return probe;
    }

    private void run() {
        while (!over) {
            begunNanos = System.nanoTime();
            LockSupport.parkNanos(PAUSE_NANOS);
            try {
                file.write(ByteBuffer.allocate(64), 0);
                file.force(false);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            longestNanos.accumulateAndGet(System.nanoTime() - begunNanos, Math::max);
        }
    }

    /// The longest that a write took so far to be on disk, one that still waits included.
    Duration longest() {
        return Duration.ofNanos(Math.max(longestNanos.get(), System.nanoTime() - begunNanos));
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        file.close();
    }
}
