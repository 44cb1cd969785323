package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static tollgate.provider.sandbox.SandboxStage.FIRST_BYTE;
import static tollgate.provider.sandbox.SandboxStage.IDLE;
import static tollgate.provider.sandbox.SandboxStage.ask;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tollgate.http.Reply;
import tollgate.http.Reply.Failure;

final class PlayedReplyTest {
    private static final Duration PACE = Duration.ofMillis(50);

    private final SandboxStage stage = new SandboxStage();
    private final HeardSink sink = new HeardSink();

    @Test
    void nothingIsDeliveredBeforeTheStartNorInsideIt() {
        Reply reply = stage.stream(ask("lorem", "x"));
        stage.loop.settle();
        reply.start(sink);
        assertThat(sink.chunks).isEmpty();
        stage.loop.settle();
        assertThat(sink.text()).endsWith("data: [DONE]\n\n");
        assertThat(sink.ended).isTrue();
    }

    @Test
    void slowTakesItsTimeEventByEvent() {
        stage.stream(ask("slow", "x")).start(sink);
        stage.loop.settle();
        assertThat(sink.text()).contains("One").doesNotContain("two");
        stage.loop.pass(PACE);
        assertThat(sink.text()).contains(" two").doesNotContain("three");
        stage.loop.pass(PACE.multipliedBy(17));
        assertThat(sink.text()).contains("nineteen").doesNotContain("twenty");
        assertThat(sink.ended).isFalse();
        stage.loop.pass(PACE);
        assertThat(sink.text()).contains("twenty").endsWith("[DONE]\n\n");
        assertThat(sink.ended).isTrue();
    }

    @Test
    void slowIsAsSlowWhenWhole() {
        stage.whole(ask("slow", "x")).start(sink);
        stage.loop.pass(Duration.ofMillis(999));
        assertThat(sink.chunks).isEmpty();
        stage.loop.pass(Duration.ofMillis(1));
        assertThat(sink.ended).isTrue();
    }

    @Test
    void pauseHoldsEverythingBackUntilResumed() {
        Reply reply = stage.stream(ask("slow", "x"));
        sink.onChunk = reply::pause;
        reply.start(sink);
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(sink.chunks).hasSize(1);
        reply.resume();
        reply.resume();
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(sink.chunks).hasSize(2);
        sink.onChunk = () -> {};
        reply.resume();
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(sink.ended).isTrue();
        assertThat(sink.chunks).hasSize(20);
    }

    @Test
    void pauseBeforeTheStartHoldsToo() {
        Reply reply = stage.whole(ask("lorem", "x"));
        reply.pause();
        reply.start(sink);
        stage.loop.settle();
        assertThat(sink.chunks).isEmpty();
        reply.resume();
        stage.loop.settle();
        assertThat(sink.ended).isTrue();
    }

    @Test
    void nothingComesAfterACancel() {
        Reply reply = stage.stream(ask("slow", "x"));
        reply.start(sink);
        stage.loop.settle();
        reply.cancel();
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(sink.chunks).hasSize(1);
        assertThat(sink.ended).isFalse();
        assertThat(sink.failure).isNull();
        assertThat(stage.loop.alarmsSet()).isZero();
        reply.cancel();
        reply.resume();
        stage.loop.settle();
        assertThat(sink.chunks).hasSize(1);
    }

    @Test
    void callGivenUpBeforeItsReplyNeverHasOne() {
        Promise<Reply> made = Promise.promise();
        var call = new PlayedCall(made.future());
        call.cancel();
        made.complete(stage.whole(ask("lorem", "x")));
        assertThat(call.reply().isComplete()).isFalse();
    }

    @Test
    void callGivenUpAfterItsReplyStopsIt() {
        Reply reply = stage.stream(ask("slow", "x"));
        var call = new PlayedCall(Future.succeededFuture(reply));
        reply.start(sink);
        stage.loop.settle();
        call.cancel();
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(call.reply().result()).isSameAs(reply);
        assertThat(sink.chunks).hasSize(1);
    }

    @Test
    void cancelInsideAChunkIsMinded() {
        Reply reply = stage.whole(ask("lorem", "x"));
        sink.onChunk = reply::cancel;
        reply.start(sink);
        stage.loop.pass(Duration.ofSeconds(60));
        assertThat(sink.ended).isFalse();
    }

    @Test
    void stallFallsSilentAfterItsFirstEventUntilTheIdleDeadline() {
        Reply reply = stage.stream(ask("stall", "x"));
        sink.onChunk = reply::committed;
        reply.start(sink);
        stage.loop.pass(IDLE.minusMillis(1));
        assertThat(sink.text()).contains("Lorem").endsWith("\n\n").doesNotContain("ipsum");
        assertThat(sink.failure).isNull();
        stage.loop.pass(Duration.ofMillis(1));
        assertThat(sink.failure).isEqualTo(Failure.STALLED);
    }

    @Test
    void stallBeforeTheCommitIsTheFirstBytesDeadline() {
        stage.whole(ask("stall", "x")).start(sink);
        stage.loop.pass(FIRST_BYTE.minusMillis(1));
        assertThat(sink.chunks).isEmpty();
        assertThat(sink.failure).isNull();
        stage.loop.pass(Duration.ofMillis(1));
        assertThat(sink.failure).isEqualTo(Failure.SILENT);
    }

    @Test
    void commitDuringTheSilenceChangesItsDeadline() {
        Reply reply = stage.stream(ask("stall", "x"));
        reply.start(sink);
        stage.loop.settle();
        reply.committed();
        stage.loop.pass(IDLE);
        assertThat(sink.failure).isEqualTo(Failure.STALLED);
    }

    @Test
    void idleClockStandsStillWhilePaused() {
        Reply reply = stage.stream(ask("stall", "x"));
        sink.onChunk = reply::committed;
        reply.start(sink);
        stage.loop.settle();
        reply.pause();
        stage.loop.pass(IDLE.multipliedBy(10));
        assertThat(sink.failure).isNull();
        reply.resume();
        stage.loop.pass(IDLE);
        assertThat(sink.failure).isEqualTo(Failure.STALLED);
    }

    @Test
    void cutBreaksHalfway() {
        HeardSink stream = stage.heard(stage.stream(ask("cut", "x")));
        assertThat(stream.failure).isEqualTo(Failure.BROKEN);
        assertThat(stream.text()).contains("Lorem", "ipsum").doesNotContain("laborum", "[DONE]");
        HeardSink whole = stage.heard(stage.whole(ask("cut", "x")));
        assertThat(whole.failure).isEqualTo(Failure.BROKEN);
        assertThat(whole.text()).startsWith("{").doesNotContain("usage");
    }

    @Test
    void longStreamsComeInChunksOfModestSize() {
        HeardSink heard = stage.heard(stage.stream(ask("echo", "word ".repeat(2_000))));
        assertThat(heard.chunks).hasSizeGreaterThan(10);
        assertThat(heard.chunks).allMatch(chunk -> chunk.length() < 10 * 1024);
        assertThat(heard.chunks).allMatch(chunk -> chunk.endsWith("\n\n"));
    }
}
