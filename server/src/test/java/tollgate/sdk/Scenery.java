package tollgate.sdk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.Script;

/// The models that the scenes name, each with what its provider does: told to the fake provider as
/// scripts and to the gateway as configuration.
final class Scenery {
    private static final String USUAL = "{input: 1, output: 2}";

    /// A thousandth of a dollar a token.
    private static final String DEAR = "{input: 0, output: 1000}";

    private final Map<String, Script[]> scripts = new LinkedHashMap<>();

    Scenery() {
        for (Sdk sdk : Sdk.values()) {
            add(sdk.language + "-");
        }
    }

    private void add(String prefix) {
        answers(prefix);
        failures(prefix);
        on(prefix + "silent", Script.text("late").held());
        on(prefix + "endless", Script.text(words(2_000)).paced(Duration.ofMillis(20)));
        on(prefix + "dear", Script.text(words(400)).usage(10, 400));
        on(prefix + "once", Script.text("only").usage(3, 1));
        on(
                prefix + "runs",
                Script.text().toolCall("weather", "{\"city\":\"Paris\"}"),
                Script.text("It is sunny."));
        on("author/" + prefix + "slash", Script.text("Hello"));
    }

    private void answers(String prefix) {
        on(prefix + "plain", Script.text("Hello", " there").usage(7, 2));
        on(prefix + "echoed", Script.text("Hello", " there").usage(7, 2));
        on(prefix + "stream", Script.text("One", " two", " three").usage(5, 3));
        on(
                prefix + "reasoning",
                Script.text("So.")
                        .reasoning("Let me", " think.")
                        .usage(9, 6)
                        .usageWith("\"completion_tokens_details\":{\"reasoning_tokens\":4}")
                        .usageWith("\"prompt_tokens_details\":{\"cached_tokens\":3}"));
        on(prefix + "tools", Script.text().toolCall("weather", "{\"city\":\"Paris\"}"));
        on(
                prefix + "parallel",
                Script.text()
                        .toolCall("weather", "{\"city\":\"Paris\"}")
                        .toolCall("weather", "{\"city\":\"Rome\"}"));
        on(
                prefix + "structured",
                Script.text(
                        "{\"name\":\"fair\",\"day\":", "\"Friday\",\"people\":[\"Ann\",\"Bo\"]}"));
        on(prefix + "vectors", Script.text());
    }

    private void failures(String prefix) {
        for (int status : new int[] {400, 401, 422, 500}) {
            on(prefix + "says-" + status, Script.status(status));
        }
        on(prefix + "says-429", Script.status(429).retryAfter("7"));
        on(prefix + "once-400", Script.status(400), Script.text("not asked for"));
        on(prefix + "flaky-429", Script.status(429), Script.status(429), Script.text("fine"));
        // The gateway itself tries a failure once more.
        on(prefix + "flaky-500", Script.status(500), Script.status(500), Script.text("fine"));
        on(
                prefix + "breaks",
                Script.text("half")
                        .errorEvent(
                                "{\"error\":{\"message\":\"overloaded\",\"type\":\"server\"}}"));
    }

    private static String[] words(int count) {
        return Collections.nCopies(count, " word").toArray(String[]::new);
    }

    Scenery on(String model, Script... answers) {
        scripts.put(model, answers);
        return this;
    }

    void tell(FakeUpstream provider) {
        scripts.forEach(provider::on);
    }

    /// The gateway's configuration.
    String yaml(String providerUrl) {
        List<String> yaml = new ArrayList<>();
        yaml.add("providers:");
        yaml.add(
                "  fake: {protocol: openai, base-url: \"%s\", api-key: %s}"
                        .formatted(providerUrl, SdkTest.PROVIDER_KEY));
        yaml.add("models:");
        for (String model : scripts.keySet()) {
            yaml.add(
                    ("  %s: {routes: [{provider: fake}], price: %s, about: {context: 100000,"
                                    + " max-output: 4096, hidden-reasoning: false}}")
                            .formatted(
                                    KitJson.quote(model), model.endsWith("-dear") ? DEAR : USUAL));
        }
        return String.join("\n", yaml) + "\n";
    }
}
