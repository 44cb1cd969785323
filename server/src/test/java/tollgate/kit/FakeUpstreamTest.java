package tollgate.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.RawClient.Ending;
import tollgate.kit.RawClient.Leaving;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script.End;
import tollgate.kit.Script.UsageAt;

final class FakeUpstreamTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String WHOLE =
            """
            {"model":"m","messages":[{"role":"user","content":"Grüße"}]}\
            """;
    private static final String STREAM =
            """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}\
            """;

    private final FakeUpstream fu = FakeUpstream.start();

    @AfterEach
    void stop() {
        fu.close();
    }

    @Test
    void answersWholeInTheShapeOfOpenAi() throws IOException {
        fu.on("m", Script.text("Hel", "lo").usage(7, 3).usageWith("\"x\":1"));

        Response answer = post(WHOLE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(answer.json().at("/choices/0/message/content").asString()).isEqualTo("Hello");
        assertThat(answer.json().at("/usage").toString())
                .isEqualTo(
                        """
                        {"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"x":1}\
                        """);
    }

    @Test
    void streamsRoleTextFinishUsageAndDone() throws IOException {
        fu.on("m", Script.text("Hel", "lo").toolCall("f", "{\"a\":1}").keepAlives(1));

        var events = post(STREAM).events();

        assertThat(events.getFirst().comments()).containsExactly("keep-alive");
        assertThat(events.getLast().isDone()).isTrue();
        var chunks = events.subList(1, events.size() - 1).stream().map(SseEvent::json).toList();
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        var text = new StringBuilder();
        var arguments = new StringBuilder();
        for (var chunk : chunks) {
            text.append(chunk.at("/choices/0/delta/content").asString(""));
            arguments.append(
                    chunk.at("/choices/0/delta/tool_calls/0/function/arguments").asString(""));
        }
        assertThat(text).hasToString("Hello");
        assertThat(arguments).hasToString("{\"a\":1}");
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asString())
                .isEqualTo("tool_calls");
        assertThat(chunks.getLast().at("/usage/total_tokens").asInt()).isEqualTo(30);
        assertThat(chunks.getLast().path("choices")).isEmpty();
    }

    @Test
    void usageIsToldOnlyWhenAskedUnlessTheScriptSaysSo() throws IOException {
        String unasked = STREAM.replace("true}", "false}");
        fu.on(
                "m",
                Script.text("x"),
                Script.text("x").usageUnasked(),
                Script.text("x").usageUnasked().usageAt(UsageAt.FINISH_EVENT),
                Script.text("x").withoutUsage().withoutDone());

        assertThat(post(unasked).text()).doesNotContain("usage").endsWith("[DONE]\n\n");
        assertThat(post(unasked).text()).contains("\"choices\":[],\"usage\":{");
        assertThat(post(unasked).text()).contains("\"finish_reason\":\"stop\"}],\"usage\":{");
        assertThat(post(STREAM).text()).doesNotContain("usage").doesNotContain("[DONE]");
    }

    @Test
    void recordsEveryByteItGotAndSent() throws IOException {
        Response answer = post(WHOLE);

        Received request = fu.awaitRequests(1).getFirst();
        assertThat(request.text()).isEqualTo(WHOLE);
        assertThat(request.path()).isEqualTo(CHAT);
        assertThat(request.target()).isEqualTo(CHAT + "?q=1");
        assertThat(request.header("Authorization")).isEqualTo("Bearer k");
        assertThat(new String(request.headBytes(), UTF_8))
                .startsWith("POST " + CHAT + "?q=1 HTTP/1.1\r\n")
                .endsWith("\r\n\r\n");
        assertThat(request.model()).isEqualTo("m");
        fu.await("the answer", request::answered);
        assertThat(new String(request.sent(), UTF_8)).endsWith(answer.text());
        assertThat(request.firstNanos()).isLessThanOrEqualTo(request.completeNanos());
        assertThat(request.completeNanos()).isLessThan(request.firstSentNanos());
    }

    @Test
    void scriptsAreUsedOneARequestAndTheLastStays() throws IOException {
        fu.on("m", Script.status(429).retryAfter("3"), Script.body("{\"error\":{}}"));
        fu.onAny(Script.text("any"));

        Response first = post(WHOLE);
        assertThat(first.status()).isEqualTo(429);
        assertThat(first.header("retry-after")).isEqualTo("3");
        assertThat(first.json().at("/error/message").asString()).contains("429");
        assertThat(post(WHOLE).text()).isEqualTo("{\"error\":{}}");
        assertThat(post(WHOLE).text()).isEqualTo("{\"error\":{}}");
        assertThat(post(WHOLE.replace("\"m\"", "\"o\"")).text()).contains("any");
    }

    @Test
    void oneConnectionServesManyRequestsInOrder() throws IOException {
        fu.on("m", Script.text("1"), Script.text("2"), Script.text("3"));
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, WHOLE);
            client.post(CHAT, STREAM);
            assertThat(client.response().text()).contains("\"1\"");
            assertThat(client.response().text()).contains("\"2\"");
            client.post(CHAT, WHOLE);
            assertThat(client.response().text()).contains("\"3\"");
        }
        assertThat(fu.requests()).extracting(Received::connection).containsExactly(1, 1, 1);
        assertThat(fu.connectionsEver()).isEqualTo(1);
        fu.awaitOpenSockets(0);
    }

    @Test
    void heldAnswerWaitsForItsRelease() throws IOException {
        fu.on("m", Script.text("late").held());
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, WHOLE);
            Received request = fu.awaitRequests(1).getFirst();
            assertThat(request.answered()).isFalse();
            assertThat(request.sentBytes()).isZero();
            request.release();
            assertThat(client.response().text()).contains("late");
        }
    }

    @Test
    void cutAtEachByteOfTheBodySendsExactlyThatMuch() throws IOException {
        fu.on("m", Script.text("Grüße", " an", " alle"));
        byte[] whole = post(STREAM).body();
        var cuts = new Script[whole.length + 1];
        for (int k = 0; k <= whole.length; k++) {
            cuts[k] = Script.text("Grüße", " an", " alle").atBody(k, End.FIN);
        }
        fu.on("m", cuts);
        for (int k = 0; k <= whole.length; k++) {
            Response answer = post(STREAM);
            assertThat(answer.ending()).isEqualTo(Ending.CUT);
            assertThat(shape(answer.body())).isEqualTo(shape(Arrays.copyOf(whole, k)));
        }
    }

    /// The bytes but for the answer's number, which differs.
    private static String shape(byte[] body) {
        return new String(body, UTF_8).replaceAll("chatcmpl-fu-[0-9]*", "chatcmpl-fu-");
    }

    @Test
    void resetIsAResetAfterTheBytesBeforeIt() throws IOException {
        fu.on("m", Script.text("x").atWire(20, End.RESET));
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, WHOLE);
            fu.await("the reset", fu.awaitRequests(1).getFirst()::answered);
            assertThat(new String(client.raw().readNBytes(20), UTF_8))
                    .isEqualTo("HTTP/1.1 200 Scripte");
            assertThatThrownBy(() -> client.raw().read()).hasMessageContaining("reset");
        }
        assertThat(fu.requests().getFirst().peerClosed()).isFalse();
    }

    @Test
    void stallEndsWhenThePeerLeavesAndTheTimeIsKnown() throws IOException {
        fu.on("m", Script.text("x").atBody(5, End.STALL));
        long before;
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, STREAM);
            assertThat(client.head().status()).isEqualTo(200);
            before = System.nanoTime();
            client.leave(Leaving.RESET);
        }
        Received request = fu.requests().getFirst();
        fu.awaitPeerClosed(request);
        assertThat(request.peerReset()).isTrue();
        assertThat(request.answered()).isFalse();
        assertThat(request.peerClosedNanos() - before)
                .isBetween(0L, Duration.ofSeconds(1).toNanos());
    }

    @Test
    void pauseGoesOnAfterTheRelease() throws IOException {
        fu.on("m", Script.text("one", "two").atBody(40, End.PAUSE));
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, STREAM);
            Received request = fu.awaitRequests(1).getFirst();
            fu.await("the pause", () -> request.sentBytes() > 40);
            fu.release();
            assertThat(client.response().text()).contains("two").endsWith("[DONE]\n\n");
        }
    }

    @Test
    void sizesOfWritesAndChunksDoNotChangeTheBody() throws IOException {
        fu.on(
                "m",
                Script.text("a", "b"),
                Script.text("a", "b").writes(1),
                Script.text("a", "b").writes(7).paced(Duration.ofNanos(1)),
                Script.text("a", "b").chunks(3),
                Script.text("a", "b").framing(Answer.Framing.CLOSE));
        String expected = shape(post(STREAM).body());
        for (int i = 0; i < 4; i++) {
            assertThat(shape(post(STREAM).body())).isEqualTo(expected);
        }
    }

    @Test
    void wrongLengthsAreToldAsScripted() throws IOException {
        fu.on("m", Script.body("{}").wrongLength(5), Script.body("{}!").wrongLength(-1));

        Response tooShort = post(WHOLE);
        assertThat(tooShort.header("content-length")).isEqualTo("7");
        assertThat(tooShort.ending()).isEqualTo(Ending.CUT);
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, WHOLE);
            assertThat(client.response().text()).isEqualTo("{}");
            assertThat(client.raw().read()).isEqualTo('!');
        }
    }

    @Test
    void rawBytesGoOutAsTheyAre() throws IOException {
        fu.on("m", Script.raw("HTTP/1.1 2OO \n\n"));
        try (var client = RawClient.connect(fu.port())) {
            client.post(CHAT, WHOLE);
            assertThat(client.raw().readAllBytes()).isEqualTo("HTTP/1.1 2OO \n\n".getBytes(UTF_8));
        }
    }

    @Test
    void abandonedAnswersLeaveNoOpenSocket() throws IOException {
        fu.onAny(Script.text("x").held());
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 200; i++) {
            var client = RawClient.connect(fu.port());
            client.post(CHAT, WHOLE);
            clients.add(client);
        }
        fu.awaitRequests(200);
        assertThat(fu.openSockets()).isEqualTo(200);
        for (int i = 0; i < 200; i++) {
            clients.get(i).leave(i % 2 == 0 ? Leaving.FIN : Leaving.RESET);
        }
        fu.awaitOpenSockets(0);
        assertThat(fu.requests()).allMatch(Received::peerClosed);
    }

    @Test
    void hooksSeeTheConnectionBeforeItsBytesAndTheRequestBeforeItsAnswer() throws IOException {
        var requestsAtAccept = new AtomicInteger(-1);
        var sentAtRequest = new AtomicInteger(-1);
        fu.onAccept(_ -> requestsAtAccept.set(fu.requestsEver()));
        fu.onRequest(request -> sentAtRequest.set((int) request.sentBytes()));

        assertThat(post(WHOLE).status()).isEqualTo(200);

        assertThat(requestsAtAccept).hasValue(0);
        assertThat(sentAtRequest).hasValue(0);
    }

    @Test
    void embeddingsHaveAVectorForEachInput() throws IOException {
        Response answer =
                RawClient.postJson(
                        fu.port(), "/v1/embeddings", "{\"model\":\"e\",\"input\":[\"a\",\"b\"]}");
        assertThat(answer.json().path("data")).hasSize(2);
        assertThat(answer.json().at("/usage/prompt_tokens").asInt()).isEqualTo(20);
    }

    @Test
    void scriptThatCannotBePlayedIsToldAtTheEnd() throws IOException {
        try (var client = RawClient.connect(fu.port())) {
            fu.on("m", Script.body("{}").atBody(99, End.FIN));
            client.post(CHAT, WHOLE);
            assertThatThrownBy(client::response).isInstanceOf(EOFException.class);
        }
        assertThatThrownBy(fu::close).hasRootCauseMessage("bodyBytes: 99 (expected: 0 to 2)");
    }

    private Response post(String body) throws IOException {
        return RawClient.postJson(fu.port(), CHAT + "?q=1", body, "Authorization: Bearer k");
    }
}
