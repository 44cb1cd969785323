package tollgate.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The server's part on one event loop: its connections, their deadlines by one tick for all, and
/// one flush a turn for each connection that wrote.
final class ServerLoop {
    private static final int SCRATCH_BYTES = 1_024;

    private final HttpServer server;
    private final int index;
    private final Front front;
    private final EventLoop eventLoop;
    private final List<ServerConnection> connections = new ArrayList<>();
    private final List<ServerConnection> written = new ArrayList<>();
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final Runnable flush = this::flush;
    private @Nullable ScheduledFuture<?> tick;

    ServerLoop(HttpServer server, int index, Front front) {
        this.server = server;
        this.index = index;
        this.front = front;
        this.eventLoop = server.loops().netty(index);
    }

    void start() {
        long nanos = server.settings().deadlines().tickNanos();
        tick =
                eventLoop.scheduleWithFixedDelay(
                        server.loops().guarded(this::tick), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    void stop() {
        if (tick != null) {
            tick.cancel(false);
        }
    }

    void accept(NetSocket socket) {
        Channel channel = Sockets.channel(socket);
        if (server.draining() || !server.admit()) {
            Sockets.turnAway(socket);
            return;
        }
        ServerConnection connection = new ServerConnection(this, channel);
        connection.index(connections.size());
        connections.add(connection);
        Sockets.add(socket, connection.decoder(), connection);
        if (!channel.isActive()) { // it left before our handlers stood
            connection.left();
        }
    }

    void remove(ServerConnection connection) {
        ServerConnection last = connections.removeLast();
        if (last != connection) {
            connections.set(connection.index(), last);
            last.index(connection.index());
        }
        server.left();
    }

    private void tick() {
        long now = server.loops().nanoTime();
        for (int i = connections.size() - 1; i >= 0; i--) {
            connections.get(i).tick(now);
        }
    }

    void closeIdle() {
        for (ServerConnection connection : List.copyOf(connections)) {
            connection.closeIfIdle();
        }
    }

    void closeAll() {
        for (ServerConnection connection : List.copyOf(connections)) {
            connection.close();
        }
    }

    /// Has the connection flushed at the end of this turn.
    void flushLater(ServerConnection connection) {
        if (written.isEmpty()) {
            eventLoop.execute(flush);
        }
        written.add(connection);
    }

    private void flush() {
        for (int i = 0; i < written.size(); i++) { // a flush may let others write
            written.get(i).flush();
        }
        written.clear();
    }

    HttpServer server() {
        return server;
    }

    int index() {
        return index;
    }

    Front front() {
        return front;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /// Room for whoever runs on this loop, to be used within one call.
    byte[] scratch() {
        return scratch;
    }

    void report(Throwable problem) {
        server.loops().report(problem);
    }
}
