package tollgate.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tollgate.db.Database;

/// Copies database and journal, while everything goes on, so that the copy starts as it is (JOURNAL
/// 13): compression waits, the database goes first, then the current segment is left, and every
/// segment up to it is copied. The other way round the database could have folded frames that the
/// copied journal lacks.
final class Backup {
    /// Zero-filling a segment, and its sync.
    private static final Duration ROLL_WAIT_MAX = Duration.ofSeconds(60);

    private final Database database;
    private final Disk disk;
    private final JournalSync sync;
    private final Packer packer;

    Backup(Database database, Disk disk, JournalSync sync, Packer packer) {
        this.database = database;
        this.disk = disk;
        this.sync = sync;
        this.packer = packer;
    }

    void to(Path databaseCopy, Path journalCopy) throws IOException {
        packer.hold();
        try {
            database.copyTo(databaseCopy);
            long last = sync.awaitRoll(ROLL_WAIT_MAX);
            for (long segment : disk.segments()) {
                if (segment <= last) {
                    disk.copy(segment, journalCopy);
                }
            }
        } finally {
            packer.goOn();
        }
    }
}
