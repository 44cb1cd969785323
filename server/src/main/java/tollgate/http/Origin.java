package tollgate.http;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a call goes: scheme, host and port. With a pinned address no name is resolved: the
/// connection goes to that address, while Host and the name in TLS stay the host.
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
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
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
        boolean usual = port == (tls() ? 443 : 80);
        return usual ? name : name + ":" + port;
    }
}
