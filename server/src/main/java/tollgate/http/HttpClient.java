package tollgate.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollgate.http.Reply.Failure;

/// A HTTP/1.1 client of one event loop, with connections kept for reuse. It follows no redirect,
/// retries nothing, keeps no cookies and uses no proxy. All deadlines are seen by one tick, which
/// runs only while there is something to watch.
///
/// To be used on its event loop alone.
public final class HttpClient {
    private final EventLoops loops;
    private final int index;
    private final HttpClientSettings settings;
    private final EventLoop eventLoop;
    private final NetClient sockets;
    private final ClientSSLOptions tls;
    private final Map<Outbound.Origin, ConnectionStack> stacks = new HashMap<>();
    private final List<ClientCall> calls = new ArrayList<>();
    private @Nullable ScheduledFuture<?> tick;

    public HttpClient(EventLoops loops, int loop, HttpClientSettings settings) {
        this.loops = loops;
        this.index = loop;
        this.settings = settings;
        this.eventLoop = loops.netty(loop);
        this.tls = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
        if (settings.trusted() != null) {
            tls.setTrustOptions(new PemTrustOptions().addCertPath(settings.trusted().toString()));
        }
        NetClientOptions options =
                new NetClientOptions()
                        .setTcpNoDelay(true)
                        .setReceiveBufferSize(Sockets.KERNEL_BYTES_MAX);
        this.sockets = loops.vertx().createNetClient(options);
    }

    /// Sends a request.
    public Ongoing send(Outbound outbound) {
        if (!eventLoop.inEventLoop()) {
            throw new IllegalStateException(
                    "thread: %s (expected: event loop %d)"
                            .formatted(Thread.currentThread().getName(), index));
        }
        ClientCall call = new ClientCall(this, outbound, nanoTime());
        call.index(calls.size());
        calls.add(call);
        watch();
        stacks.computeIfAbsent(outbound.origin(), key -> new ConnectionStack(this, key)).send(call);
        return call;
    }

    /// Connections that stand or are being made, over all origins.
    public int connections() {
        int open = 0;
        for (ConnectionStack stack : stacks.values()) {
            open += stack.open();
        }
        return open;
    }

    /// Cancels what runs and closes all connections.
    public void close() {
        for (ClientCall call : List.copyOf(calls)) {
            call.expire(Failure.BROKEN);
        }
        for (ConnectionStack stack : List.copyOf(stacks.values())) {
            stack.close();
        }
        sockets.close();
    }

    private void watch() {
        if (tick == null) {
            long nanos = settings.tick().toNanos();
            tick =
                    eventLoop.scheduleWithFixedDelay(
                            loops.guarded(this::tick), nanos, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void tick() {
        long now = nanoTime();
        for (int i = calls.size() - 1; i >= 0; i--) {
            if (i < calls.size()) { // an expiry may end others
                ClientCall call = calls.get(i);
                Failure late = call.late(now);
                if (late != null) {
                    call.expire(late);
                }
            }
        }
        for (ConnectionStack stack : List.copyOf(stacks.values())) {
            stack.closeIdle(now);
        }
        if (calls.isEmpty() && stacks.isEmpty() && tick != null) {
            tick.cancel(false);
            tick = null;
        }
    }

    void done(ClientCall call) {
        ClientCall last = calls.removeLast();
        if (last != call) {
            calls.set(call.index(), last);
            last.index(call.index());
        }
    }

    void dropIfEmpty(Outbound.Origin origin, ConnectionStack stack) {
        if (stack.open() == 0) {
            stacks.remove(origin, stack);
        }
    }

    /// Connects on this client's loop, whatever context the caller is in.
    Future<NetSocket> connect(ConnectOptions options) {
        Promise<NetSocket> promise = Promise.promise();
        Context context = loops.context(index);
        context.runOnContext(_ -> sockets.connect(options).onComplete(promise));
        return promise.future();
    }

    void later(Runnable task) {
        loops.run(index, task);
    }

    void report(Throwable problem) {
        loops.report(problem);
    }

    HttpClientSettings settings() {
        return settings;
    }

    ClientSSLOptions tls() {
        return tls;
    }

    long nanoTime() {
        return loops.nanoTime();
    }
}
