package tollgate.wire.openai;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One golden file of a folder below `golden/`.
record Golden(String name, JsonNode json) {
    private static final JsonMapper JACKSON = JsonMapper.builder().build();

    /// All of a folder's files; an empty folder must not pass as a green one.
    static List<Golden> in(String folder) {
        Path path = Path.of("src/test/resources/golden", folder);
        try (Stream<Path> files = Files.list(path)) {
            List<Golden> goldens = files.sorted().map(Golden::read).toList();
            if (goldens.isEmpty()) {
                throw new IllegalStateException("no golden files in " + folder);
            }
            return goldens;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Golden read(Path file) {
        return new Golden(file.getFileName().toString(), JACKSON.readTree(file.toFile()));
    }

    /// The bytes of a member, as Jackson writes it.
    byte[] bytes(String member) {
        return JACKSON.writeValueAsBytes(json.get(member));
    }

    @Override
    public String toString() {
        return name;
    }
}
