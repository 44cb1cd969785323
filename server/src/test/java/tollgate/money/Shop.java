package tollgate.money;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tollgate.kit.OraclePrice;

/// What the gateway under test sells: the text of its configuration, and beside it the same prices
/// for the Oracle.
final class Shop {
    static final String MARKUP = "0.2";

    final Map<String, OraclePrice> prices = new LinkedHashMap<>();
    private final Map<String, String> providers = new LinkedHashMap<>();
    private final Map<String, String> models = new LinkedHashMap<>();
    private final StringBuilder more = new StringBuilder();
    private String server = "";

    /// The models that most tests use: `plain` has odd prices for every class, `deep` may hide
    /// reasoning, `open` has an unknown longest answer, `race` has prices to reckon with by hand,
    /// `pair` a second provider, `gift` costs nothing, and `dark` has no price.
    static Shop usual(String baseUrl) {
        var shop = new Shop().provider("fu", baseUrl);
        shop.model(
                "plain",
                "{ input: 0.137, output: 0.731, cached-input: 0.011, cache-write: 0.173,"
                        + " reasoning: 0.911 }",
                "{ context: 128000, max-output: 4096, hidden-reasoning: false }",
                OraclePrice.usd("0.137", "0.731")
                        .withCachedInput("0.011")
                        .withCacheWrite("0.173")
                        .withReasoning("0.911"));
        shop.model("deep", 1, 2, "max-output: 4096, hidden-reasoning: true");
        shop.model("open", 1, 2, "hidden-reasoning: true");
        shop.model("race", 1, 2, "max-output: 4096, hidden-reasoning: false");
        shop.model("gift", 0, 0, "max-output: 4096, hidden-reasoning: false");
        return shop.entry("dark", "routes: [ { provider: fu } ]");
    }

    Shop provider(String name, String baseUrl) {
        providers.put(
                name,
                "{ protocol: openai, base-url: \"%s\", api-key: \"sk-%s-secret\" }"
                        .formatted(baseUrl, name));
        return this;
    }

    /// A model at whole USD per million tokens, with a context of 128,000 tokens.
    Shop model(String name, int input, int output, String about) {
        return model(
                name,
                "{ input: %d, output: %d }".formatted(input, output),
                "{ context: 128000, %s }".formatted(about),
                OraclePrice.usd(Integer.toString(input), Integer.toString(output)));
    }

    Shop model(String name, String price, String about, OraclePrice oracle) {
        return model(name, "[ { provider: fu } ]", price, about, oracle);
    }

    Shop model(String name, String routes, String price, String about, OraclePrice oracle) {
        prices.put(name, oracle.withMarkup(MARKUP));
        return entry(name, "routes: %s, price: %s, about: %s".formatted(routes, price, about));
    }

    Shop entry(String name, String members) {
        models.put(name, "{ %s }".formatted(members));
        return this;
    }

    /// Further members of `server`, each with a comma before it.
    Shop server(String members) {
        server += members;
        return this;
    }

    /// Further lines of the configuration.
    Shop with(String lines) {
        more.append(lines).append('\n');
        return this;
    }

    String yaml(int eventLoops) {
        return """
        server: { host: 127.0.0.1, port: 0, event-loops: %d%s }
        admin-key: %s
        proxy-key: %s
        providers:
        %s
        models:
        %s
        pricing: { markup: 20%%, signup-credits: 0 }
        %s
        """
                .formatted(
                        eventLoops,
                        server,
                        Gateway.ADMIN_KEY,
                        Gateway.PROXY_KEY,
                        lines(providers),
                        lines(models),
                        more);
    }

    private static String lines(Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(entry -> "  \"%s\": %s".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
