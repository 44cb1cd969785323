package tollgate.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The folder of everything durable, held by one process at a time through a lock on its file
/// `lock`. The kernel drops the lock with the process, however it ends.
public final class DataFolder implements AutoCloseable {
    /// Folders this process holds. A second channel on the lock file would drop the lock when it
    /// closes (POSIX), so it must never be opened twice.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String LOCK = "lock";
    private static final int PID_BYTES_MAX = 20;

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the folder if need be, readable to its owner only, and takes it.
    ///
    /// @param pid of this process, for the message that the next one gets
    /// @throws DataFolderException when it cannot be used, or another process has it
    public static DataFolder open(Path folder, long pid) {
        try {
            Files.createDirectories(folder, ownerOnly(folder));
            Path real = folder.toRealPath();
            if (!HELD.add(real)) {
                throw inUse(folder, Long.toString(pid));
            }
            try {
                return new DataFolder(real, locked(real, pid));
            } catch (IOException | RuntimeException failed) {
                HELD.remove(real);
                throw failed;
            }
        } catch (IOException unusable) {
            throw new DataFolderException(
                    "data folder %s: %s (expected: a folder that this user may write)"
                            .formatted(folder, unusable),
                    unusable);
        }
    }

    /// Takes a folder that exists, unless another process has it.
    ///
    /// @throws DataFolderException when there is none, or it cannot be used
    public static Optional<DataFolder> openIfFree(Path folder, long pid) {
        if (!Files.isDirectory(folder)) {
            throw new DataFolderException(
                    "data folder %s: none there (expected: one that a start has made)"
                            .formatted(folder),
                    null);
        }
        try {
            return Optional.of(open(folder, pid));
        } catch (InUse _) {
            return Optional.empty();
        }
    }

    /// The process that has a folder, as far as its lock file tells; 0 when it does not.
    ///
    /// @param pid of this process
    public static long holder(Path folder, long pid) {
        try {
            // In this process, reading the file would drop the lock when it is closed again.
            if (HELD.contains(folder.toRealPath())) {
                return pid;
            }
            String text = Files.readString(folder.resolve(LOCK), StandardCharsets.US_ASCII);
            return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        } catch (IOException _) {
            return 0;
        }
    }

    static final class InUse extends DataFolderException {
        private InUse(String message) {
            super(message, null);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static FileChannel locked(Path folder, long pid) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = lock(channel);
        if (lock == null) {
            String holder = read(channel);
            channel.close();
            throw inUse(folder, holder);
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(Long.toString(pid).getBytes(StandardCharsets.US_ASCII)), 0);
        return channel;
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (IOException cannot) {
            channel.close();
            throw cannot;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return text.matches("[0-9]+") ? text : "unknown";
    }

    private static InUse inUse(Path folder, String pid) {
        return new InUse(
                ("data folder %s: in use by process %s"
                                + " (expected: stop it first, or name another folder with --data)")
                        .formatted(folder, pid));
    }

    public Path path() {
        return path;
    }

    public Path database() {
        return path.resolve("tollgate.db");
    }

    public Path journal() {
        return path.resolve("journal");
    }

    /// Gives the folder back; the lock file stays, for removing it would race with the next holder.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // The lock is gone with the descriptor either way.
        } finally {
            HELD.remove(path);
        }
    }
}
