package tollgate.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollgate.http.Headers;
import tollgate.unit.Digest;

/// Answers of calls with an idempotency key, one file each, named by their hold: written and synced
/// before the post that carries their digest, swept a day later or when no post came. Blocks;
/// thread-safe, since no two calls share a hold.
public final class Answers {
    /// Larger answers are not kept.
    static final int BYTES_MAX = 8 * 1024 * 1024;

    private static final String SUFFIX = ".answer";

    /// Header fields that are part of an answer; the others are each reply's own.
    private static final List<String> KEPT =
            List.of(
                    "content-type",
                    "cache-control",
                    "x-tollgate-cost",
                    "x-tollgate-route",
                    "x-tollgate-sandbox",
                    "x-tollgate-dropped",
                    "x-upstream-request-id");

    private final Path folder;
    private final Consumer<Exception> trouble;
    private final Consumer<Long> stored;

    /// Keeps answers in this folder, which is made if need be.
    ///
    /// @param stored told of each stored answer
    public Answers(Path folder, Consumer<Exception> trouble, Consumer<Long> stored)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.trouble = trouble;
        this.stored = stored;
    }

    record Field(String name, String value) {}

    /// A stored answer.
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Kept(List<Field> fields, byte[] body) {}

    /// Stores an answer and returns the digest of its file, or null when that fails.
    @Nullable Digest store(long hold, Headers headers, byte[] body) {
        StringBuilder head = new StringBuilder();
        for (String name : KEPT) {
            String value = headers.first(name);
            if (value != null) {
                head.append(name).append(": ").append(value.replace('\n', ' ')).append('\n');
            }
        }
        byte[] start = head.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(start.length + body.length).put(start).put(body);
        Path path = path(hold);
        try {
            write(path, file.flip());
            stored.accept(hold);
            return Digest.of(file.array());
        } catch (IOException e) {
            trouble.accept(e);
            remove(path);
            return null;
        }
    }

    private void write(Path path, ByteBuffer bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// The stored answer of a hold, or null when it is not there or not what was stored.
    @Nullable Kept find(long hold, Digest digest) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path(hold));
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException e) {
            trouble.accept(e);
            return null;
        }
        return Digest.of(bytes).equals(digest) ? parse(bytes) : null;
    }

    private static Kept parse(byte[] bytes) {
        List<Field> fields = new ArrayList<>();
        int at = 0;
        while (bytes[at] != '\n') {
            int end = at;
            while (bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            int colon = line.indexOf(": ");
            fields.add(new Field(line.substring(0, colon), line.substring(colon + 2)));
            at = end + 1;
        }
        byte[] body = new byte[bytes.length - at - 1];
        System.arraycopy(bytes, at + 1, body, 0, body.length);
        return new Kept(fields, body);
    }

    /// Removes all answers but those of these holds and of holds after `newest`, which may be on
    /// their way to their post.
    public void sweep(Set<Long> kept, long newest) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(SUFFIX)) {
                    continue;
                }
                long hold = Long.parseLong(name, 0, name.length() - SUFFIX.length(), 10);
                if (hold <= newest && !kept.contains(hold)) {
                    remove(file);
                }
            }
        } catch (IOException e) {
            trouble.accept(e);
        }
    }

    private void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            trouble.accept(e);
        }
    }

    private Path path(long hold) {
        return folder.resolve(hold + SUFFIX);
    }
}
