package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.provider.sandbox.SandboxStage.ask;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.http.EventLoops;
import tollgate.http.Reply;
import tollgate.provider.Provider.Call;
import tollgate.provider.Provider.Delivery;
import tollgate.provider.Provider.Operation;

final class HttpLoopTest {
    private final ConcurrentLinkedQueue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoops loops = EventLoops.start(2, System::nanoTime, uncaught::add).await();
    private final Sandbox sandbox =
            new Sandbox(
                    () -> Instant.ofEpochSecond(0),
                    index -> new HttpLoop(loops, index, workers),
                    Duration.ofMillis(50));

    @AfterEach
    void stop() {
        loops.close().await();
        workers.close();
        assertThat(uncaught).isEmpty();
    }

    @Test
    void everythingHappensOnTheLoopOfTheCall() throws Exception {
        for (int loop = 0; loop < 2; loop++) {
            for (String body :
                    new String[] {
                        ask("slow", "x"), ask("echo", "x y ".repeat(20_000)), ask("stall", "x")
                    }) {
                assertThat(loopsOf(loop, body)).containsExactly(loop);
            }
        }
    }

    @Test
    void cancelledCallIsNotHeardOfAgain() throws TimeoutException {
        Promise<Void> later = Promise.promise();
        loops.run(
                0,
                () -> {
                    var loop = new HttpLoop(loops, 0, workers);
                    var timer = loop.after(Duration.ofMillis(5), () -> later.fail("came"));
                    loop.after(Duration.ofMillis(10), later::complete);
                    timer.cancel();
                });
        later.future().await(10, TimeUnit.SECONDS);
    }

    /// On which loops the reply to a streamed call was heard.
    private Set<Integer> loopsOf(int loop, String body) throws TimeoutException {
        var call =
                new Call(
                        loop,
                        Operation.CHAT_COMPLETIONS,
                        Buffer.buffer(body),
                        Delivery.STREAM,
                        Duration.ofMillis(50));
        Promise<Set<Integer>> seen = Promise.promise();
        loops.run(
                loop,
                () ->
                        sandbox.send(call)
                                .reply()
                                .onSuccess(reply -> reply.start(new Watcher(seen)))
                                .onFailure(seen::fail));
        return seen.future().await(10, TimeUnit.SECONDS);
    }

    private final class Watcher implements Reply.Sink {
        private final Promise<Set<Integer>> seen;
        private final Set<Integer> heardOn = ConcurrentHashMap.newKeySet();

        Watcher(Promise<Set<Integer>> seen) {
            this.seen = seen;
        }

        private void note() {
            heardOn.add(loops.inside(0) ? 0 : loops.inside(1) ? 1 : -1);
        }

        @Override
        public void chunk(Buffer bytes) {
            note();
        }

        @Override
        public void end() {
            note();
            seen.complete(heardOn);
        }

        @Override
        public void failed(Reply.Failure failure) {
            end();
        }
    }
}
