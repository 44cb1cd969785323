package tollgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tollgate.bench.mock.MockAnswers;
import tollgate.bench.mock.MockUpstream;
import tollgate.bench.mock.Pace;

class LoadTest {
    private static final Duration RUN = Duration.ofMillis(150);

    private final Load load = new Load();

    @AfterEach
    void close() {
        load.close();
    }

    @Test
    void everyAnswerOfAClosedLoopIsRightAndCounted() {
        try (var mock = new MockUpstream(0, Pace.BURST)) {
            var expect = new Expect.Whole(MockAnswers.WHOLE_BODY_BYTES);
            Tally tally = load.closedLoop(mock.port(), shot("{}", expect), 8, RUN);
            assertThat(tally.firstFailure()).isNull();
            assertThat(tally.answers()).isPositive().isEqualTo(mock.requests());
            assertThat(tally.latency().total()).isEqualTo(tally.answers());
        }
    }

    @ParameterizedTest
    @EnumSource(Pace.class)
    void streamsAreWholeAtEveryPaceWithAndWithoutUsage(Pace pace) {
        try (var mock = new MockUpstream(0, pace)) {
            String usage = "{\"stream\" : true,\"stream_options\":{\"include_usage\": true}}";
            var lines = new Expect.Events(MockAnswers.STREAM_LINES_WITH_USAGE);
            Tally with = load.closedLoop(mock.port(), shot(usage, lines), 4, RUN);
            assertThat(with.firstFailure()).isNull();
            assertThat(with.answers()).isPositive();
            var fewer = new Expect.Events(MockAnswers.STREAM_LINES_WITH_USAGE - 1);
            Tally without = load.closedLoop(mock.port(), shot("{\"stream\":true}", fewer), 4, RUN);
            assertThat(without.firstFailure()).isNull();
            assertThat(without.answers()).isPositive();
        }
    }

    @Test
    void constantRateSendsExactlyItsRequests() {
        try (var mock = new MockUpstream(0, Pace.BURST)) {
            var shot = shot("{}", new Expect.Whole(MockAnswers.WHOLE_BODY_BYTES));
            Tally tally = load.constantRate(mock.port(), shot, 200, Duration.ofMillis(1_250));
            assertThat(tally.answers()).isEqualTo(250).isEqualTo(mock.requests());
            assertThat(tally.latency().total()).isEqualTo(50);
            assertThat(tally.latency().quantile(0.5)).isPositive();
        }
    }

    @Test
    void idleStreamsBeginAndStaySilent() {
        try (var mock = new MockUpstream(0, Pace.BURST)) {
            var shot = shot("{\"model\":\"hold-model\"}", new Expect.Events(1));
            try (IdleStreams _ = load.idleStreams(mock.port(), shot, 120)) {
                assertThat(mock.requests()).isEqualTo(120);
            }
        }
    }

    @Test
    void wrongAnswersEndTheRunEarlyAndAreShown() {
        try (var mock = new MockUpstream(0, Pace.BURST)) {
            var shot = shot("{}", new Expect.Whole(1));
            Tally tally = load.closedLoop(mock.port(), shot, 2, Duration.ofSeconds(30));
            assertThat(tally.answers()).isZero();
            assertThat(tally.failures()).isBetween(100L, 101L);
            assertThat(tally.firstFailure()).startsWith("body of 1024 bytes (expected: 1)");
        }
    }

    @Test
    void closedPortIsAFailure() {
        Tally tally = load.closedLoop(1, shot("{}", new Expect.Whole(1)), 2, RUN);
        assertThat(tally.failures()).isEqualTo(2);
        assertThat(tally.firstFailure()).contains("refused");
    }

    @Test
    void keysAreTakenInTurn() {
        var shot = Shot.chat(List.of("k1", "k2"), new byte[0], new Expect.Whole(1));
        var texts =
                List.of(request(shot), request(shot), request(shot)).stream()
                        .map(text -> text.replaceAll("(?s).*Bearer (\\w+).*", "$1"))
                        .toList();
        assertThat(texts).containsExactly("k1", "k2", "k1");
    }

    private static String request(Shot shot) {
        var buffer = shot.request(UnpooledByteBufAllocator.DEFAULT);
        String text = buffer.toString(StandardCharsets.US_ASCII);
        buffer.release();
        return text;
    }

    private static Shot shot(String body, Expect expect) {
        return Shot.chat(List.of("key"), body.getBytes(StandardCharsets.US_ASCII), expect);
    }
}
