package tollgate.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Segments as files of a folder: `00000001.log`, compressed `00000001.log.gz`.
final class FolderDisk implements Disk {
    private static final Pattern NAME = Pattern.compile("(\\d{8,18})\\.log(\\.gz)?");

    /// Larger writes of zeros make every later write to the file dearer (JOURNAL 2).
    private static final int ZERO_BYTES = 64 * 1024;

    private final Path folder;

    FolderDisk(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
    }

    @Override
    public List<Long> segments() throws IOException {
        TreeSet<Long> numbers = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    numbers.add(Long.parseLong(name.group(1)));
                }
            }
        }
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
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZERO_BYTES);
            for (long at = 0; at < size; at += ZERO_BYTES) {
                zeros.clear().limit((int) Math.min(ZERO_BYTES, size - at));
                writeAll(channel, zeros, at);
            }
            channel.force(true);
            syncFolder();
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

    @Override
    public SegmentFile open(long number) throws IOException {
        Path plain = plain(number);
        if (Files.exists(plain)) {
            return new ChannelFile(
                    FileChannel.open(plain, StandardOpenOption.READ, StandardOpenOption.WRITE));
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed(number)))) {
            return new MemoryFile(in.readAllBytes());
        }
    }

    @Override
    public void compress(long number) throws IOException {
        Path plain = plain(number);
        Path half = folder.resolve(plain.getFileName() + ".gz.half");
        try (FileChannel channel =
                        FileChannel.open(
                                half,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                OutputStream out =
                        new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            Files.copy(plain, out);
            ((GZIPOutputStream) out).finish();
            channel.force(true);
        }
        Files.move(half, packed(number), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
        Files.delete(plain);
    }

    @Override
    public boolean isCompressed(long number) {
        return !Files.exists(plain(number));
    }

    @Override
    public void delete(long number) throws IOException {
        Files.delete(plain(number));
        syncFolder();
    }

    private Path plain(long number) {
        return folder.resolve(String.format(Locale.US, "%08d.log", number));
    }

    private Path packed(long number) {
        return folder.resolve(String.format(Locale.US, "%08d.log.gz", number));
    }

    private void syncFolder() throws IOException {
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
        public long size() {
            try {
                return channel.size();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

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

    /// A compressed segment, inflated: nobody writes it any more.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record MemoryFile(byte[] bytes) implements SegmentFile {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            throw new IOException("a compressed segment is not written");
        }

        @Override
        public int read(ByteBuffer into, long position) {
            int count = (int) Math.min(into.remaining(), Math.max(0, bytes.length - position));
            into.put(bytes, (int) Math.min(position, bytes.length), count);
            return count;
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }
}
