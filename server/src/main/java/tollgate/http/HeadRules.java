package tollgate.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.regex.Pattern;

/// What the head of a request must say, once its bytes are clean: a method and version of ours, one
/// host, one length.
///
/// One instance a connection; [#reset()] between requests.
final class HeadRules {
    private static final Map<String, HttpMethod> METHODS =
            Map.of(
                    "GET", HttpMethod.GET,
                    "HEAD", HttpMethod.HEAD,
                    "POST", HttpMethod.POST,
                    "PUT", HttpMethod.PUT,
                    "PATCH", HttpMethod.PATCH,
                    "DELETE", HttpMethod.DELETE,
                    "OPTIONS", HttpMethod.OPTIONS);
    private static final Pattern SOME_VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");
    private static final int LENGTH_DIGITS_MAX = 18; // what a long holds

    private int hosts;
    private int lengths; // lines of Content-Length or Transfer-Encoding

    void reset() {
        hosts = 0;
        lengths = 0;
    }

    static HttpMethod method(String word) {
        HttpMethod method = METHODS.get(word);
        if (method == null) {
            throw Refused.of(AsciiSet.TOKEN.spells(word) ? 405 : 400, "the method is none of ours");
        }
        return method;
    }

    static HttpVersion version(String word) {
        return switch (word) {
            case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
            case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
            default -> {
                boolean wellFormed = SOME_VERSION.matcher(word).matches();
                throw Refused.of(
                        wellFormed ? 505 : 400, "the version is neither HTTP/1.1 nor HTTP/1.0");
            }
        };
    }

    /// Counts a field by its name.
    void field(AsciiString name) {
        switch (name.length()) {
            case 4 -> hosts += name.contentEqualsIgnoreCase(HttpHeaderNames.HOST) ? 1 : 0;
            case 14 ->
                    lengths += name.contentEqualsIgnoreCase(HttpHeaderNames.CONTENT_LENGTH) ? 1 : 0;
            case 17 ->
                    lengths +=
                            name.contentEqualsIgnoreCase(HttpHeaderNames.TRANSFER_ENCODING) ? 1 : 0;
            default -> {}
        }
    }

    /// Judges a complete head whose fields were all counted.
    void check(HttpVersion version, HttpHeaders headers) {
        boolean old = version.equals(HttpVersion.HTTP_1_0);
        if (lengths > 1) {
            throw Refused.framing("the body's length is given twice (expected: once)");
        }
        if (lengths == 1) {
            checkLength(headers, old);
        }
        if (hosts != 1 && !(old && hosts == 0)) {
            throw Refused.framing("the head has %d Host fields (expected: 1)".formatted(hosts));
        }
        String host = headers.get(HttpHeaderNames.HOST);
        if (host != null && !AsciiSet.HOST.spells(host)) {
            throw Refused.framing("the Host field is no host (expected: name and port)");
        }
        String upgrade = headers.get(HttpHeaderNames.UPGRADE);
        // Java's own client offers h2c with every first request and takes no for an answer.
        if (upgrade != null && !upgrade.equalsIgnoreCase("h2c")) {
            throw Refused.framing("the connection is asked to change its protocol");
        }
    }

    private static void checkLength(HttpHeaders headers, boolean old) {
        String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && (old || !coding.equalsIgnoreCase("chunked"))) {
            throw Refused.framing("Transfer-Encoding is not chunked");
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length == null) {
            return;
        }
        if (length.length() > LENGTH_DIGITS_MAX || !AsciiSet.DIGIT.spells(length)) {
            throw Refused.framing("Content-Length is no number (expected: digits)");
        }
    }
}
