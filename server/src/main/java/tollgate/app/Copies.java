package tollgate.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import tollgate.db.ReadOnlyDatabase;
import tollgate.ledger.Ledger;
import tollgate.wire.json.Json;

/// Makes a data folder on which a gateway starts with what there is now, while calls run: database,
/// journal, then all other files. A folder without its database is not a finished one, so that gets
/// its name last.
final class Copies {
    private static final String DATABASE = "tollgate.db";
    private static final String JOURNAL = "journal";

    private final Path from;
    private final Path to;

    private Copies(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    /// What was copied.
    record Made(Path folder, int segments, long bytes) {
        Json.Obj toJson() {
            return Json.obj()
                    .put("folder", folder.toString())
                    .put("segments", segments)
                    .put("bytes", bytes);
        }
    }

    /// How database and journal are copied: by the gateway that writes them, or at rest.
    @FunctionalInterface
    private interface Writing {
        void copy(Path database, Path journal) throws IOException;
    }

    /// Copies the folder of a gateway that runs.
    ///
    /// @throws RefusedException when the target will not do
    static Made running(Path from, Path to, Ledger ledger) throws IOException {
        return new Copies(from, to).make(ledger::backup);
    }

    /// Copies a folder that this process holds, and nobody writes.
    ///
    /// @throws RefusedException when the target will not do
    static Made atRest(Path from, Path to) throws IOException {
        Copies copies = new Copies(from, to);
        return copies.make((database, _) -> {
            try (ReadOnlyDatabase rows = ReadOnlyDatabase.open(from.resolve(DATABASE))) {
                rows.copyTo(database);
            }
            copies.segments();
        });
    }

    private Made make(Writing writing) throws IOException {
        boolean isNew = prepare();
        try {
            Path half = to.resolve(DATABASE + ".half");
            writing.copy(half, Files.createDirectory(to.resolve(JOURNAL)));
            sync(to.resolve(JOURNAL));
            others();
            syncFile(half);
            Files.move(half, to.resolve(DATABASE));
            sync(to);
            return made();
        } catch (IOException | RuntimeException e) {
            Trees.deleteWithin(to, Path.of(""));
            if (isNew) {
                Files.delete(to);
            }
            throw e;
        }
    }

    /// Makes the target if need be.
    private boolean prepare() throws IOException {
        boolean isNew = !Files.exists(to);
        if (isNew) {
            Files.createDirectories(
                    to,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } else if (!Files.isDirectory(to) || !isEmpty(to)) {
            throw new RefusedException(
                    "folder %s: not empty".formatted(to), "an empty folder, or a new one");
        }
        if (to.toRealPath().startsWith(from)) {
            Files.delete(to);
            throw new RefusedException(
                    "folder %s: inside the data folder".formatted(to), "a place of its own");
        }
        return isNew;
    }

    private Made made() throws IOException {
        int segments = 0;
        long bytes = Files.size(to.resolve(DATABASE));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(to.resolve(JOURNAL))) {
            for (Path segment : all) {
                segments++;
                bytes += Files.size(segment);
            }
        }
        return new Made(to, segments, bytes);
    }

    private void segments() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(from.resolve(JOURNAL))) {
            for (Path segment : all) {
                copy(segment);
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isEmpty();
        }
    }

    /// Everything beside database and journal, such as kept answers. After the journal: what its
    /// records name was written before them.
    private void others() throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) throws IOException {
                        if (folder.equals(from)) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (isOwn(folder)) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        Files.createDirectory(to.resolve(from.relativize(folder)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!isOwn(file)) {
                            copy(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        return gone(e);
                    }
                });
    }

    /// Whether it is copied otherwise, or belongs to the process that runs.
    private boolean isOwn(Path path) {
        if (!from.equals(path.getParent())) {
            return false;
        }
        String name = path.getFileName().toString();
        return name.startsWith(DATABASE)
                || name.equals(JOURNAL)
                || name.equals("lock")
                || ServerFile.isName(name);
    }

    private void copy(Path file) throws IOException {
        Path copy = to.resolve(from.relativize(file));
        try {
            Files.copy(file, copy);
            syncFile(copy);
        } catch (NoSuchFileException e) {
            var _ = gone(e);
        }
    }

    /// Answers that nobody may ask for any more are swept while we go.
    private static FileVisitResult gone(IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    private static void syncFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
