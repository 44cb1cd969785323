package tollgate.ledger;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Compresses segments that are folded whole (JOURNAL 14): on the folding thread, one a call, so
/// that no fold waits long for it. Segments are never deleted.
final class Packer {
    /// Calls to let pass after a failure, about one a second: a full disk needs no more of it.
    private static final int CALLS_PAUSED = 60;

    private final Disk disk;
    private final Consumer<Exception> failed;
    private final ReentrantLock working = new ReentrantLock();
    private long done;
    private int pause;

    Packer(Disk disk, Consumer<Exception> failed) {
        this.disk = disk;
        this.failed = failed;
    }

    /// Compresses one segment below `segment`, if one is left and none is being copied.
    void before(long segment) {
        if (done >= segment - 1 || pause-- > 0 || !working.tryLock()) {
            return;
        }
        try {
            pack(segment);
            pause = 0;
        } catch (IOException e) {
            pause = CALLS_PAUSED;
            failed.accept(e);
        } finally {
            working.unlock();
        }
    }

    private void pack(long segment) throws IOException {
        for (long number : disk.segments()) {
            if (number > done && number < segment && !disk.isCompressed(number)) {
                disk.compress(number);
                done = number;
                return;
            }
        }
        done = segment - 1;
    }

    /// Blocks compression while segments are copied (JOURNAL 13), by the calling thread.
    void hold() {
        working.lock();
    }

    void goOn() {
        working.unlock();
    }
}
