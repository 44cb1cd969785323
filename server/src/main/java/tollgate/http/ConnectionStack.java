package tollgate.http;

import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import tollgate.http.Reply.Failure;

/// The connections of one event loop to one origin: unused ones on a stack, so that the warmest is
/// taken and the coldest time out; a bounded queue when all are busy.
final class ConnectionStack {
    private final HttpClient client;
    private final Outbound.Origin origin;
    private final byte[] authority;
    private final ArrayDeque<ClientConnection> unused = new ArrayDeque<>();
    private final ArrayDeque<ClientCall> waiting = new ArrayDeque<>();
    private int open; // standing or being made
    private int connecting;

    ConnectionStack(HttpClient client, Outbound.Origin origin) {
        this.client = client;
        this.origin = origin;
        this.authority = Answers.ascii(origin.authority());
    }

    byte[] authority() {
        return authority;
    }

    int open() {
        return open;
    }

    void send(ClientCall call) {
        ClientConnection warmest = take();
        if (warmest != null) {
            warmest.send(call);
        } else if (open < client.settings().connectionsPerOriginMax()) {
            waiting.add(call);
            connect(call.outbound().deadlines());
        } else if (waiting.size() - connecting < client.settings().waitingPerOriginMax()) {
            waiting.add(call);
        } else {
            call.fail(Failure.UNREACHABLE, null);
        }
    }

    private @Nullable ClientConnection take() {
        ClientConnection found = unused.pollLast();
        while (found != null && !found.usable()) {
            found = unused.pollLast();
        }
        return found;
    }

    private void connect(Outbound.Deadlines deadlines) {
        open++;
        connecting++;
        SocketAddress address =
                origin.pinned() == null
                        ? SocketAddress.inetSocketAddress(origin.port(), origin.host())
                        : SocketAddress.inetSocketAddress(
                                origin.port(), origin.pinned().getHostAddress());
        ConnectOptions options =
                new ConnectOptions()
                        .setRemoteAddress(address)
                        .setHost(origin.host())
                        .setPort(origin.port())
                        .setTimeout(
                                (int) Math.min(deadlines.connect().toMillis(), Integer.MAX_VALUE))
                        .setSsl(origin.tls());
        if (origin.tls()) {
            options.setSniServerName(origin.host()).setSslOptions(client.tls());
        }
        client.connect(options)
                .onComplete(done -> {
                    connecting--;
                    if (done.succeeded()) {
                        connected(done.result());
                    } else {
                        notConnected(done.cause());
                    }
                });
    }

    private void connected(NetSocket socket) {
        ClientConnection connection = new ClientConnection(this, Sockets.channel(socket));
        Sockets.add(socket, new StrictResponseDecoder(connection), connection);
        if (connection.usable()) {
            giveBack(connection);
        } else {
            connection.close();
        }
    }

    private void notConnected(Throwable cause) {
        open--;
        ClientCall first = nextWaiting();
        if (first != null) {
            first.fail(Failure.UNREACHABLE, cause);
        }
        connectForWaiting();
    }

    private void connectForWaiting() {
        waiting.removeIf(ClientCall::over);
        ClientCall first = waiting.peek();
        if (first == null) {
            client.dropIfEmpty(origin, this);
        } else if (connecting < waiting.size()
                && open < client.settings().connectionsPerOriginMax()) {
            connect(first.outbound().deadlines());
        }
    }

    private @Nullable ClientCall nextWaiting() {
        ClientCall next = waiting.poll();
        while (next != null && next.over()) {
            next = waiting.poll();
        }
        return next;
    }

    /// Gives a free connection to the call that waits longest, or keeps it.
    void giveBack(ClientConnection connection) {
        ClientCall next = nextWaiting();
        if (next != null) {
            connection.send(next);
        } else {
            connection.idleSinceNanos(client.nanoTime());
            unused.addLast(connection);
        }
    }

    void closed(ClientConnection connection) {
        open--;
        unused.remove(connection);
        connectForWaiting();
    }

    void closeIdle(long nowNanos) {
        long idleNanos = client.settings().idle().toNanos();
        ClientConnection coldest = unused.peekFirst();
        while (coldest != null && nowNanos - coldest.idleSinceNanos() >= idleNanos) {
            coldest.close();
            coldest = unused.peekFirst();
        }
    }

    void close() {
        while (!unused.isEmpty()) {
            unused.getLast().close();
        }
    }
}
