package tollgate.kit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One block of a server-sent stream, up to its blank line.
///
/// @param name the `event` field, or null
/// @param data the `data` lines joined with line feeds, or null when there was none
/// @param comments what followed the colons of comment lines
public record SseEvent(@Nullable String name, @Nullable String data, List<String> comments) {
    public SseEvent {
        comments = List.copyOf(comments);
    }

    public boolean isDone() {
        return "[DONE]".equals(data);
    }

    /// The data as JSON.
    public JsonNode json() {
        if (data == null) {
            throw new IllegalStateException("an event without data: " + comments);
        }
        return KitJson.read(data);
    }

    /// Splits a body into its blocks. What follows the last blank line is no event and left out.
    /// Source: the HTML standard, *Server-sent events*, except that blocks of comments are kept.
    public static List<SseEvent> parse(byte[] body) {
        String text =
                new String(body, StandardCharsets.UTF_8).replace("\r\n", "\n").replace('\r', '\n');
        var events = new ArrayList<SseEvent>();
        int from = 0;
        for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", from)) {
            String block = text.substring(from, end);
            if (!block.isBlank()) {
                events.add(block(block));
            }
            from = end + 2;
        }
        return events;
    }

    private static SseEvent block(String block) {
        String name = null;
        StringBuilder data = null;
        var comments = new ArrayList<String>();
        for (String line : block.lines().toList()) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            if (colon == 0) {
                comments.add(value.strip());
                continue;
            }
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("event")) {
                name = value;
            } else if (field.equals("data")) {
                data = data == null ? new StringBuilder(value) : data.append('\n').append(value);
            }
        }
        return new SseEvent(name, data == null ? null : data.toString(), comments);
    }
}
