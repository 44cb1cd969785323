package tollgate.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import tollgate.ledger.FrameCursor.Decoded;

/// A journal on a [FaultyDisk] whose clock and sync thread are moved by hand.
final class HandJournal {
    static final UUID BOOT = new UUID(1, 2);
    static final UUID OTHER_BOOT = new UUID(3, 4);
    static final long SEGMENT_BYTES = 64 * 1024;

    final FaultyDisk disk;
    final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
    final List<Exception> troubles = new ArrayList<>();
    final Journal journal;
    final JournalSync sync;
    private int entries;

    HandJournal() throws IOException {
        this(new FaultyDisk(), Runnable::run, BOOT);
    }

    /// Goes on where `disk` ends.
    HandJournal(FaultyDisk disk, Executor preparer, UUID boot) throws IOException {
        this.disk = disk;
        Journal.Start start = recover(disk, boot).start();
        this.journal =
                new Journal(
                        JournalSettings.DEFAULT.withSegmentBytes(SEGMENT_BYTES),
                        disk,
                        boot,
                        () -> java.time.Instant.ofEpochMilli(millis.get()),
                        nanos::get,
                        start);
        this.sync = new JournalSync(journal, troubles::add, preparer);
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        millis.addAndGet(time.toMillis());
    }

    /// Time passes and the sync thread has its round, until it has nothing to do.
    void settle() {
        pass(Duration.ofMillis(5));
        while (sync.step() == 0) {
            pass(Duration.ofMillis(5));
        }
    }

    int append(Entry... group) {
        return journal.append(List.of(group));
    }

    /// Appends one small entry of its own and returns it.
    Entry appendOne() {
        Entry entry = Records.grant(1, ++entries, "cause-" + entries);
        if (append(entry) != 1) {
            throw new AssertionError("not written: " + journal.counts().lastFailure());
        }
        return entry;
    }

    /// Appends until the current segment holds at least this much.
    void fillTo(long bytes) {
        long segment = journal.segment();
        while (journal.segment() == segment && used() < bytes) {
            appendOne();
        }
    }

    long used() {
        return disk.writes().stream()
                .filter(write -> write.segment() == journal.segment())
                .mapToLong(write -> write.position() + write.length())
                .max()
                .orElse(0);
    }

    // ---------------------------------------------------------------- read back

    /// What a start finds.
    record Recovered(Journal.Start start, List<Decoded> frames) {
        List<Entry> entries() {
            return frames.stream().flatMap(frame -> frame.entries().stream()).toList();
        }
    }

    static Recovered recover(Disk disk, UUID boot) throws IOException {
        return recover(disk, boot, LedgerStore.Cursor.NONE);
    }

    static Recovered recover(Disk disk, UUID boot, LedgerStore.Cursor cursor) throws IOException {
        List<Decoded> frames = new ArrayList<>();
        Journal.Start start = new Recovery(disk, boot).run(cursor, (frame, _) -> frames.add(frame));
        return new Recovered(start, frames);
    }

    /// What a start after a kill finds now.
    List<Entry> afterKill() throws IOException {
        return recover(disk.killed(), BOOT).entries();
    }
}
