package tollgate.recorded;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import tollgate.kit.KitJson;
import tollgate.kit.OraclePrice;

/// What the gateway sells: every model of the recordings, each in one of several kinds of price, by
/// turns under its own name and another one at the provider. Told to the gateway as configuration
/// and to the oracle as prices.
final class Shop {
    static final String PROVIDER_KEY = "replay-provider-key-7f3a";

    /// Tokens sent as output limit where nobody knows how long an answer gets.
    static final int OUTPUT_DEFAULT = 16_384;

    private static final List<Tag> TAGS =
            List.of(
                    new Tag("{input: 0.15, output: 0.60}", OraclePrice.usd("0.15", "0.60")),
                    new Tag(
                            "{input: 2.50, output: 10, cached-input: 1.25}",
                            OraclePrice.usd("2.50", "10").withCachedInput("1.25")),
                    new Tag(
                            "{input: 3, output: 15, cached-input: 0.3, cache-write: 3.75,"
                                    + " reasoning: 20.000001}",
                            OraclePrice.usd("3", "15")
                                    .withCachedInput("0.3")
                                    .withCacheWrite("3.75")
                                    .withReasoning("20.000001")),
                    new Tag(
                            "{input: 0.05, output: 0.08, request: 0.000500001}",
                            OraclePrice.usd("0.05", "0.08").withRequest("0.000500001")),
                    new Tag(
                            "{input: 1.1, output: 4.4, cached-input: 0.55,"
                                    + " above: {tokens: 200, input: 2.2, output: 6.6,"
                                    + " cached-input: 1.1}}",
                            OraclePrice.usd("1.1", "4.4")
                                    .withCachedInput("0.55")
                                    .above(
                                            200,
                                            OraclePrice.usd("2.2", "6.6").withCachedInput("1.1"))),
                    new Tag(
                            "{input: 0.000000001, output: 0.123456789}",
                            OraclePrice.usd("0.000000001", "0.123456789")),
                    new Tag("{input: 0, output: 0}", OraclePrice.usd("0", "0")));

    private static final List<Markup> MARKUPS =
            List.of(new Markup("0%", "0"), new Markup("20%", "0.2"), new Markup("7.5%", "0.075"));

    private final Map<String, Good> goods = new LinkedHashMap<>();

    private record Tag(String yaml, OraclePrice price) {}

    private record Markup(String yaml, String part) {}

    /// One model.
    ///
    /// @param upstream its name at the provider
    /// @param length whether the gateway is told how long its answers get
    record Good(String model, String upstream, OraclePrice price, Length length, String yaml) {}

    enum Length {
        KNOWN,
        UNKNOWN
    }

    Shop(Collection<String> models) {
        int number = 0;
        for (String model : new TreeSet<>(models)) {
            goods.put(model, good(number++, model));
        }
    }

    private static Good good(int number, String model) {
        Tag tag = TAGS.get(number % TAGS.size());
        Markup markup = MARKUPS.get(number % MARKUPS.size());
        Length length = number % 2 == 0 ? Length.KNOWN : Length.UNKNOWN;
        String upstream = length == Length.KNOWN ? model : "replayed/" + number;
        String about =
                length == Length.KNOWN
                        ? "{context: 1000000, max-output: 65536, hidden-reasoning: false}"
                        : "{}";
        return new Good(
                model,
                upstream,
                tag.price().withMarkup(markup.part()),
                length,
                "{routes: [{provider: replay, model: %s}], price: %s, markup: %s, about: %s}"
                        .formatted(KitJson.quote(upstream), tag.yaml(), markup.yaml(), about));
    }

    Good good(String model) {
        Good good = goods.get(model);
        if (good == null) {
            throw new IllegalArgumentException("model: " + model);
        }
        return good;
    }

    /// The gateway's configuration.
    String yaml(String replayUrl) {
        var yaml = new StringJoiner("\n");
        yaml.add("providers:")
                .add(
                        "  replay: {protocol: openai, base-url: \"%s\", api-key: %s}"
                                .formatted(replayUrl, PROVIDER_KEY))
                .add("models:");
        goods.values()
                .forEach(good ->
                        yaml.add("  %s: %s".formatted(KitJson.quote(good.model()), good.yaml())));
        return yaml.toString();
    }
}
