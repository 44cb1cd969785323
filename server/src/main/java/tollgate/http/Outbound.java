package tollgate.http;

import io.vertx.core.buffer.Buffer;

/// A request that we send. `path` may carry a query; Host and Content-Length are added.
public record Outbound(
        Origin origin,
        String method,
        String path,
        Headers headers,
        Buffer body,
        Deadlines deadlines) {
    public Outbound {
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("path: it holds more than visible ASCII after a /");
        }
        if (!AsciiSet.UPPER_CASE.spells(method)) {
            throw new IllegalArgumentException("method: %s (expected: POST …)".formatted(method));
        }
    }

    @Override
    public String toString() {
        return "Outbound[%s %s, %d bytes]".formatted(method, origin, body.length());
    }
}
