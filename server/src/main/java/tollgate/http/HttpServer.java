package tollgate.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import tollgate.unit.RequestId;

/// A strict HTTP/1.1 server over all event loops; each loop has its own [Front]. Callable from any
/// thread.
public final class HttpServer {
    private static final int ACCEPT_BACKLOG = 1_024;

    private final EventLoops loops;
    private final HttpServerSettings settings;
    private final Supplier<RequestId> ids;
    private final BodyBudget budget;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<ServerLoop> serverLoops = new ArrayList<>();
    private final List<NetServer> listeners = new ArrayList<>();
    private volatile boolean draining;

    private HttpServer(EventLoops loops, HttpServerSettings settings, Supplier<RequestId> ids) {
        this.loops = loops;
        this.settings = settings;
        this.ids = ids;
        this.budget = new BodyBudget(settings.limits().bufferedBytesMax());
    }

    /// Binds and listens.
    ///
    /// @param ids names requests; called on the event loops
    /// @param fronts makes the front of the loop with this index
    public static Future<HttpServer> start(
            EventLoops loops,
            HttpServerSettings settings,
            Supplier<RequestId> ids,
            IntFunction<Front> fronts) {
        HttpServer server = new HttpServer(loops, settings, ids);
        int port = settings.port() == 0 ? loops.sharedFreePort() : settings.port();
        Future<NetServer> bound = Future.succeededFuture();
        for (int i = 0; i < loops.count(); i++) {
            ServerLoop loop = new ServerLoop(server, i, fronts.apply(i));
            server.serverLoops.add(loop);
            bound = bound.compose(_ -> server.listen(loop, port));
        }
        return bound.map(server).onFailure(_ -> server.abandon());
    }

    /// Leaves nothing behind of a start that failed halfway.
    private void abandon() {
        serverLoops.forEach(ServerLoop::stop);
        listeners.forEach(NetServer::close);
    }

    private Future<NetServer> listen(ServerLoop loop, int port) {
        NetServerOptions options =
                new NetServerOptions()
                        .setAcceptBacklog(ACCEPT_BACKLOG)
                        .setTcpNoDelay(true)
                        .setSendBufferSize(Sockets.KERNEL_BYTES_MAX);
        Promise<NetServer> bound = Promise.promise();
        // On the context, since Vert.x serves a listener's connections where it began to listen.
        loops.context(loop.index())
                .runOnContext(_ -> {
                    NetServer listener =
                            loops.vertx().createNetServer(options).connectHandler(loop::accept);
                    listeners.add(listener);
                    loop.start();
                    listener.listen(port, settings.host()).onComplete(bound);
                });
        return bound.future();
    }

    /// The port that is really bound.
    public int port() {
        return listeners.getFirst().actualPort();
    }

    /// The address that is really bound, as the start of a URL.
    public String address() {
        String host = settings.host();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port());
    }

    /// The address as a process of this machine reaches it: one that stands for all addresses of
    /// the machine becomes loopback's.
    public String localAddress() {
        return switch (settings.host()) {
            case "0.0.0.0" -> "http://127.0.0.1:%d".formatted(port());
            case "::", "0:0:0:0:0:0:0:0" -> "http://[::1]:%d".formatted(port());
            default -> address();
        };
    }

    /// Open connections.
    public int connections() {
        return connections.get();
    }

    /// Bytes of request bodies in memory.
    public long bufferedBytes() {
        return budget.taken();
    }

    /// Stops accepting, lets what runs come to its end, then closes: after `grace` at the latest.
    public Future<Void> drain(Duration grace) {
        draining = true;
        for (ServerLoop loop : serverLoops) {
            loops.run(loop.index(), loop::closeIdle);
            // Vert.x' own close at the end of the grace would wait for callers who take nothing.
            loops.runAfter(loop.index(), grace, loop::closeAll);
        }
        List<Future<Void>> closed = new ArrayList<>();
        for (NetServer listener : listeners) {
            closed.add(listener.shutdown(grace.toNanos(), TimeUnit.NANOSECONDS));
        }
        return Future.join(closed)
                .compose(_ -> settle())
                .onComplete(_ -> serverLoops.forEach(ServerLoop::stop));
    }

    /// A turn of each loop, in which the last connections tell that they were closed.
    private Future<Void> settle() {
        List<Future<Void>> turns = new ArrayList<>();
        for (ServerLoop loop : serverLoops) {
            Promise<Void> turn = Promise.promise();
            loops.run(loop.index(), turn::complete);
            turns.add(turn.future());
        }
        return Future.join(turns).mapEmpty();
    }

    EventLoops loops() {
        return loops;
    }

    HttpServerSettings settings() {
        return settings;
    }

    BodyBudget budget() {
        return budget;
    }

    RequestId newId() {
        return ids.get();
    }

    boolean draining() {
        return draining;
    }

    /// Counts one connection more, unless there are too many.
    boolean admit() {
        if (connections.incrementAndGet() <= settings.limits().connectionsMax()) {
            return true;
        }
        connections.decrementAndGet();
        return false;
    }

    void left() {
        connections.decrementAndGet();
    }
}
