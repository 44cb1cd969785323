package tollgate.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A caller at the level of bytes.
final class RawSocket implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    private RawSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static RawSocket to(int port) {
        return to(port, 0);
    }

    /// A caller whose kernel buffers only so many bytes for it.
    static RawSocket to(int port, int receiveBufferBytes) {
        try {
            Socket socket = new Socket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return new RawSocket(socket);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Lines of text as they stand on the wire, with CR LF.
    static String wire(String lines) {
        return lines.replace("\n", "\r\n");
    }

    RawSocket send(String latin1) {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawSocket send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException closed) {
            // the server may refuse before all is sent; what it said is still read
        }
        return this;
    }

    /// Sends nothing more, but reads on.
    void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Leaves in good order, before the test is over.
    void leave() {
        close();
    }

    /// Leaves with a reset.
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// One answer with a Content-Length, or the chunked text as it is framed, up to its end.
    String answer() {
        String head = readThrough("\r\n\r\n");
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        if (at >= 0) {
            int end = lower.indexOf('\r', at);
            return head + read(Integer.parseInt(lower.substring(at + 16, end)));
        }
        return lower.contains("transfer-encoding: chunked")
                ? head + readThrough("0\r\n\r\n")
                : head;
    }

    /// Up to and with some text, or to the end of the connection.
    String readThrough(String mark) {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(mark, Math.max(0, text.length() - mark.length())) < 0) {
            int b = readByte();
            if (b < 0) {
                break;
            }
            text.append((char) b);
        }
        return text.toString();
    }

    String read(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Everything up to the end of the connection.
    String readAll() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int b = readByte(); b >= 0; b = readByte()) {
            all.write(b);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private int readByte() {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
