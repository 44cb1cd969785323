package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A disk in memory that can fail. What is written lies in the page cache until it is synced: a
/// killed process leaves the cache behind ([#killed()]), a power cut the platter and whatever else
/// had reached it ([#afterPowerCut(RandomGenerator)]). A sync that fails drops what it should have
/// written, as a kernel may, and the next one succeeds.
final class FaultyDisk implements Disk {
    static final int SECTOR_BYTES = 512;

    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final List<Write> writes = new ArrayList<>();
    private WriteFault writeFault = (_, _, _) -> WHOLE;
    private Runnable beforeSync = () -> {};
    private int syncsToFail;
    private boolean full;
    private boolean undeletable;
    private int syncs;
    private int prepares;

    static final int WHOLE = -1;

    /// What becomes of a write.
    @FunctionalInterface
    interface WriteFault {
        /// The bytes that reach the cache before the write fails, or [#WHOLE].
        int bytesWritten(long segment, long position, int length);
    }

    /// One call of write, failed ones too, and the bytes of it that reached the cache.
    record Write(long segment, long position, int length, ByteBuffer stored) {}

    private static final class Segment {
        private final byte[] cache;
        private final byte[] platter;
        private boolean packed;

        Segment(byte[] cache, byte[] platter) {
            this.cache = cache;
            this.platter = platter;
        }
    }

    // ---------------------------------------------------------------- faults

    synchronized void failWrites(WriteFault fault) {
        writeFault = fault;
    }

    /// The next `count` writes stop after `bytes` bytes.
    synchronized void failNextWrites(int count, int bytes) {
        int[] left = {count};
        writeFault = (_, _, _) -> left[0]-- > 0 ? bytes : WHOLE;
    }

    synchronized void heal() {
        writeFault = (_, _, _) -> WHOLE;
        syncsToFail = 0;
        full = false;
        undeletable = false;
    }

    synchronized void failSyncs(int count) {
        syncsToFail = count;
    }

    /// Runs before each sync: moves a clock, or waits.
    synchronized void beforeSync(Runnable then) {
        beforeSync = then;
    }

    synchronized void fill() {
        full = true;
    }

    synchronized void refuseDeletion() {
        undeletable = true;
    }

    // ---------------------------------------------------------------- what is left of it

    /// As a killed process leaves it: everything that was written.
    synchronized FaultyDisk killed() {
        FaultyDisk copy = new FaultyDisk();
        segments.forEach((number, segment) -> copy.put(number, segment.cache.clone()));
        return copy;
    }

    /// The same with segments of `bytes` bytes: what lies behind is zero and takes time to read.
    synchronized FaultyDisk cutTo(int bytes) {
        FaultyDisk copy = new FaultyDisk();
        segments.forEach(
                (number, segment) -> copy.put(number, Arrays.copyOf(segment.cache, bytes)));
        return copy;
    }

    /// As a power cut leaves it: what was synced, and some of the sectors that were not.
    synchronized FaultyDisk afterPowerCut(RandomGenerator random) {
        FaultyDisk copy = new FaultyDisk();
        segments.forEach((number, segment) -> {
            byte[] bytes = segment.platter.clone();
            for (int at = 0; at < bytes.length; at += SECTOR_BYTES) {
                if (random.nextBoolean()) {
                    int end = Math.min(bytes.length, at + SECTOR_BYTES);
                    System.arraycopy(segment.cache, at, bytes, at, end - at);
                }
            }
            copy.put(number, bytes);
        });
        return copy;
    }

    synchronized void put(long number, byte[] bytes) {
        segments.put(number, new Segment(bytes.clone(), bytes.clone()));
    }

    synchronized byte[] bytes(long number) {
        return segment(number).cache.clone();
    }

    synchronized byte[] platter(long number) {
        return segment(number).platter.clone();
    }

    synchronized void flip(long number, long bit) {
        byte[] bytes = segment(number).cache;
        bytes[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
    }

    synchronized void drop(long number) {
        segments.remove(number);
    }

    synchronized List<Write> writes() {
        return List.copyOf(writes);
    }

    synchronized int syncs() {
        return syncs;
    }

    synchronized int prepares() {
        return prepares;
    }

    // ---------------------------------------------------------------- as a disk

    private Segment segment(long number) {
        Segment found = segments.get(number);
        if (found == null) {
            throw new AssertionError("no segment " + number);
        }
        return found;
    }

    @Override
    public synchronized List<Long> segments() {
        return List.copyOf(segments.keySet());
    }

    @Override
    public synchronized SegmentFile prepare(long number, long size) throws IOException {
        prepares++;
        if (full) {
            throw new IOException("No space left on device");
        }
        if (segments.containsKey(number)) {
            throw new IOException("segment %d exists".formatted(number));
        }
        put(number, new byte[(int) size]);
        return new File(number, segment(number));
    }

    @Override
    public synchronized SegmentFile open(long number) throws IOException {
        Segment found = segments.get(number);
        if (found == null) {
            throw new IOException("no segment " + number);
        }
        return new File(number, found);
    }

    @Override
    public synchronized void compress(long number) throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
        segment(number).packed = true;
    }

    @Override
    public synchronized boolean isCompressed(long number) {
        return segment(number).packed;
    }

    @Override
    public synchronized void delete(long number) throws IOException {
        if (undeletable) {
            throw new IOException("Input/output error");
        }
        segments.remove(number);
    }

    @Override
    public synchronized void copy(long number, Path into) throws IOException {
        String name = String.format(Locale.ROOT, "%08d.log", number);
        Files.write(into.resolve(name), segment(number).cache);
    }

    private void sync(Segment segment) throws IOException {
        Runnable before;
        synchronized (this) {
            before = beforeSync;
        }
        before.run();
        synchronized (this) {
            syncs++;
            if (syncsToFail > 0) {
                syncsToFail--;
                System.arraycopy(segment.platter, 0, segment.cache, 0, segment.cache.length);
                throw new IOException("Input/output error");
            }
            System.arraycopy(segment.cache, 0, segment.platter, 0, segment.cache.length);
        }
    }

    private final class File implements SegmentFile {
        private final long number;
        private final Segment segment;
        private boolean closed;

        File(long number, Segment segment) {
            this.number = number;
            this.segment = segment;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                checkOpen();
                int length = bytes.remaining();
                int kept = writeFault.bytesWritten(number, position, length);
                byte[] stored = new byte[kept == WHOLE ? length : Math.min(kept, length)];
                bytes.get(stored);
                System.arraycopy(stored, 0, segment.cache, (int) position, stored.length);
                writes.add(new Write(number, position, length, ByteBuffer.wrap(stored)));
                if (kept != WHOLE) {
                    throw new IOException("Input/output error");
                }
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                checkOpen();
                int from = (int) Math.min(position, segment.cache.length);
                int count = Math.min(into.remaining(), segment.cache.length - from);
                into.put(segment.cache, from, count);
                return count;
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (FaultyDisk.this) {
                checkOpen();
            }
            FaultyDisk.this.sync(segment);
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new IOException("segment %d is closed".formatted(number));
            }
        }

        @Override
        public void close() {
            synchronized (FaultyDisk.this) {
                closed = true;
            }
        }
    }
}
