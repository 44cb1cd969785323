package tollgate.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Recorded traffic of real providers, in the folder `shared/recordings` beside the repository.
///
/// ```java
/// switch (Recordings.find()) {
///     case Recordings.Absent(String reason) -> report("recorded: not run, " + reason);
///     case Recordings.Found found -> found.rows().stream().filter(Row::isWholeTraffic)…
/// }
/// ```
public sealed interface Recordings {
    /// No recordings here, and why.
    record Absent(String reason) implements Recordings {}

    /// The folder and the rows of its index.
    record Found(Path folder, List<Row> rows) implements Recordings {
        public Found {
            rows = List.copyOf(rows);
        }

        public Exchange load(Row row) {
            return Exchange.read(folder.resolve(row.path()), row);
        }
    }

    /// One row of `INDEX.tsv`.
    ///
    /// @param status 0 where it was not recorded
    /// @param stream `none`, `sse`, `ndjson`, `payload-lines` (framing was lost) …
    /// @param fidelity `exact`, or what was changed when it was recorded
    record Row(
            String path,
            String provider,
            String protocol,
            String stream,
            int status,
            Set<String> features,
            String fidelity) {
        public Row {
            features = Set.copyOf(features);
        }

        /// Whether body bytes are those of the wire or of the wire but for the order of members.
        public boolean isFramed() {
            return !stream.equals("payload-lines");
        }
    }

    /// What was asked and answered.
    ///
    /// @param request null where only the answer was recorded
    record Exchange(Row row, @Nullable Request request, Response response) {
        static Exchange read(Path file, Row row) {
            JsonNode json;
            try {
                json = KitJson.read(Files.readAllBytes(file));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
            JsonNode asked = json.path("request");
            JsonNode answered = json.path("response");
            Request request =
                    asked.isObject()
                            ? new Request(
                                    asked.path("method").asString(),
                                    asked.path("url").asString(),
                                    headers(asked),
                                    body(asked))
                            : null;
            int status = answered.path("status").asInt(row.status());
            return new Exchange(
                    row, request, new Response(status, headers(answered), body(answered)));
        }

        private static Map<String, String> headers(JsonNode side) {
            var headers = new TreeMap<String, String>();
            for (var field : side.path("headers").properties()) {
                headers.put(field.getKey(), field.getValue().asString());
            }
            return headers;
        }

        private static byte[] body(JsonNode side) {
            JsonNode base64 = side.path("body_base64");
            return base64.isString()
                    ? Base64.getDecoder().decode(base64.stringValue())
                    : KitJson.utf8(side.path("body").asString(""));
        }

        /// The answer's body as the wire would carry it: lines that lost their framing get it back
        /// (an `event` line where the protocol names its events, and OpenAI's `[DONE]`).
        public byte[] wireBody() {
            if (row.isFramed()) {
                return response.body();
            }
            boolean named = !row.protocol().equals("openai-chat");
            var out = new StringBuilder();
            for (String line : response.text().lines().filter(l -> !l.isBlank()).toList()) {
                JsonNode payload = KitJson.readOrNull(KitJson.utf8(line));
                String type = named && payload != null ? payload.path("type").asString("") : "";
                if (!type.isEmpty()) {
                    out.append("event: ").append(type).append('\n');
                }
                out.append("data: ").append(line).append("\n\n");
            }
            return KitJson.utf8(named ? out.toString() : out.append("data: [DONE]\n\n").toString());
        }
    }

    /// What the recording client sent.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Request(String method, String url, Map<String, String> headers, byte[] body) {
        public Request {
            headers = Map.copyOf(headers);
        }
    }

    /// What the provider answered.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Response(int status, Map<String, String> headers, byte[] body) {
        public Response {
            headers = Map.copyOf(headers);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// Looks beside the repository that the tests run in.
    static Recordings find() {
        return find(Path.of(System.getProperty("user.dir")));
    }

    /// Looks beside the repository that holds a folder: the nearest one upwards with a `.git`.
    static Recordings find(Path from) {
        Path start = from.toAbsolutePath().normalize();
        Path root = start;
        while (root != null && !Files.exists(root.resolve(".git"))) {
            root = root.getParent();
        }
        if (root == null || root.getParent() == null) {
            return new Absent("no repository (.git) at or above " + start);
        }
        Path folder = root.resolveSibling("shared").resolve("recordings");
        Path index = folder.resolve("INDEX.tsv");
        if (!Files.isRegularFile(index)) {
            return new Absent("../shared/recordings/INDEX.tsv is absent beside the repository");
        }
        try {
            return new Found(folder, rows(Files.readAllLines(index)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Row> rows(List<String> lines) {
        var columns = List.of(lines.getFirst().split("\t", -1));
        var rows = new ArrayList<Row>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.isBlank()) {
                continue;
            }
            String[] cells = line.split("\t", -1);
            rows.add(
                    new Row(
                            cells[columns.indexOf("path")],
                            cells[columns.indexOf("provider")],
                            cells[columns.indexOf("protocol")],
                            cells[columns.indexOf("stream")],
                            status(cells[columns.indexOf("status")]),
                            words(cells[columns.indexOf("features")]),
                            cells[columns.indexOf("fidelity")]));
        }
        return rows;
    }

    private static int status(String cell) {
        return cell.isBlank() ? 0 : Integer.parseInt(cell);
    }

    private static Set<String> words(String cell) {
        return cell.isBlank() ? Set.of() : Set.of(cell.split(" ", -1));
    }
}
