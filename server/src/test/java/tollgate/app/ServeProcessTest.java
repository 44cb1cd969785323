package tollgate.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;
import tollgate.kit.Script;

/// What only a process of its own shows: signals, exit status, the streams of the terminal.
final class ServeProcessTest {
    /// SIGTERM to the end of the process, at most (DESIGN 7).
    private static final Duration DRAIN_MAX = Duration.ofSeconds(12);

    @TempDir private Path folder;

    private void configure(FakeUpstream fake, String more) throws IOException {
        Files.writeString(
                folder.resolve("tollgate.yaml"),
                """
                %s
                providers:
                  fake: { protocol: openai, base-url: "%s", api-key: provider-canary-key-1234 }
                models:
                  m: { routes: [ { provider: fake } ], price: { input: 1, output: 2 } }
                """
                        .formatted(more, fake.baseUrl()));
    }

    private static String account(int port) throws IOException {
        return RawClient.postJson(
                        port,
                        "/admin/create",
                        "{\"username\":\"u\",\"environment_tag\":\"live\"}",
                        "Authorization: Bearer " + Gateway.ADMIN_KEY)
                .json()
                .path("api_key")
                .asString();
    }

    @Test
    void atSigtermWhatRunsIsFinishedAndNothingNewIsTaken() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            configure(fake, "");
            fake.onAny(Script.text("one", "two").usage(3, 2).held());
            try (ServeProcess serve = ServeProcess.start(folder).awaitOpen()) {
                int port = serve.port();
                String key = account(port);
                RawClient running = RawClient.connect(port);
                running.post(
                        "/v1/chat/completions",
                        Gateway.question("m").replace("{", "{\"stream\":true,"),
                        "Authorization: Bearer " + key);
                fake.awaitRequests(1);
                RawClient idle = RawClient.connect(port);

                long asked = System.nanoTime();
                serve.terminate();
                awaitRefusal(port);
                assertThat(idle.endsNow()).isTrue();
                fake.release();
                RawClient.Response answer = running.response();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).contains("one", "two").endsWith("data: [DONE]\n\n");
                assertThat(serve.awaitEnd()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(DRAIN_MAX);
                assertThat(serve.err()).contains("stopping running=1", "stopped cut=0");
            }
        }
    }

    /// A call that never ends is cut, settled and does not hold up the end.
    @Test
    void atSigtermNobodyIsWaitedForWithoutEnd() throws Exception {
        try (ServeProcess serve = ServeProcess.start(folder).awaitOpen()) {
            RawClient stalled =
                    RawClient.connect(serve.port()).readTimeout(DRAIN_MAX.plusSeconds(5));
            stalled.post(
                    "/v1/chat/completions",
                    Gateway.question("sandbox/stall"),
                    "Authorization: Bearer " + serve.testKey());
            long asked = System.nanoTime();
            serve.terminate();
            assertThat(serve.awaitEnd()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(DRAIN_MAX);
        }
    }

    /// Connections that were on their way are closed; after a moment none is made.
    private static void awaitRefusal(int port) {
        long deadline = System.nanoTime() + DRAIN_MAX.toNanos();
        boolean refused = false;
        while (!refused && System.nanoTime() < deadline) {
            try {
                RawClient.connect(port).close();
            } catch (IOException _) {
                refused = true;
            }
        }
        assertThat(refused).isTrue();
    }

    @Test
    void theFirstStartSaysAllThatAFirstCallNeedsAndNothingElse() throws Exception {
        try (ServeProcess serve = ServeProcess.start(folder).awaitOpen()) {
            assertThat(serve.out())
                    .containsOnlyOnce("curl ")
                    .contains("http://127.0.0.1:" + serve.port(), serve.testKey());
            // No warning of the JVM, of a logger or of a library, and no stack.
            assertThat(serve.err().lines())
                    .allMatch(line -> line.matches("[0-9:.]{12} INFO  .*"), "a line of our own");
        }
    }

    @Test
    void twoProcessesDoNotShareAFolder() throws Exception {
        try (ServeProcess first = ServeProcess.start(folder).awaitOpen()) {
            Path other = Files.createDirectory(folder.resolve("other"));
            try (ServeProcess second =
                    ServeProcess.start(other, "--data", folder.resolve("data").toString())) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.err())
                        .contains("tollgate: data folder", "in use by process")
                        .hasLineCount(1);
            }
            assertThat(RawClient.call(first.port(), "GET", "/health").status()).isEqualTo(200);
        }
    }

    /// I-60: after a life with every log line on, what was secret or said is nowhere.
    @Test
    void i60SecretsAndPromptsAreNowhere() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            configure(fake, "server: { log: json, log-level: debug }");
            fake.on("m", Script.text("answer-canary").usage(3, 2));
            List<String> shown;
            String key;
            try (ServeProcess serve = ServeProcess.start(folder).awaitOpen()) {
                int port = serve.port();
                key = account(port);
                String prompt = Gateway.question("m").replace("Hello!", "prompt-canary");
                String bearer = "Authorization: Bearer " + key;
                RawClient.postJson(port, "/v1/chat/completions", prompt, bearer);
                RawClient.postJson(port, "/v1/chat/completions?q=query-canary", "{", bearer);
                RawClient.call(port, "GET", "/v1/models?api_key=" + key);
                fake.on("m", Script.status(500));
                RawClient.postJson(port, "/v1/chat/completions", prompt, bearer);
                String metrics = metrics(port);
                Shell.Said doctor = Gateway.shell(folder).run("doctor");
                Shell.Said keys = Gateway.shell(folder).run("keys");
                serve.terminate();
                serve.awaitEnd();
                shown =
                        List.of(
                                serve.err(),
                                serve.out().replaceAll("gw_test_[0-9A-Za-z]{49}", ""),
                                metrics,
                                doctor.out() + doctor.err(),
                                keys.out() + keys.err());
            }
            assertThat(shown.getFirst()).contains("\"message\":\"answered\"");
            List<String> secrets =
                    List.of(
                            key,
                            key.substring(8, 30),
                            key.substring(30),
                            Gateway.ADMIN_KEY,
                            "provider-canary-key-1234",
                            "prompt-canary",
                            "answer-canary",
                            "query-canary");
            for (String secret : secrets) {
                for (String form : forms(secret)) {
                    assertThat(shown).noneMatch(text -> text.contains(form));
                    assertThat(filesWith(form)).as(form).isEmpty();
                }
            }
        }
    }

    private static String metrics(int port) throws IOException {
        return RawClient.call(port, "GET", "/metrics", "Authorization: Bearer " + Gateway.ADMIN_KEY)
                .text();
    }

    /// As it is, and as a lazy hand might hide it.
    private static List<String> forms(String secret) {
        byte[] bytes = secret.getBytes(UTF_8);
        return List.of(
                secret,
                HexFormat.of().formatHex(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes));
    }

    /// Files of the data folder that hold a text.
    private List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
            return all.filter(Files::isRegularFile).filter(file -> holds(file, text)).toList();
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
