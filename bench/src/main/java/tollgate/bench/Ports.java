package tollgate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Ports of this machine's loopback.
final class Ports {
    /// Below the range that outgoing connections use, so that none of them sits on a chosen port.
    private static final int LOWEST = 18_000;

    private static final int COUNT = 14_000;
    private static final int TRIES = 200;
    private static final int LIMIT_MS = 2_000;
    private static final byte[] HEALTH =
            "GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEALTHY = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

    private Ports() {}

    /// A port that is free now.
    static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = LOWEST + RandomGenerator.getDefault().nextInt(COUNT);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // Taken: try another.
            }
        }
        throw new BenchFailed("no free port between %d and %d".formatted(LOWEST, LOWEST + COUNT));
    }

    static boolean accepts(int port) {
        try (Socket _ = connect(port)) {
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /// Whether `GET /health` answers 200 right now.
    static boolean healthy(int port) {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(HEALTH);
            byte[] start = socket.getInputStream().readNBytes(HEALTHY.length);
            return Arrays.equals(start, HEALTHY);
        } catch (IOException refused) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }
}
