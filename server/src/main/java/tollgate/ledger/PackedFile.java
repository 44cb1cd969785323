package tollgate.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import tollgate.ledger.Disk.SegmentFile;

/// A compressed segment, inflated as it is read: forward at little cost, backward by starting over.
/// Nobody writes it any more. Used by one thread.
final class PackedFile implements SegmentFile {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path path;
    private InputStream in;
    private long at;

    PackedFile(Path path) throws IOException {
        this.path = path;
        this.in = inflate();
    }

    private InputStream inflate() throws IOException {
        InputStream packed = Files.newInputStream(path);
        try {
            return new GZIPInputStream(packed, BUFFER_BYTES);
        } catch (IOException e) {
            packed.close();
            throw broken(e);
        }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        try {
            if (position < at) {
                in.close();
                in = inflate();
                at = 0;
            }
            while (at < position) {
                long skipped = in.skip(position - at);
                if (skipped == 0) {
                    return 0; // it ends before
                }
                at += skipped;
            }
            byte[] bytes = new byte[into.remaining()];
            int count = in.readNBytes(bytes, 0, bytes.length);
            at += count;
            into.put(bytes, 0, count);
            return count;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private IOException broken(IOException e) {
        return new IOException("journal segment %s: %s".formatted(path.getFileName(), e), e);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        throw new IOException("journal segment %s: not written any more".formatted(path));
    }

    @Override
    public void sync() {
        // It was, before its plain form was deleted.
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
