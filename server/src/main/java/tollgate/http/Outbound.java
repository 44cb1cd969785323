package tollgate.http;

import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request that we send. `path` may carry a query; Host and Content-Length are added.
public record Outbound(
        Origin origin,
        String method,
        String path,
        Headers headers,
        Buffer body,
        Deadlines deadlines) {
    private static final int PORT_MAX = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    public Outbound {
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("path: it holds more than visible ASCII after a /");
        }
        if (!AsciiSet.UPPER_CASE.spells(method)) {
            throw new IllegalArgumentException("method: %s (expected: POST …)".formatted(method));
        }
    }

    @Override
    public String toString() { // paths may hold a webhook's secret
        return "Outbound[%s %s, %d bytes]".formatted(method, origin, body.length());
    }

    /// Where a call goes: scheme, host and port. With a pinned address no name is resolved: the
    /// connection goes to that address, while Host and the name in TLS stay the host's.
    public record Origin(String scheme, String host, int port, @Nullable InetAddress pinned) {
        public Origin {
            scheme = scheme.toLowerCase(Locale.ROOT);
            host = host.toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "scheme: %s (expected: http or https)".formatted(scheme));
            }
            if (!AsciiSet.HOST.spells(host)) {
                throw new IllegalArgumentException("host: %s (expected: a name)".formatted(host));
            }
            if (port < 1 || port > PORT_MAX) {
                throw new IllegalArgumentException(
                        "port: %d (expected: 1 to %d)".formatted(port, PORT_MAX));
            }
        }

        public Origin(String scheme, String host, int port) {
            this(scheme, host, port, null);
        }

        boolean tls() {
            return scheme.equals("https");
        }

        /// The value of the Host field.
        String authority() {
            String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            boolean usual = port == (tls() ? HTTPS_PORT : HTTP_PORT);
            return usual ? name : name + ":" + port;
        }
    }

    /// How long a call may take, to the precision of the client's tick (100 ms).
    ///
    /// @param connect until the connection stands, TLS included ([Reply.Failure#UNREACHABLE])
    /// @param firstByte from the sending until [Reply#committed()] ([Reply.Failure#SILENT])
    /// @param idle between two pieces of the body after that ([Reply.Failure#STALLED])
    /// @param total for the whole call ([Reply.Failure#TOO_LONG])
    public record Deadlines(Duration connect, Duration firstByte, Duration idle, Duration total) {}
}
