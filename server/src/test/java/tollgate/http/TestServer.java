package tollgate.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import tollgate.unit.RequestId;

/// A real server on a free port, with one recording front for all its loops.
final class TestServer implements AutoCloseable {
    final RecordingFront front = new RecordingFront();
    final List<Throwable> problems = new CopyOnWriteArrayList<>();
    final EventLoops loops;
    final HttpServer server;
    private final AtomicLong ids = new AtomicLong();

    TestServer(int loopCount, HttpServerSettings settings) {
        loops = Await.result(EventLoops.start(loopCount, System::nanoTime, problems::add));
        server =
                Await.result(
                        HttpServer.start(
                                loops,
                                settings,
                                () -> new RequestId(0, ids.incrementAndGet()),
                                _ -> front));
    }

    static TestServer start() {
        return new TestServer(1, settings());
    }

    static TestServer start(HttpServerSettings settings) {
        return new TestServer(1, settings);
    }

    static HttpServerSettings settings() {
        return HttpServerSettings.on("127.0.0.1", 0);
    }

    /// Long everywhere, so that a test shortens the one it is about.
    static HttpServerSettings.Deadlines patient() {
        Duration long_ = Duration.ofMinutes(1);
        return new HttpServerSettings.Deadlines(long_, long_, long_, long_, Duration.ofMillis(100));
    }

    RawSocket connect() {
        return RawSocket.to(server.port());
    }

    /// What one request gets.
    String ask(String request) {
        try (RawSocket caller = connect()) {
            return caller.send(request).answer();
        }
    }

    @Override
    public void close() {
        Await.result(loops.close());
    }
}
