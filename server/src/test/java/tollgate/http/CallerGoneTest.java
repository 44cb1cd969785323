package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A caller who leaves is noticed within a second, however he leaves and whatever the server does.
class CallerGoneTest {
    private static final Duration NOTICED_MAX = Duration.ofSeconds(1);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    private final TestServer server = TestServer.start();
    private final AtomicInteger told = new AtomicInteger();
    private final CountDownLatch gone = new CountDownLatch(1);

    @AfterEach
    void stop() {
        assertThat(server.problems).isEmpty();
        server.close();
    }

    private void whenAsked(Consumer<Exchange> then) {
        server.front.handler =
                exchange -> {
                    exchange.onGone(() -> {
                        told.incrementAndGet();
                        gone.countDown();
                    });
                    then.accept(exchange);
                };
    }

    private void assertNoticed() throws InterruptedException {
        assertThat(gone.await(NOTICED_MAX.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        Exchange left = server.front.handled.getFirst();
        assertThat(left.gone()).isTrue();
        Await.until("the close", () -> server.server.connections() == 0);
        assertThat(told).hasValue(1);
    }

    private RawSocket asked(String request) {
        RawSocket caller = server.connect().send(request);
        Await.until("the request", () -> server.front.handled.size() == 1);
        return caller;
    }

    @Test
    void byClosingBeforeTheFirstByte() throws InterruptedException {
        whenAsked(_ -> {});
        asked(GET).close();
        assertNoticed();
    }

    @Test
    void byAResetBeforeTheFirstByte() throws InterruptedException {
        whenAsked(_ -> {});
        asked(GET).reset();
        assertNoticed();
    }

    @Test
    void byAHalfCloseBeforeTheFirstByte() throws InterruptedException {
        whenAsked(_ -> {});
        try (RawSocket caller = asked(GET)) {
            caller.halfClose();
            assertNoticed();
        }
    }

    @Test
    void byClosingInsideAStream() throws InterruptedException {
        whenAsked(exchange -> exchange.begin(200, Headers.NONE).write(Buffer.buffer("hello")));
        RawSocket caller = asked(GET);
        caller.readThrough("hello");
        caller.close();
        assertNoticed();
    }

    @Test
    void byAResetInsideAStream() throws InterruptedException {
        whenAsked(exchange -> exchange.begin(200, Headers.NONE).write(Buffer.buffer("hello")));
        asked(GET).reset();
        assertNoticed();
    }

    @Test
    void withRequestsStillInThePipe() throws InterruptedException {
        whenAsked(_ -> {});
        asked(GET + GET + GET).close();
        assertNoticed();
        assertThat(server.front.handled).hasSize(1);
    }

    @Test
    void withMoreInThePipeThanIsEverRead() throws InterruptedException {
        whenAsked(_ -> {});
        RawSocket caller = asked(GET);
        Thread.startVirtualThread(() -> {
            caller.send(new byte[4 << 20]); // stops halfway: nobody reads it
        });
        caller.reset();
        assertNoticed();
    }

    @Test
    void whileTheStreamIsFull() throws InterruptedException {
        whenAsked(exchange ->
                exchange.begin(200, Headers.NONE).write(Buffer.buffer(new byte[8 << 20])));
        asked(GET).close();
        assertNoticed();
    }

    @Test
    void toldAtOnceWhenAlreadyGone() throws InterruptedException {
        AtomicReference<Exchange> held = new AtomicReference<>();
        whenAsked(held::set);
        asked(GET).close();
        assertNoticed();
        CountDownLatch late = new CountDownLatch(1);
        held.get().run(() -> held.get().onGone(late::countDown));
        assertThat(late.await(1, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void answerToACallerWhoLeftIsDropped() throws InterruptedException {
        AtomicReference<Exchange> held = new AtomicReference<>();
        whenAsked(held::set);
        asked(GET).close();
        assertNoticed();
        Stream stream = held.get().begin(200, Headers.NONE);
        stream.write(Buffer.buffer("late"));
        stream.end();
    }

    @Test
    void notToldOnceTheAnswerIsWritten() {
        whenAsked(exchange -> exchange.answer(200, Headers.NONE, Buffer.buffer("ok")));
        try (RawSocket caller = asked(GET)) {
            assertThat(caller.answer()).endsWith("ok");
        }
        Await.until("the close", () -> server.server.connections() == 0);
        assertThat(told).hasValue(0);
    }

    @Test
    void sentIsToldWhenTheKernelHasTheLastByte() throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        whenAsked(exchange -> {
            exchange.onSent(sent::countDown);
            exchange.answer(200, Headers.NONE, Buffer.buffer("ok"));
        });
        try (RawSocket caller = asked(GET)) {
            assertThat(caller.answer()).endsWith("ok");
            assertThat(sent.await(1, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).hasValue(0);
    }

    @Test
    void goneIsToldInsteadOfSentWhenTheLastByteDidNotGoOut() throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        whenAsked(exchange -> {
            exchange.onSent(sent::countDown);
            exchange.answer(200, Headers.NONE, Buffer.buffer(new byte[8 << 20]));
        });
        asked(GET).reset();
        assertNoticed();
        assertThat(sent.getCount()).isEqualTo(1);
    }
}
