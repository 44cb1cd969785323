package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tollgate.running.RunningGateway;

/// What changes the price, or names objects in the provider's account, goes to no provider unless
/// the model's entry allows it: refused before anything is held, or taken out and named.
class NotPassedOnTest {
    private static final String MODELS =
            """
            providers:
              maker: {protocol: openai, base-url: "%s", api-key: not-passed-on-key}
            models:
              closed: {routes: [{provider: maker}], price: {input: 1, output: 2}}
              open: {routes: [{provider: maker}], price: {input: 1, output: 2},
                allow: [web-search, priority, long-cache, routing, provider-objects]}
            """;

    private static final List<String> CHAT_FIELDS =
            List.of(
                    "\"service_tier\":\"priority\"",
                    "\"service_tier\":\"flex\"",
                    "\"models\":[\"other\"]",
                    "\"plugins\":[{\"id\":\"web\"}]",
                    "\"prompt_cache_retention\":\"24h\"",
                    "\"tools\":[{\"type\":\"web_search\"}],\"tool_choice\":{\"type\":\"web_search\"}");

    private static final List<String> EMBEDDING_FIELDS =
            List.of("\"service_tier\":\"priority\"", "\"models\":[\"other\"]");

    private static String chat(String model, String field) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],%s}"
                .formatted(model, field);
    }

    private static String embeddings(String model, String field) {
        return "{\"model\":\"%s\",\"input\":\"Hi\",%s}".formatted(model, field);
    }

    @Test
    void refusedUnlessTheModelAllowsIt() throws IOException {
        try (var provider = FakeUpstream.start().onAny(Script.text("Hello."));
                var gateway = RunningGateway.open(MODELS.formatted(provider.baseUrl()))) {
            var guest = gateway.newGuest("5");
            for (String field : CHAT_FIELDS) {
                check(gateway, "/v1/chat/completions", chat("closed", field), guest, 400);
                check(gateway, "/proxy/chat", chat("closed", field), guest, 400);
            }
            for (String field : EMBEDDING_FIELDS) {
                check(gateway, "/v1/embeddings", embeddings("closed", field), guest, 400);
            }
            assertThat(provider.requests()).isEmpty();
            assertThat(gateway.export()).noneMatch(line -> line.kind().equals("hold"));
            for (String field : CHAT_FIELDS) {
                check(gateway, "/v1/chat/completions", chat("open", field), guest, 200);
            }
            for (String field : EMBEDDING_FIELDS) {
                check(gateway, "/v1/embeddings", embeddings("open", field), guest, 200);
            }
        }
    }

    private static void check(
            RunningGateway gateway,
            String path,
            String body,
            RunningGateway.Guest guest,
            int status)
            throws IOException {
        Response answer = RawClient.postJson(gateway.port(), path, body, guest.bearer());
        assertThat(answer.status()).as("%s %s: %s", path, body, answer).isEqualTo(status);
    }

    /// Nobody searches at the operator's cost: a price that cannot be charged closes what is
    /// allowed.
    @Test
    void aSearchThatHasAPriceIsNotPassedOn() throws IOException {
        String priced =
                MODELS
                        + """
                          priced: {routes: [{provider: maker}],
                            price: {input: 1, output: 2, web-search: 10}, allow: [web-search]}
                          gratis: {routes: [{provider: maker}],
                            price: {input: 1, output: 2, web-search: 0}, allow: [web-search]}
                        """;
        String tool = "\"tools\":[{\"type\":\"web_search\"}]";
        String options = "\"web_search_options\":{}";
        String field = "\"search_parameters\":{\"mode\":\"on\"}";
        try (var provider = FakeUpstream.start().onAny(Script.text("Hello."));
                var gateway = RunningGateway.open(priced.formatted(provider.baseUrl()))) {
            var guest = gateway.newGuest("5");
            String path = "/v1/chat/completions";
            check(gateway, path, chat("priced", field), guest, 400);
            check(
                    gateway,
                    path,
                    chat("priced", tool + ",\"tool_choice\":{\"type\":\"web_search\"}"),
                    guest,
                    400);
            assertThat(provider.requests()).isEmpty();
            for (String search : List.of(tool, options)) {
                check(gateway, path, chat("priced", search), guest, 200);
                assertThat(provider.requests().getLast().text()).doesNotContain("web_search");
                check(gateway, path, chat("gratis", search), guest, 200);
                assertThat(provider.requests().getLast().text()).contains("web_search");
            }
            check(gateway, path, chat("gratis", field), guest, 200);
        }
    }

    @Test
    void hostedToolsAreTakenOutAndNamed() throws IOException {
        try (var provider = FakeUpstream.start().onAny(Script.text("Hello."));
                var gateway = RunningGateway.open(MODELS.formatted(provider.baseUrl()))) {
            var guest = gateway.newGuest("5");
            String function = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";
            Response some =
                    RawClient.postJson(
                            gateway.port(),
                            "/v1/chat/completions",
                            chat(
                                    "closed",
                                    "\"tools\":[{\"type\":\"web_search\"},%s,{\"type\":\"code_interpreter\"}],"
                                                    .formatted(function)
                                            + "\"web_search_options\":{}"),
                            guest.bearer());
            assertThat(some.status()).isEqualTo(200);
            assertThat(some.header("x-tollgate-dropped"))
                    .contains("web_search", "code_interpreter", "web_search_options");
            var sent = provider.requests().getFirst().json();
            assertThat(sent.path("tools").size()).isEqualTo(1);
            assertThat(sent.has("web_search_options")).isFalse();
            RawClient.postJson(
                    gateway.port(),
                    "/v1/chat/completions",
                    chat("closed", "\"tools\":[{\"type\":\"web_search\"}]"),
                    guest.bearer());
            assertThat(provider.requests().getLast().json().has("tools")).isFalse();
        }
    }
}
