package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.provider.sandbox.SandboxStage.ask;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.http.Reply;
import tollgate.provider.Provider.Call;
import tollgate.provider.Provider.Delivery;
import tollgate.provider.Provider.Operation;

final class SandboxOnVertxTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void everythingHappensOnTheLoopOfTheCall() throws Exception {
        var sandbox =
                new Sandbox(
                        () -> Instant.ofEpochSecond(0),
                        new VertxLoop(vertx),
                        Duration.ofMillis(100));
        Set<Context> contexts = ConcurrentHashMap.newKeySet();
        for (String body : new String[] {ask("slow", "x"), ask("echo", "x y ".repeat(20_000))}) {
            Context context = vertx.getOrCreateContext();
            contexts.add(context);
            Promise<Set<Context>> seen = Promise.promise();
            context.runOnContext(_ ->
                    sandbox.send(call(body))
                            .onSuccess(reply -> reply.start(new Watcher(seen)))
                            .onFailure(seen::fail));
            assertThat(
                            seen.future()
                                    .toCompletionStage()
                                    .toCompletableFuture()
                                    .get(10, TimeUnit.SECONDS))
                    .containsExactly(context);
        }
        assertThat(contexts).hasSize(2);
    }

    private static Call call(String body) {
        return new Call(
                0,
                Operation.CHAT_COMPLETIONS,
                Buffer.buffer(body),
                Delivery.STREAM,
                Duration.ofSeconds(1));
    }

    /// Notes on which contexts it is called.
    private record Watcher(Promise<Set<Context>> seen, Set<Context> contexts)
            implements Reply.Sink {
        Watcher(Promise<Set<Context>> seen) {
            this(seen, new HashSet<>());
        }

        @Override
        public void chunk(Buffer bytes) {
            contexts.add(Vertx.currentContext());
        }

        @Override
        public void end() {
            contexts.add(Vertx.currentContext());
            seen.complete(contexts);
        }

        @Override
        public void failed(Reply.Failure failure) {
            seen.fail(failure.name());
        }
    }

    /// What the application gives the sandbox.
    private record VertxLoop(Vertx vertx) implements Loop {
        @Override
        public void soon(Runnable task) {
            vertx.getOrCreateContext().runOnContext(_ -> task.run());
        }

        @Override
        public Timer after(Duration time, Runnable task) {
            long id = vertx.setTimer(time.toMillis(), _ -> task.run());
            return () -> vertx.cancelTimer(id);
        }

        @Override
        public <T> Future<T> apart(Callable<T> task) {
            return vertx.executeBlocking(task, false).map(Objects::requireNonNull);
        }
    }
}
