package tollgate.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Segments as files of a folder: `00000001.log`, compressed `00000001.log.gz`. Nobody else changes
/// the folder while it is open.
final class FolderDisk implements Disk {
    private static final Pattern NAME = Pattern.compile("(\\d{8,18})\\.log(\\.gz)?");

    /// A compressed segment that is not finished; one that a killed process left is overwritten.
    private static final String HALF = ".half";

    /// Larger writes of zeros make every later write to the file dearer (JOURNAL 2).
    private static final int CHUNK_BYTES = 64 * 1024;

    /// Zeros that go to the disk at once; more would keep the journal's own syncs waiting.
    private static final long ZERO_SYNC_BYTES = 4L * 1024 * 1024;

    private final Path folder;
    private final ConcurrentSkipListSet<Long> numbers = new ConcurrentSkipListSet<>();

    FolderDisk(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    numbers.add(Long.parseLong(name.group(1)));
                }
            }
        }
    }

    @Override
    public List<Long> segments() {
        return List.copyOf(numbers);
    }

    @Override
    public SegmentFile prepare(long number, long size) throws IOException {
        Path path = plain(number);
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            zero(channel, size);
            syncFolder(folder);
            numbers.add(number);
            return new ChannelFile(channel);
        } catch (IOException e) {
            try (channel) {
                Files.deleteIfExists(path);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static void zero(FileChannel channel, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (long at = 0; at < size; at += CHUNK_BYTES) {
            zeros.clear().limit((int) Math.min(CHUNK_BYTES, size - at));
            writeAll(channel, zeros, at);
            if ((at + CHUNK_BYTES) % ZERO_SYNC_BYTES == 0) {
                channel.force(false);
            }
        }
        channel.force(true);
    }

    @Override
    public SegmentFile open(long number) throws IOException {
        try {
            return new ChannelFile(
                    FileChannel.open(
                            plain(number), StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (NoSuchFileException _) {
            return new PackedFile(packed(number)); // perhaps since this instant
        }
    }

    @Override
    public void compress(long number) throws IOException {
        Path plain = plain(number);
        Path half = folder.resolve(plain.getFileName() + ".gz" + HALF);
        try {
            pack(plain, half);
            compare(plain, half);
            Files.move(half, packed(number), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(half); // the disk may be full
            throw e;
        }
        syncFolder(folder);
        Files.delete(plain);
    }

    private static void pack(Path plain, Path half) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(
                                half,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                Fast out = new Fast(Channels.newOutputStream(channel))) {
            Files.copy(plain, out);
            out.finish();
            channel.force(true);
        }
    }

    /// What is deleted next is the only copy of what happened to people's money.
    private static void compare(Path plain, Path half) throws IOException {
        byte[] expected = new byte[CHUNK_BYTES];
        byte[] found = new byte[CHUNK_BYTES];
        try (InputStream from = Files.newInputStream(plain);
                InputStream back = new GZIPInputStream(Files.newInputStream(half), CHUNK_BYTES)) {
            int count;
            do {
                count = from.readNBytes(expected, 0, CHUNK_BYTES);
                int same = back.readNBytes(found, 0, CHUNK_BYTES);
                if (same != count || !Arrays.equals(expected, 0, count, found, 0, count)) {
                    throw new IOException("%s: reads back other than it was".formatted(half));
                }
            } while (count > 0);
        }
    }

    /// Level 1: a third of the time of the usual one, and the files are hardly larger.
    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, CHUNK_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    @Override
    public boolean isCompressed(long number) {
        return !Files.exists(plain(number));
    }

    @Override
    public void delete(long number) throws IOException {
        Files.delete(plain(number));
        numbers.remove(number);
        syncFolder(folder);
    }

    @Override
    public void copy(long number, Path into) throws IOException {
        Path from = isCompressed(number) ? packed(number) : plain(number);
        Path copy = into.resolve(from.getFileName());
        Files.copy(from, copy);
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        syncFolder(into);
    }

    private Path plain(long number) {
        return folder.resolve(String.format(Locale.US, "%08d.log", number));
    }

    private Path packed(long number) {
        return folder.resolve(String.format(Locale.US, "%08d.log.gz", number));
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes, long position)
            throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private record ChannelFile(FileChannel channel) implements SegmentFile {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            writeAll(channel, bytes, position);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int from = into.position();
            while (into.hasRemaining()) {
                if (channel.read(into, position + into.position() - from) < 0) {
                    break;
                }
            }
            return into.position() - from;
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
