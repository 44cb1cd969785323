package tollgate.kit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An HTTP/1.1 client over a plain socket: sends any bytes, reads strictly, and leaves when and how
/// the test says. One thread at a time.
///
/// ```java
/// Response answer = RawClient.postJson(port, "/v1/embeddings", body, "Authorization: Bearer k");
/// try (var client = RawClient.connect(port)) {
///     client.post("/v1/chat/completions", body, "Authorization: Bearer k");
///     client.hangUpAfter(700, RawClient.Leaving.RESET);
/// }
/// ```
public final class RawClient implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 64 * 1024;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    private final Socket socket;
    private final BufferedInputStream in;

    /// How a caller leaves.
    public enum Leaving {
        /// Closes in an orderly way; what was not read yet makes the kernel send a reset after all.
        FIN,
        RESET
    }

    /// How an answer's body ended.
    public enum Ending {
        /// As its framing promised.
        COMPLETE,
        /// The connection ended, or was reset, before that.
        CUT
    }

    /// The status line and the fields, names in lower case.
    public record Head(int status, String reason, List<Map.Entry<String, String>> fields) {
        public @Nullable String header(String name) {
            String wanted = name.toLowerCase(Locale.ROOT);
            for (var field : fields) {
                if (field.getKey().equals(wanted)) {
                    return field.getValue();
                }
            }
            return null;
        }
    }

    /// A whole answer.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Response(Head head, byte[] body, Ending ending) {
        public int status() {
            return head.status();
        }

        public @Nullable String header(String name) {
            return head.header(name);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            return KitJson.read(body);
        }

        public List<SseEvent> events() {
            return SseEvent.parse(body);
        }

        @Override
        public String toString() {
            return "%d %s %s".formatted(status(), ending, text());
        }
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    }

    /// Connects to a port of 127.0.0.1; reads give up after 10 s.
    public static RawClient connect(int port) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
        return new RawClient(socket).readTimeout(READ_TIMEOUT);
    }

    /// One POST of JSON on a connection of its own; `headers` are whole lines.
    public static Response postJson(int port, String path, String json, String... headers)
            throws IOException {
        try (var client = connect(port)) {
            client.post(path, json, headers);
            return client.response();
        }
    }

    /// One request without body on a connection of its own.
    public static Response call(int port, String method, String path, String... headers)
            throws IOException {
        try (var client = connect(port)) {
            client.send(requestHead(method, path, headers) + "\r\n");
            return client.response(method);
        }
    }

    /// How long a read waits before it throws `SocketTimeoutException`.
    public RawClient readTimeout(Duration timeout) throws IOException {
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        return this;
    }

    /// A small receive buffer, for tests of back-pressure.
    public RawClient receiveBuffer(int bytes) throws IOException {
        socket.setReceiveBufferSize(bytes);
        return this;
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    public void send(String text) throws IOException {
        send(KitJson.utf8(text));
    }

    /// Sends a POST with JSON and does not wait for the answer.
    public void post(String path, String json, String... headers) throws IOException {
        byte[] body = KitJson.utf8(json);
        String head =
                requestHead("POST", path, headers)
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        var out = new ByteArrayOutputStream();
        out.writeBytes(KitJson.utf8(head));
        out.writeBytes(body);
        send(out.toByteArray());
    }

    private static String requestHead(String method, String path, String... headers) {
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String line : headers) {
            head.append(line).append("\r\n");
        }
        return head.toString();
    }

    /// Reads one whole answer; a body that breaks off is given as far as it came.
    ///
    /// @throws EOFException when the connection ends inside the head
    public Response response() throws IOException {
        return response("POST");
    }

    /// The answer to a request of this method: HEAD has no body, whatever its length says.
    public Response response(String method) throws IOException {
        Head head = head();
        var body = new ByteArrayOutputStream();
        Ending ending = Ending.COMPLETE;
        boolean bodiless = method.equals("HEAD") || head.status() == 204 || head.status() == 304;
        if (!bodiless) {
            try {
                readBody(head, body);
            } catch (SocketTimeoutException silent) {
                throw silent;
            } catch (IOException cut) {
                ending = Ending.CUT;
            }
        }
        return new Response(head, body.toByteArray(), ending);
    }

    /// Reads a head; interim answers (1xx) are skipped.
    public Head head() throws IOException {
        while (true) {
            Head head = readHead();
            if (head.status() >= 200) {
                return head;
            }
        }
    }

    private Head readHead() throws IOException {
        String[] words = line().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
            throw new IOException("status line: " + String.join(" ", words));
        }
        var fields = new ArrayList<Map.Entry<String, String>>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("header field: " + line);
            }
            fields.add(
                    Map.entry(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip()));
        }
        return new Head(
                Integer.parseInt(words[1]), words.length > 2 ? words[2] : "", List.copyOf(fields));
    }

    private void readBody(Head head, ByteArrayOutputStream body) throws IOException {
        String length = head.header("content-length");
        if (head.header("transfer-encoding") != null) {
            if (length != null) {
                throw new IOException("both transfer-encoding and content-length " + length);
            }
            while (readChunk(body)) {
                // The next one.
            }
        } else if (length != null) {
            readExactly(Long.parseLong(length), body);
        } else {
            in.transferTo(body);
        }
    }

    /// Reads one chunk of a chunked body; null at its end.
    ///
    /// @throws EOFException when the connection ends instead
    public byte @Nullable [] chunk() throws IOException {
        var bytes = new ByteArrayOutputStream();
        return readChunk(bytes) ? bytes.toByteArray() : null;
    }

    private boolean readChunk(ByteArrayOutputStream body) throws IOException {
        int size = Integer.parseInt(line(), 16);
        readExactly(size, body);
        String end = line();
        if (!end.isEmpty()) {
            throw new IOException("after a chunk of %d bytes: %s".formatted(size, end));
        }
        return size > 0;
    }

    /// Reads chunks until the body so far holds the text; gives the body so far.
    public String readUntil(String text) throws IOException {
        var body = new ByteArrayOutputStream();
        while (!body.toString(StandardCharsets.UTF_8).contains(text)) {
            if (!readChunk(body)) {
                throw new EOFException("the body ended without " + text);
            }
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /// Reads chunks until the body so far holds the text so many times.
    public String readUntilCount(String text, int count) throws IOException {
        var body = new ByteArrayOutputStream();
        while (body.toString(StandardCharsets.UTF_8).split(text, -1).length <= count) {
            if (!readChunk(body)) {
                throw new EOFException("the body ended without %d times %s".formatted(count, text));
            }
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /// Reads what is left of a chunked body.
    public String rest() throws IOException {
        var body = new ByteArrayOutputStream();
        while (readChunk(body)) {
            // The next one.
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private void readExactly(long size, ByteArrayOutputStream to) throws IOException {
        for (long left = size; left > 0; ) {
            byte[] bytes = new byte[(int) Math.min(left, 8 * 1024)];
            int count = in.read(bytes);
            if (count < 0) {
                throw new EOFException("%d of %d bytes missing".formatted(left, size));
            }
            to.write(bytes, 0, count);
            left -= count;
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (line.size() < LINE_BYTES_MAX) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended inside a line");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                if (!text.endsWith("\r")) {
                    throw new IOException("line without carriage return: " + text);
                }
                return text.substring(0, text.length() - 1);
            }
            line.write(b);
        }
        throw new IOException("line: more than %d bytes".formatted(LINE_BYTES_MAX));
    }

    /// Reads exactly so many raw bytes of the answer (fewer when it ends before), then leaves.
    public byte[] hangUpAfter(int bytes, Leaving leaving) throws IOException {
        byte[] read = in.readNBytes(bytes);
        leave(leaving);
        return read;
    }

    /// Whether the other side ends the connection without another byte, within the read time-out.
    public boolean endsNow() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException silent) {
            throw silent;
        } catch (IOException reset) {
            return true;
        }
    }

    /// Says that nothing more is sent, and keeps reading.
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    public void leave(Leaving leaving) throws IOException {
        if (leaving == Leaving.RESET) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    /// The raw bytes, for what the methods here do not foresee.
    public InputStream raw() {
        return in;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
