package tollgate.http;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A client on a loop of its own, and what its calls came to.
final class TestClient implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Outbound.Deadlines PATIENT = new Outbound.Deadlines(LONG, LONG, LONG, LONG);

    final List<Throwable> problems = new CopyOnWriteArrayList<>();
    final EventLoops loops = Await.result(EventLoops.start(1, System::nanoTime, problems::add));
    final HttpClient client;

    TestClient() {
        this(HttpClientSettings.DEFAULT);
    }

    TestClient(HttpClientSettings settings) {
        client = new HttpClient(loops, 0, settings);
    }

    static HttpClientSettings settings(int connectionsMax, int waitingMax, Duration idle) {
        return new HttpClientSettings(
                connectionsMax, waitingMax, idle, Duration.ofMillis(10), null);
    }

    static Outbound get(Outbound.Origin origin) {
        return get(origin, PATIENT);
    }

    static Outbound get(Outbound.Origin origin, Outbound.Deadlines deadlines) {
        return new Outbound(origin, "GET", "/a", Headers.NONE, Buffer.buffer(), deadlines);
    }

    static Outbound post(Outbound.Origin origin, Buffer body) {
        return new Outbound(origin, "POST", "/a?b=c", Headers.of("x-key", "k"), body, PATIENT);
    }

    /// Sends on the loop.
    Call send(Outbound outbound) {
        return send(outbound, Call::new);
    }

    Call send(Outbound outbound, Function<TestClient, Call> kind) {
        Call call = kind.apply(this);
        loops.run(
                0,
                () ->
                        client.send(outbound)
                                .reply()
                                .onSuccess(call::begin)
                                .onFailure(call::failedBefore));
        return call;
    }

    /// What one exchange of a request comes to when it ends as it should.
    Call ask(Outbound outbound) {
        Call call = send(outbound);
        call.awaitEnd();
        return call;
    }

    int connections() {
        Promise<Integer> count = Promise.promise();
        loops.run(0, () -> count.complete(client.connections()));
        return Await.result(count.future());
    }

    @Override
    public void close() {
        Await.result(loops.close());
    }

    /// One call: reads all, and keeps it.
    static class Call implements Reply.Sink {
        final TestClient client;
        final Buffer body = Buffer.buffer();
        private final AtomicInteger chunksSeen = new AtomicInteger();
        private final AtomicInteger endsSeen = new AtomicInteger();
        volatile Reply reply;
        volatile Reply.Failure failure;

        @SuppressWarnings("NullAway") // both are null until the call has come so far
        Call(TestClient client) {
            this.client = client;
        }

        void begin(Reply arrived) {
            reply = arrived;
            arrived.committed();
            arrived.start(this);
        }

        void failedBefore(Throwable cause) {
            failure = ((Reply.CallFailed) cause).failure();
            endsSeen.incrementAndGet();
        }

        @Override
        public void chunk(Buffer bytes) {
            synchronized (body) {
                body.appendBuffer(bytes);
            }
            chunksSeen.incrementAndGet();
        }

        @Override
        public void end() {
            endsSeen.incrementAndGet();
        }

        @Override
        public void failed(Reply.Failure why) {
            failure = why;
            endsSeen.incrementAndGet();
        }

        int chunks() {
            return chunksSeen.get();
        }

        /// How often it ended; more than once would be a fault.
        int ends() {
            return endsSeen.get();
        }

        Call awaitEnd() {
            Await.until("the end of the call", () -> ends() > 0);
            return this;
        }

        String text() {
            synchronized (body) {
                return body.toString();
            }
        }

        int length() {
            synchronized (body) {
                return body.length();
            }
        }

        /// Runs on the client's loop.
        void run(Runnable task) {
            client.loops.run(0, task);
        }
    }
}
