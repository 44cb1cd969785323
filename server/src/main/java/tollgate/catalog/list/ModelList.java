package tollgate.catalog.list;

import java.util.List;
import tollgate.catalog.CatalogException;
import tollgate.catalog.ModelFacts;
import tollgate.wire.json.Json;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;

/// A public list of models and their prices.
public sealed interface ModelList permits ModelsDev, LiteLlm, OpenRouter {

    /// What it says of the models of one of the well-known providers that we can sell; empty when
    /// it does not know the provider.
    List<ModelFacts> of(String provider);

    /// Models of that provider of which it says that they are no longer there.
    default List<String> retired(String provider) {
        return List.of();
    }

    /// Recognises the list by its shape: models.dev's, LiteLLM's or OpenRouter's.
    ///
    /// @param date models that the list says are retired by then are left out, as `2026-08-01`
    /// @throws CatalogException when it is none of these
    static ModelList read(byte[] json, String date) {
        Fields root = root(json);
        if (OpenRouter.isOne(root)) {
            return new OpenRouter(root);
        }
        if (ModelsDev.isOne(root)) {
            return new ModelsDev(root);
        }
        if (LiteLlm.isOne(root)) {
            return new LiteLlm(root, date);
        }
        throw new CatalogException(
                "list of models: of no shape we know"
                        + " (expected: models.dev's, LiteLLM's or OpenRouter's)");
    }

    private static Fields root(byte[] json) {
        try {
            return Fields.of(Json.parse(json, JsonLimits.TOLERANT));
        } catch (JsonException notJson) {
            throw new CatalogException("list of models: " + notJson.getMessage());
        }
    }
}
