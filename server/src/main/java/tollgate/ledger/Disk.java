package tollgate.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// Where segments lie. The real one is [FolderDisk]; tests put faults in between.
interface Disk {
    /// Numbers of all segments, ascending; prepared and compressed ones too.
    List<Long> segments() throws IOException;

    /// A new segment of `size` zero bytes, it and the folder's entry synced. On failure nothing is
    /// left behind.
    SegmentFile prepare(long number, long size) throws IOException;

    /// An existing segment; a compressed one can only be read.
    SegmentFile open(long number) throws IOException;

    /// Replaces a segment that nobody writes any more by its compressed form. Who reads the plain
    /// one goes on.
    void compress(long number) throws IOException;

    boolean isCompressed(long number);

    /// Removes a prepared segment that was never used.
    void delete(long number) throws IOException;

    /// Copies a segment that nobody writes any more into another folder, synced.
    void copy(long number, Path into) throws IOException;

    /// One segment's bytes; positional, so that several threads may use it.
    interface SegmentFile extends AutoCloseable {
        /// Writes all of `bytes`.
        void write(ByteBuffer bytes, long position) throws IOException;

        /// Reads until `into` is full or the file ends; returns the bytes read.
        int read(ByteBuffer into, long position) throws IOException;

        /// fdatasync.
        void sync() throws IOException;

        @Override
        void close() throws IOException;
    }
}
