package tollgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.Received;
import tollgate.kit.Recordings;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;
import tools.jackson.databind.JsonNode;

/// OpenAI's official SDKs, unmodified, against the running gateway: answers, streams, tools,
/// structured output, embeddings, models, their own classes of errors, retries, leaving, and every
/// recorded answer. Where an SDK cannot be fetched this says so instead.
class SdkTest {
    static final String PROVIDER_KEY = "sdk-provider-key-51c2";

    /// Fewer means that a script has ended early.
    private static final int SCENES_MIN = 40;

    private static final Path REPLAYS = Path.of("target/sdk/replays.json").toAbsolutePath();

    private static @Nullable FakeUpstream provider;
    private static @Nullable RunningGateway gateway;
    private static boolean replays;

    @BeforeAll
    static void open() throws IOException {
        var scenery = new Scenery();
        if (Recordings.find() instanceof Recordings.Found found) {
            new Replays(found, scenery).write(REPLAYS);
            replays = true;
        }
        FakeUpstream fake = FakeUpstream.start();
        scenery.tell(fake);
        provider = fake;
        gateway = RunningGateway.open(scenery.yaml(fake.baseUrl()));
    }

    @AfterAll
    static void close() throws IOException {
        RunningGateway running = gateway;
        FakeUpstream fake = provider;
        if (running != null) {
            running.close();
        }
        if (fake != null) {
            fake.close();
        }
    }

    @TestFactory
    List<DynamicTest> pythonSdkWorksUnmodified() throws Exception {
        return scenes(Sdk.PYTHON);
    }

    @TestFactory
    List<DynamicTest> nodeSdkWorksUnmodified() throws Exception {
        return scenes(Sdk.NODE);
    }

    private static List<DynamicTest> scenes(Sdk sdk) throws Exception {
        Optional<String> missing = sdk.missing();
        if (missing.isPresent()) {
            String said = "sdk not run: " + missing.get();
            System.out.println(said);
            return List.of(DynamicTest.dynamicTest(said, () -> {}));
        }
        FakeUpstream fake = java.util.Objects.requireNonNull(provider);
        Sdk.Run run = sdk.run(environment(sdk), model -> isClosed(fake, model));
        System.out.printf("%s: %d scenes%n", run.title(), run.scenes().size());
        var tests = new ArrayList<DynamicTest>();
        run.scenes()
                .forEach((name, wrong) ->
                        tests.add(
                                DynamicTest.dynamicTest(
                                        sdk.language + " " + name,
                                        () -> assertThat(wrong).as(name).isEmpty())));
        tests.add(
                DynamicTest.dynamicTest(
                        sdk.language + " all scenes were played",
                        () -> assertThat(run.scenes()).hasSizeGreaterThanOrEqualTo(SCENES_MIN)));
        tests.add(
                DynamicTest.dynamicTest(
                        sdk.language + " calls reached the provider as they must",
                        () -> checkUpstream(fake, sdk.language + "-")));
        return tests;
    }

    private static boolean isClosed(FakeUpstream fake, String model) {
        fake.awaitPeerClosed(fake.requests(model).getLast());
        return true;
    }

    // ---------------------------------------------------------------- who calls

    private static Map<String, String> environment(Sdk sdk) throws IOException {
        RunningGateway running = java.util.Objects.requireNonNull(gateway);
        Guest rich = running.newGuest("1000");
        var keys = new HashMap<String, String>();
        keys.put("rich", rich.key());
        keys.put("poor", running.newGuest("0.000001").key());
        keys.put("modest", running.newGuest("0.05").key());
        keys.put("reader", key(rich, "\"scope_permissions\":{\"read\":[\"*\"],\"write\":[]}"));
        keys.put("limited", key(rich, "\"limits\":{\"requests_per_minute\":1}"));
        keys.put("test", key(rich, "\"environment_tag\":\"test\""));
        var quoted = new ArrayList<String>();
        keys.forEach((who, key) -> quoted.add("\"%s\":\"%s\"".formatted(who, key)));
        var environment = new HashMap<String, String>();
        environment.put("SDK_BASE_URL", running.address() + "/v1");
        environment.put("SDK_KEYS", "{" + String.join(",", quoted) + "}");
        environment.put("SDK_LANGUAGE", sdk.language);
        if (replays) {
            environment.put("SDK_REPLAYS", REPLAYS.toString());
        }
        return environment;
    }

    private static String key(Guest owner, String settings) throws IOException {
        RunningGateway running = java.util.Objects.requireNonNull(gateway);
        var answer =
                RawClient.postJson(
                        running.port(),
                        "/user/api-keys",
                        "{\"key_name\":\"sdk\",%s}".formatted(settings),
                        owner.bearer());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().path("api_key").stringValue();
    }

    // ---------------------------------------------------------------- what came upstream

    private static void checkUpstream(FakeUpstream fake, String prefix) {
        assertThat(fake.requests(prefix + "once")).hasSize(1);
        assertThat(fake.requests(prefix + "once-400")).hasSize(1);
        assertThat(fake.requests(prefix + "flaky-429")).hasSize(3);
        assertThat(fake.requests(prefix + "flaky-500")).hasSize(3);
        assertThat(fake.requests(prefix + "of-nobody")).isEmpty();
        for (Received request : fake.requests(prefix + "structured")) {
            JsonNode format = request.json().path("response_format");
            assertThat(format.path("type").stringValue()).isEqualTo("json_schema");
            assertThat(format.path("json_schema").path("strict").booleanValue()).isTrue();
        }
        List<Received> echoed = fake.requests(prefix + "echoed");
        assertThat(echoed).hasSize(2);
        JsonNode choices = echoed.getFirst().json();
        assertThat(choices.path("n").intValue()).isEqualTo(2);
        assertThat(choices.path("stop")).isEqualTo(KitJson.read("[\"END\"]"));
        Received own = echoed.getLast();
        assertThat(own.json().path("unknown_field")).isEqualTo(KitJson.read("{\"deep\":[1,2.5]}"));
        for (Received request : echoed) {
            assertThat(request.header("authorization")).isEqualTo("Bearer " + PROVIDER_KEY);
            assertThat(request.target()).isEqualTo("/v1/chat/completions");
            assertThat(request.headers())
                    .as("only what we send, nothing of the SDK's")
                    .extracting(Map.Entry::getKey)
                    .containsOnly(
                            "host",
                            "content-type",
                            "content-length",
                            "accept",
                            "accept-encoding",
                            "authorization");
        }
    }
}
