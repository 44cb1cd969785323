package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;

/// What leaves the gateway: never a page (I-87), and never faster than it is read (I-86).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutputTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String EVIL = "<script>alert(1)</script>";
    private static final List<String> TYPES =
            List.of(
                    "application/json",
                    "application/json; charset=utf-8",
                    "application/x-ndjson",
                    "text/event-stream; charset=utf-8",
                    "text/plain; version=0.0.4; charset=utf-8");

    private final FakeUpstream provider = FakeUpstream.start();
    private RunningGateway gateway;
    private Guest guest;

    @SuppressWarnings("NullAway.Init") // open() sets both
    OutputTest() {}

    @BeforeAll
    void open() throws IOException {
        gateway =
                RunningGateway.open(
                        """
                        server: {cors: []}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: output-key}
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

    private static String ask(String more) {
        return "{\"model\":\"sold\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}"
                .formatted(more);
    }

    private Response post(String path, String body) throws IOException {
        return RawClient.postJson(gateway.port(), path, body, guest.bearer(), "Accept: text/html");
    }

    private Response get(String path, String key) throws IOException {
        return RawClient.call(gateway.port(), "GET", path, key, "Accept: text/html");
    }

    private static void checkNoPage(Response answer) {
        assertThat(answer.header("x-content-type-options"))
                .as(answer.toString())
                .isEqualTo("nosniff");
        assertThat(answer.header("content-type")).as(answer.toString()).isIn(TYPES);
    }

    @Test
    void i87NoAnswerIsAPage() throws IOException {
        for (String path :
                List.of(
                        "/",
                        "/health",
                        "/proxy",
                        "/gateway/health",
                        "/v1/models",
                        "/v1/models/" + EVIL,
                        "/user/balance",
                        "/user/api-keys",
                        "/user/requests",
                        "/user/requests/" + EVIL,
                        "/gateway/user/balance?api_key=" + EVIL,
                        "/nothing/" + EVIL,
                        "/v1/" + EVIL,
                        "/proxy/" + EVIL,
                        "/gateway/" + EVIL)) {
            checkNoPage(get(path.replace("<", "%3C").replace(">", "%3E"), guest.bearer()));
        }
        for (String path :
                List.of("/metrics", "/admin/ledger/export", "/admin/monitor", "/admin/catalog")) {
            Response answer = get(path, RunningGateway.ADMIN);
            assertThat(answer.status()).as(path).isEqualTo(200);
            checkNoPage(answer);
        }
        for (String path : List.of(CHAT, "/proxy/chat", "/openai/v1/embeddings")) {
            checkNoPage(post(path, "{\"model\":\"" + EVIL + "\"}"));
            checkNoPage(post(path, ask("").replace("sold", EVIL)));
        }
        checkNoPage(post("/user/api-keys", "{\"key_name\":\"" + EVIL + "\"}"));
    }

    /// Neither as an answer nor as an error, whatever it calls itself.
    @Test
    void i87NothingOfAProvidersIsAPage() throws IOException {
        byte[] answer = Script.text(EVIL).answer(asked()).body();
        for (String type :
                List.of(
                        "text/html",
                        "text/html; charset=utf-8",
                        "image/svg+xml",
                        "text/plain",
                        "")) {
            for (String path : List.of(CHAT, "/proxy/chat")) {
                provider.onAny(Script.replay(200, type, answer));
                Response shown = post(path, ask(""));
                assertThat(shown.status()).isEqualTo(200);
                assertThat(shown.header("content-type")).isEqualTo("application/json");
                checkNoPage(shown);
                for (int status : new int[] {400, 404, 422, 429, 500}) {
                    provider.onAny(Script.replay(status, type, KitJson.utf8("<h1>" + EVIL)));
                    for (String more : List.of("", ",\"stream\":true")) {
                        checkNoPage(post(path, ask(more)));
                    }
                }
            }
        }
        provider.onAny(Script.text(EVIL));
        checkNoPage(post(CHAT, ask(",\"stream\":true")));
    }

    private Received asked() throws IOException {
        post(CHAT, ask(""));
        return provider.requests().getLast();
    }

    /// 64 MB of a stream for somebody who does not read: some lie in the kernel's buffers, little
    /// in ours, and the provider waits.
    @Test
    void i86AProviderIsAsSlowAsTheCaller() throws IOException {
        String piece = ": " + "x".repeat(65_532) + "\n\n";
        provider.onAny(Script.text("Hello", " you.").insert(2, piece.repeat(1_024)));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(CHAT, ask(",\"stream\":true"), guest.bearer());
            Received sent = provider.awaitRequests(1).getFirst();
            long[] last = {-1, System.nanoTime()};
            provider.await(
                    "the provider's standstill",
                    () -> {
                        long now = sent.sentBytes();
                        if (now != last[0]) {
                            last[0] = now;
                            last[1] = System.nanoTime();
                        }
                        return now > 0 && System.nanoTime() - last[1] > 500_000_000L;
                    });
            assertThat(sent.sentBytes()).isLessThan(32L << 20);
            Response answer = client.response();
            assertThat(answer.ending()).isEqualTo(RawClient.Ending.COMPLETE);
            assertThat(answer.body().length).isGreaterThan(64 << 20);
            assertThat(Objects.requireNonNull(answer.events().getLast().data()))
                    .isEqualTo("[DONE]");
        }
    }
}
