package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tollgate.http.HttpServerSettings;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;
import tollgate.wire.json.JsonLimits;
import tollgate.wire.sse.SseFramer;

/// I-85: every limit on what callers and providers send, by its number, through the whole gateway:
/// at the limit it is served, one past it and a hundred times past it is refused. Strings have no
/// limit below the body's; all bodies together, connections and the deadlines of a slow caller are
/// in HttpServerLimitsTest and HttpServerDeadlinesTest.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {
    private static final HttpServerSettings.Limits HTTP = HttpServerSettings.Limits.DEFAULT;
    private static final JsonLimits JSON = JsonLimits.STRICT;
    private static final int BODY_BYTES_MAX = 9 << 20;
    private static final int PROXY_BODY_BYTES_MAX = 64 << 10;
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int STREAM_BYTES_MAX = 2 << 20;
    private static final int MODEL_CHARS_MAX = 256;

    private final FakeUpstream provider = FakeUpstream.start();
    private RunningGateway gateway;
    private Guest guest;

    @SuppressWarnings("NullAway.Init") // open() sets both
    LimitsTest() {}

    @BeforeAll
    void open() throws IOException {
        gateway =
                RunningGateway.open(
                        """
                        server: {max-body: 9MB, max-answer: 64KB, max-stream: 2MB}
                        proxy: {max-body: 64KB}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: limits-key}
                        models:
                          sold: {routes: [{provider: maker}], price: {input: 1, output: 2},
                            about: {context: 8192, max-output: 4096, hidden-reasoning: false}}
                        """
                                .formatted(provider.baseUrl()));
        guest = gateway.newGuest("50");
    }

    @BeforeEach
    void forget() {
        provider.reset();
        provider.onAny(Script.text("Hello."));
    }

    @AfterAll
    void close() throws IOException {
        gateway.close();
        provider.close();
    }

    /// Sends something of this size, or so many, or so deep.
    private interface Sending {
        int status(LimitsTest test, long size) throws IOException;
    }

    /// @param beyond the status of what is past the limit
    record Limit(String name, long most, int beyond, Sending sending) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Limit> requests() {
        return Stream.of(
                new Limit("request line, bytes", HTTP.lineBytesMax(), 414, LimitsTest::line),
                new Limit("head, bytes", HTTP.headBytesMax(), 431, LimitsTest::head),
                new Limit("fields", HTTP.fieldsMax(), 431, LimitsTest::fields),
                new Limit("body, bytes", BODY_BYTES_MAX, 413, (t, n) -> t.body(CHAT, n)),
                new Limit("proxy body", PROXY_BODY_BYTES_MAX, 413, LimitsTest::proxyBody),
                new Limit("inflated body", PROXY_BODY_BYTES_MAX, 413, LimitsTest::inflated),
                new Limit("model's name", MODEL_CHARS_MAX, 400, LimitsTest::modelName),
                json("depth", JSON.depthMax() - 1, n -> repeat("[", n) + repeat("]", n)),
                json("number", JSON.numberCharsMax(), n -> repeat("1", n)),
                json("exponent", JSON.exponentMax(), n -> "1e" + n),
                json("name", JSON.nameBytesMax(), n -> "{\"" + repeat("n", n) + "\":1}"),
                json("members", JSON.membersMax(), LimitsTest::members),
                json("elements", JSON.elementsMax(), n -> "[0" + repeat(",0", n - 1) + "]"));
    }

    private static final String CHAT = "/v1/chat/completions";
    private static final String PROXY = "/proxy/chat";
    private static final String ASK =
            "{\"model\":\"sold\",\"messages\":[{\"role\":\"user\",\"content\":\"@\"}]}";

    private static Limit json(String name, long most, Function<Long, String> value) {
        return new Limit(
                "JSON: " + name,
                most,
                400,
                // What fits into no body is announced only.
                (test, n) ->
                        n > BODY_BYTES_MAX
                                ? test.announce(CHAT, n)
                                : test.post(
                                        CHAT,
                                        ASK.replaceFirst("}$", ",\"x\":") + value.apply(n) + "}"));
    }

    private static String repeat(String text, long count) {
        return text.repeat(Math.toIntExact(count));
    }

    private static String members(long count) {
        return LongStream.range(0, count)
                .mapToObj(i -> "\"" + Long.toString(i, 36) + "\":0")
                .collect(Collectors.joining(",", "{", "}"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void i85RequestsAreBounded(Limit limit) throws IOException {
        int before = provider.requestsEver();
        assertThat(limit.sending().status(this, limit.most()))
                .as("at %d", limit.most())
                .isEqualTo(200);
        int served = provider.requestsEver();
        assertThat(limit.sending().status(this, limit.most() + 1))
                .as("at %d", limit.most() + 1)
                .isEqualTo(limit.beyond());
        assertThat(limit.sending().status(this, limit.most() * 100))
                .as("at %d", limit.most() * 100)
                .isIn(limit.beyond(), 413);
        assertThat(provider.requestsEver()).isEqualTo(served).isGreaterThanOrEqualTo(before);
    }

    private int line(long bytes) throws IOException {
        String rest = "GET /v1/models?a= HTTP/1.1";
        String line = rest.replace("=", "=" + repeat("x", bytes - rest.length()));
        return ask(line + "\r\nHost: x\r\n" + guest.bearer() + "\r\n\r\n");
    }

    private int head(long bytes) throws IOException {
        String rest = "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + guest.bearer() + "\r\nX-A: ";
        return ask(rest + repeat("x", bytes - rest.length()) + "\r\n\r\n");
    }

    private int fields(long count) throws IOException {
        return ask(
                "GET /v1/models HTTP/1.1\r\nHost: x\r\n"
                        + guest.bearer()
                        + "\r\n"
                        + repeat("A: b\r\n", count - 2)
                        + "\r\n");
    }

    /// What is refused early is not read to its end, so sending may break off.
    private int ask(String request) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            byte[] bytes = KitJson.utf8(request);
            client.send(java.util.Arrays.copyOf(bytes, Math.min(bytes.length, 200_000)));
            return client.response().status();
        }
    }

    private int post(String path, String body) throws IOException {
        byte[] bytes = KitJson.utf8(body);
        return bytes.length <= BODY_BYTES_MAX
                ? RawClient.postJson(gateway.port(), path, body, guest.bearer()).status()
                : announce(path, bytes.length);
    }

    private int body(String path, long bytes) throws IOException {
        if (bytes > BODY_BYTES_MAX + 1) {
            return announce(path, bytes);
        }
        return post(path, ASK.replace("@", repeat("x", bytes - ASK.length() + 1)));
    }

    private int proxyBody(long bytes) throws IOException {
        return bytes > PROXY_BODY_BYTES_MAX + 1 ? announce(PROXY, bytes) : body(PROXY, bytes);
    }

    private int announce(String path, long bytes) throws IOException {
        return ask(
                "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, guest.bearer(), bytes));
    }

    private int inflated(long bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(KitJson.utf8(ASK.replace("@", repeat("x", bytes - ASK.length() + 1))));
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                            .formatted(PROXY, guest.bearer(), packed.size()));
            client.send(packed.toByteArray());
            return client.response().status();
        }
    }

    /// A name at the limit is nobody's, which is another answer than that it is too long.
    private int modelName(long chars) throws IOException {
        int status = post(CHAT, ASK.replace("sold", repeat("m", chars)));
        return status == 404 ? 200 : status;
    }

    // ---------------------------------------------------------------- what providers send

    static Stream<Limit> answers() {
        return Stream.of(
                new Limit("whole answer, bytes", ANSWER_BYTES_MAX, 502, LimitsTest::answer),
                new Limit("event, bytes", SseFramer.EVENT_BYTES_MAX, 0, LimitsTest::event),
                new Limit("stream, bytes", STREAM_BYTES_MAX, 0, LimitsTest::stream));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void i85AnswersAreBounded(Limit limit) throws IOException {
        for (long factor : new long[] {1, 100}) {
            long beyond = factor == 1 ? limit.most() + 1 : limit.most() * factor;
            assertThat(limit.sending().status(this, limit.most())).isEqualTo(200);
            assertThat(limit.sending().status(this, beyond))
                    .as("at %d", beyond)
                    .isEqualTo(limit.beyond());
        }
    }

    private int answer(long bytes) throws IOException {
        String rest =
                "{\"model\":\"sold\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"Hi\"},"
                        + "\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2},\"x\":\"@\"}";
        provider.onAny(Script.body(rest.replace("@", repeat("x", bytes - rest.length() + 1))));
        return post(CHAT, ASK);
    }

    /// 200 for a stream that was whole, 0 for one that ended with an error event.
    private int streamed() throws IOException {
        Response answer =
                RawClient.postJson(
                        gateway.port(),
                        CHAT,
                        ASK.replaceFirst("}$", ",\"stream\":true}"),
                        guest.bearer());
        assertThat(answer.status()).isEqualTo(200);
        SseEvent last = answer.events().getLast();
        if (last.isDone()) {
            return 200;
        }
        assertThat(last.name()).isEqualTo("error");
        assertThat(Objects.requireNonNull(last.data())).contains("too l");
        return 0;
    }

    private int event(long bytes) throws IOException {
        String data = ": " + repeat("x", bytes - 4) + "\n\n";
        // In the middle of a stream that is below its own limit.
        provider.onAny(Script.text("Hello", " you.").insert(2, data));
        return streamed();
    }

    private int stream(long bytes) throws IOException {
        Script plain = Script.text("Hello", " you.");
        provider.onAny(plain);
        assertThat(streamed()).isEqualTo(200);
        Received asked = provider.requests().getLast();
        long left = bytes - plain.answer(asked).body().length;
        String piece = ": " + repeat("x", 65_532) + "\n\n";
        var padding = new StringBuilder();
        while (left >= 2L * piece.length()) {
            padding.append(piece);
            left -= piece.length();
        }
        padding.append(": ").append(repeat("x", left - 4)).append("\n\n");
        provider.onAny(Script.text("Hello", " you.").insert(2, padding.toString()));
        return streamed();
    }

    // ---------------------------------------------------------------- time

    @Test
    void i85ProvidersAreBoundedInTime() throws IOException {
        try (var running =
                RunningGateway.open(
                        """
                        timeouts: {first-byte: 1s, idle: 1s, total: 3s}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: limits-key}
                        models:
                          sold: {routes: [{provider: maker}], price: {input: 1, output: 2}}
                        """
                                .formatted(provider.baseUrl()))) {
            String bearer = running.newGuest("5").bearer();
            String open = ASK.replaceFirst("}$", ",\"stream\":true}");
            provider.onAny(Script.text("a", "b", "c").paced(java.time.Duration.ofMillis(200)));
            assertThat(RawClient.postJson(running.port(), CHAT, open, bearer).text())
                    .contains("[DONE]");
            provider.onAny(Script.text("a").held());
            for (String body : List.of(ASK, open)) {
                assertThat(RawClient.postJson(running.port(), CHAT, body, bearer).status())
                        .isEqualTo(504);
            }
            provider.onAny(Script.text("a", "b").before("\"b\"", Script.End.STALL));
            Response idle = RawClient.postJson(running.port(), CHAT, open, bearer);
            assertThat(idle.ending()).isEqualTo(RawClient.Ending.CUT);
            assertThat(idle.text()).contains("event: error");
            String[] many = "a ".repeat(60).split("(?<= )", 0);
            provider.onAny(Script.text(many).paced(java.time.Duration.ofMillis(100)));
            Response total = RawClient.postJson(running.port(), CHAT, open, bearer);
            assertThat(total.text()).contains("event: error").doesNotContain("[DONE]");
        }
    }
}
