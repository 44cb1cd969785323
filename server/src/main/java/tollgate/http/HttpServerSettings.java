package tollgate.http;

import java.time.Duration;

/// The numbers of the server. `port` 0 takes a free one.
public record HttpServerSettings(String host, int port, Limits limits, Deadlines deadlines) {
    public static HttpServerSettings on(String host, int port) {
        return new HttpServerSettings(host, port, Limits.DEFAULT, Deadlines.DEFAULT);
    }

    public HttpServerSettings with(Limits other) {
        return new HttpServerSettings(host, port, other, deadlines);
    }

    public HttpServerSettings with(Deadlines other) {
        return new HttpServerSettings(host, port, limits, other);
    }

    /// Bounds on what callers may send. Bodies have one of their own for each path, which the
    /// [Front] names.
    ///
    /// @param lineBytesMax the request line (more: 414)
    /// @param headBytesMax request line and header fields together (more: 431)
    /// @param fieldsMax header fields (more: 431)
    /// @param bufferedBytesMax all request bodies in memory together (more: 503)
    /// @param connectionsMax open connections (more: closed at once)
    public record Limits(
            int lineBytesMax,
            int headBytesMax,
            int fieldsMax,
            long bufferedBytesMax,
            int connectionsMax) {
        public static final Limits DEFAULT = new Limits(8_192, 32_768, 100, 512L << 20, 10_000);
    }

    /// How long callers may take, to the precision of the tick: a quarter of the shortest, at most
    /// 250 ms.
    ///
    /// @param head from the first byte of a head to its last (late: 408)
    /// @param body from the head to the last byte of the body (late: 408)
    /// @param idle a connection without a request (closed)
    /// @param stall an answer of which the caller takes not one byte (cut)
    /// @param linger from a refusal to the close, so that the refusal is read
    public record Deadlines(
            Duration head, Duration body, Duration idle, Duration stall, Duration linger) {
        public static final Deadlines DEFAULT =
                new Deadlines(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(1));

        private static final long TICK_NANOS_MAX = 250_000_000;

        long tickNanos() {
            long shortest = TICK_NANOS_MAX * 4;
            for (Duration each : new Duration[] {head, body, idle, stall, linger}) {
                shortest = Math.min(shortest, each.toNanos());
            }
            return shortest / 4;
        }
    }
}
