package tollgate.wire.openai;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One recorded exchange with a provider, from the folder `shared/recordings` beside the
/// repository, if there is one.
record Recorded(
        String path,
        String provider,
        String stream,
        int status,
        @Nullable String url,
        @Nullable String request,
        @Nullable String response) {
    static final JsonMapper JACKSON = JsonMapper.builder().build();
    private static final Path FOLDER = Path.of("../../shared/recordings");

    /// Whether the folder is there; when it is not, says that the test did not run.
    static boolean isAbsent(String test) {
        if (Files.isDirectory(FOLDER)) {
            return false;
        }
        System.out.println(
                test + ": not run, no folder ../shared/recordings beside the repository");
        return true;
    }

    /// The rows of a protocol.
    static List<Recorded> rows(String protocol, Predicate<Recorded> filter) {
        try {
            List<Recorded> rows = new ArrayList<>();
            List<String> lines = Files.readAllLines(FOLDER.resolve("INDEX.tsv"));
            for (String line : lines.subList(1, lines.size())) {
                String[] columns = line.split("\t", -1);
                if (columns[2].equals(protocol)) {
                    Recorded row = load(columns);
                    if (filter.test(row)) {
                        rows.add(row);
                    }
                }
            }
            return rows;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Recorded load(String[] columns) {
        JsonNode json = JACKSON.readTree(FOLDER.resolve(columns[0]).toFile());
        return new Recorded(
                columns[0],
                columns[1],
                columns[3],
                columns[4].isEmpty() ? 0 : Integer.parseInt(columns[4]),
                json.path("request").path("url").asStringOpt().orElse(null),
                json.path("request").path("body").asStringOpt().orElse(null),
                json.path("response").path("body").asStringOpt().orElse(null));
    }

    boolean isAccepted() {
        return status == 200;
    }

    boolean isStream() {
        return stream.equals("sse") || stream.equals("payload-lines");
    }

    byte[] requestBytes() {
        return request == null ? new byte[0] : request.getBytes(StandardCharsets.UTF_8);
    }

    byte[] responseBytes() {
        return response == null ? new byte[0] : response.getBytes(StandardCharsets.UTF_8);
    }

    /// The answer as the wire had it: some recordings lost the frames of their events.
    byte[] streamBytes() {
        if (!stream.equals("payload-lines") || response == null) {
            return responseBytes();
        }
        StringBuilder framed = new StringBuilder();
        response.lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> framed.append("data: ").append(line).append("\n\n"));
        return framed.append("data: [DONE]\n\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return path;
    }
}
