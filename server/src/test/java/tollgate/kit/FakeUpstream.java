package tollgate.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// FU: a scripted OpenAI-shaped provider on loopback that records every request it got.
///
/// ```java
/// try (var fu = FakeUpstream.start()) {
///     fu.on("gpt-4o-mini", Script.text("Hello", " there").usage(7, 2));
///     fu.on("flaky", Script.status(500), Script.text("fine"));   // one a request, the last stays
///     …
///     assertThat(fu.awaitRequests(1).getFirst().header("authorization")).isEqualTo("Bearer k");
/// }
/// ```
///
/// All methods may be called from any thread. [#close()] throws when a script could not be played,
/// so that a slip in a test does not look like a fault of the product.
public final class FakeUpstream implements AutoCloseable {
    public static final String ANY_MODEL = "*";

    private static final int BACKLOG = 4_096;
    private static final Duration AWAIT_MAX = Duration.ofSeconds(10);

    private final ServerSocket server;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Deque<Script>> scripts = new HashMap<>();
    private final List<Received> requests = new ArrayList<>();
    private final List<Throwable> slips = new ArrayList<>();
    private final Set<UpstreamConnection> open = new HashSet<>();
    private int requestsEver;
    private int connectionsEver;
    private boolean released;
    private boolean closed;
    private volatile Consumer<Socket> acceptHook = _ -> {};
    private volatile Consumer<Received> requestHook = _ -> {};

    private FakeUpstream(ServerSocket server) {
        this.server = server;
    }

    /// Listens on a free port of 127.0.0.1.
    public static FakeUpstream start() {
        return start(0);
    }

    public static FakeUpstream start(int port) {
        try {
            var server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(loopback(), port), BACKLOG);
            var fake = new FakeUpstream(server);
            Thread.ofVirtual().name("fake-upstream").start(fake::accept);
            return fake;
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
    }

    /// A port of 127.0.0.1 that nobody listens on: connecting to it is refused.
    public static int closedPort() {
        try (var socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
    }

    private static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    public int port() {
        return server.getLocalPort();
    }

    /// What a provider's `base-url` would be: with `/v1`, without a trailing slash.
    public String baseUrl() {
        return "http://127.0.0.1:%d/v1".formatted(port());
    }

    /// Scripts for a model, one a request; the last one stays.
    public FakeUpstream on(String model, Script... answers) {
        lock.lock();
        try {
            scripts.put(model, new ArrayDeque<>(List.of(answers)));
        } finally {
            lock.unlock();
        }
        return this;
    }

    /// Scripts for every model without its own.
    public FakeUpstream onAny(Script... answers) {
        return on(ANY_MODEL, answers);
    }

    /// Called with each new connection before a byte of it is read: the place to kill a process.
    public void onAccept(Consumer<Socket> hook) {
        acceptHook = hook;
    }

    /// Called with each whole request after it was recorded and before it is answered.
    public void onRequest(Consumer<Received> hook) {
        requestHook = hook;
    }

    /// Lets all held and paused answers go, and those to come until [#reset()].
    public void release() {
        lock.lock();
        try {
            released = true;
            requests.forEach(Received::release);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets scripts and records, lets held answers go, and holds later ones again.
    public void reset() {
        release();
        lock.lock();
        try {
            scripts.clear();
            requests.clear();
            released = false;
        } finally {
            lock.unlock();
        }
    }

    /// Every request since the start or [#reset()], in order of arrival.
    public List<Received> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    public List<Received> requests(String model) {
        return requests().stream().filter(request -> request.model().equals(model)).toList();
    }

    /// How many whole requests were ever accepted.
    public int requestsEver() {
        lock.lock();
        try {
            return requestsEver;
        } finally {
            lock.unlock();
        }
    }

    public int connectionsEver() {
        lock.lock();
        try {
            return connectionsEver;
        } finally {
            lock.unlock();
        }
    }

    /// Connections that neither side has closed.
    public int openSockets() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until at least so many requests have arrived.
    ///
    /// @throws AssertionError when they have not within 10 s
    public List<Received> awaitRequests(int count) {
        await("%d requests".formatted(count), () -> requests.size() >= count);
        return requests();
    }

    public List<Received> awaitRequests(int count, String model) {
        await("%d requests for %s".formatted(count, model), () -> requests(model).size() >= count);
        return requests(model);
    }

    /// Waits until the other side has closed the connection of this request.
    public void awaitPeerClosed(Received request) {
        await("the end of the connection of " + request, request::peerClosed);
    }

    public void awaitOpenSockets(int count) {
        await("%d open sockets".formatted(count), () -> open.size() == count);
    }

    /// Waits for anything that is read from this fake or its requests; checked at each change and
    /// every few milliseconds.
    ///
    /// @throws AssertionError when it does not come true within 10 s
    public void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + AWAIT_MAX.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError(
                            "waited %s for %s; got %d requests, %d open sockets"
                                    .formatted(AWAIT_MAX, what, requests.size(), open.size()));
                }
                changed.await(5, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, interrupted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<UpstreamConnection> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        try {
            server.close();
        } catch (IOException alreadyGone) {
            slip(alreadyGone);
        }
        left.forEach(UpstreamConnection::close);
        lock.lock();
        try {
            if (!slips.isEmpty()) {
                var error = new AssertionError("a script could not be played", slips.getFirst());
                slips.clear();
                throw error;
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (true) {
            Socket socket;
            try {
                socket = server.accept();
            } catch (IOException stopped) {
                return;
            }
            acceptHook.accept(socket);
            lock.lock();
            try {
                var connection = new UpstreamConnection(this, socket, ++connectionsEver);
                open.add(connection);
                changed.signalAll();
                if (closed) {
                    connection.close();
                } else {
                    connection.start();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Gives the request its number and its script.
    Script arrived(int connection, Received.Head head, byte[] body, Consumer<Received> record) {
        var completeNanos = System.nanoTime();
        Received request;
        Script script;
        lock.lock();
        try {
            request = new Received(++requestsEver, connection, head, body, completeNanos);
            record.accept(request);
            requests.add(request);
            script = nextScript(request.model());
            if (released) {
                request.release();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        requestHook.accept(request);
        return script;
    }

    private Script nextScript(String model) {
        var queue = scripts.containsKey(model) ? scripts.get(model) : scripts.get(ANY_MODEL);
        if (queue == null || queue.isEmpty()) {
            return Script.text("Hello", " from", " upstream");
        }
        return queue.size() > 1 ? queue.removeFirst() : queue.getFirst();
    }

    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void gone(UpstreamConnection connection) {
        lock.lock();
        try {
            open.remove(connection);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void slip(Throwable cause) {
        lock.lock();
        try {
            slips.add(cause);
        } finally {
            lock.unlock();
        }
    }
}
