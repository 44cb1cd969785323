package tollgate.ledger;

import java.io.IOException;
import java.util.function.Consumer;

/// Compresses segments that are folded whole (JOURNAL 14): on the folding thread, one a call, so
/// that no fold waits long for it. Segments are never deleted.
final class Packer {
    private final Disk disk;
    private final Consumer<Exception> failed;
    private long done;

    Packer(Disk disk, Consumer<Exception> failed) {
        this.disk = disk;
        this.failed = failed;
    }

    /// Compresses one segment below `segment`, if one is left.
    void before(long segment) {
        if (done >= segment - 1) {
            return;
        }
        try {
            for (long number : disk.segments()) {
                if (number > done && number < segment && !disk.isCompressed(number)) {
                    disk.compress(number);
                    done = number;
                    return;
                }
            }
            done = segment - 1;
        } catch (IOException e) {
            failed.accept(e);
        }
    }
}
