package tollgate.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An upstream at the level of bytes: each connection plays a script on a thread of its own.
final class RawUpstream implements AutoCloseable {
    private final ServerSocket listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();

    RawUpstream(Consumer<Peer> script) {
        try {
            listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.startVirtualThread(() -> accept(script));
    }

    /// Answers every request on a connection alike.
    static RawUpstream answering(String answer) {
        return new RawUpstream(peer -> {
            while (!peer.request().isEmpty()) {
                peer.send(answer);
            }
        });
    }

    private void accept(Consumer<Peer> script) {
        while (!listener.isClosed()) {
            try {
                Peer peer = new Peer(listener.accept(), connections.getAndIncrement());
                peers.add(peer);
                Thread.startVirtualThread(() -> {
                    try (peer) {
                        script.accept(peer);
                    }
                });
            } catch (IOException closed) {
                return;
            }
        }
    }

    Outbound.Origin origin() {
        return new Outbound.Origin("http", "127.0.0.1", listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        peers.forEach(Peer::close);
    }

    /// One connection, seen from the upstream.
    static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final int number;

        Peer(Socket socket, int number) {
            this.socket = socket;
            this.number = number;
        }

        /// The how manieth connection this is, from 0.
        int number() {
            return number;
        }

        /// The next request with its body, or nothing when the caller has left.
        String request() {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = read();
                if (b < 0) {
                    return "";
                }
                head.append((char) b);
            }
            String lower = head.toString().toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ");
            if (at >= 0) {
                int length = Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
                for (int i = 0; i < length; i++) {
                    head.append((char) read());
                }
            }
            return head.toString();
        }

        private int read() {
            try {
                return in().read();
            } catch (SocketException closed) {
                return -1;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private InputStream in() throws IOException {
            return socket.getInputStream();
        }

        Peer send(String latin1) {
            return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
        }

        Peer send(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException closed) {
                // the client left; the test sees that at the client
            }
            return this;
        }

        /// Waits until the client has closed.
        void awaitClosed() {
            while (read() >= 0) {
                // what it still sent
            }
        }

        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
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
}
