package tollgate.catalog.list;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tollgate.catalog.ModelFacts;
import tollgate.catalog.Price;
import tollgate.catalog.Rates;
import tollgate.catalog.WellKnown;

/// Renews the built-in catalogue from the three public lists: the same lists give the same bytes.
///
/// Where the lists differ, OpenRouter's is believed for OpenRouter, models.dev's for the rest;
/// LiteLLM's adds what models.dev lacks of the makers: dated names and tiers. The head of the
/// catalogue, the sandbox and the aliases are kept as they stand.
public final class Renewal {
    private static final String KEPT_TO_HERE = "@aliases";

    private final ModelList modelsDev;
    private final ModelList liteLlm;
    private final ModelList openRouter;

    Renewal(ModelList modelsDev, ModelList liteLlm, ModelList openRouter) {
        this.modelsDev = modelsDev;
        this.liteLlm = liteLlm;
        this.openRouter = openRouter;
    }

    /// For maintainers: `CATALOGUE MODELS_DEV LITELLM OPENROUTER DATE` rewrites the first file.
    ///
    /// @throws IOException when a file cannot be read or written
    public static void main(String[] args) throws IOException {
        if (args.length != 5) {
            throw new IllegalArgumentException(
                    "arguments: %d (expected: catalogue.tsv, three lists, their date)"
                            .formatted(args.length));
        }
        String date = args[4];
        Renewal renewal =
                new Renewal(list(args[1], date), list(args[2], date), list(args[3], date));
        Path catalogue = Path.of(args[0]);
        Files.writeString(catalogue, renewal.renewed(Files.readString(catalogue), date));
    }

    private static ModelList list(String file, String date) throws IOException {
        return ModelList.read(Files.readAllBytes(Path.of(file)), date);
    }

    String renewed(String catalogue, String date) {
        int aliases = catalogue.indexOf("\n" + KEPT_TO_HERE);
        int kept = catalogue.indexOf("\n@", aliases + 1);
        String head = kept < 0 ? catalogue : catalogue.substring(0, kept + 1);
        StringBuilder text =
                new StringBuilder(head.replaceFirst("as of \\d{4}-\\d{2}-\\d{2}", "as of " + date));
        for (WellKnown provider : WellKnown.makersFirst()) {
            List<ModelFacts> models = models(provider);
            if (!models.isEmpty()) {
                text.append('@').append(provider.name()).append('\n');
                models.forEach(facts -> text.append(facts.line()).append('\n'));
            }
        }
        return text.toString();
    }

    private List<ModelFacts> models(WellKnown provider) {
        String name = provider.name();
        Map<String, ModelFacts> models = new TreeMap<>();
        List<ModelFacts> believed = openRouter.of(name);
        for (ModelFacts facts : believed.isEmpty() ? modelsDev.of(name) : believed) {
            models.put(facts.model(), facts);
        }
        if (provider.standing() == WellKnown.Standing.MAKER) {
            List<String> retired = modelsDev.retired(name);
            for (ModelFacts facts : liteLlm.of(name)) {
                if (!retired.contains(facts.model())) {
                    models.merge(facts.model(), facts, Renewal::withTiers);
                }
            }
        }
        return new ArrayList<>(models.values());
    }

    /// The known facts, with the tiers of others that agree about the base price.
    private static ModelFacts withTiers(ModelFacts known, ModelFacts other) {
        Rates rates = known.price().rates();
        Rates others = other.price().rates();
        boolean agree = rates.input() == others.input() && rates.output() == others.output();
        if (!agree || !known.price().tiers().isEmpty()) {
            return known;
        }
        Price price =
                new Price(
                        rates,
                        known.price().image(),
                        known.price().request(),
                        known.price().webSearch(),
                        other.price().tiers());
        return new ModelFacts(known.model(), price, known.about());
    }
}
