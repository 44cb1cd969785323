package tollgate.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The catalogue's models that one provider serves.
///
/// @param provider its name in this gateway
/// @param family the well-known provider that it is
/// @param stock what it has: the catalogue's, or anything at no price
record Shelf(String provider, String family, Stock stock) {
    /// The name under which all models of a local provider have their price, which is none.
    static final String ANYTHING = "*";

    sealed interface Stock {
        record Listed(Catalogue.Section section) implements Stock {}

        /// Whatever the operator has put there; the catalogue cannot know.
        record Anything() implements Stock {}
    }

    /// By the provider's own name, or another that the catalogue knows.
    Optional<Offer> find(String name) {
        return switch (stock) {
            case Stock.Listed listed ->
                    listed.section().find(name).map(facts -> offer(facts.model(), facts));
            case Stock.Anything() ->
                    name.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    offer(
                                            ANYTHING,
                                            new ModelFacts(name, Price.FREE, About.NOTHING_KNOWN)));
        };
    }

    /// The provider's own name for the model.
    Optional<String> upstreamModel(String name) {
        return find(name).map(offer -> offer.routes().getFirst().upstreamModel());
    }

    /// The catalogue's lines, by model; none where the catalogue cannot know.
    Map<String, String> lines() {
        return switch (stock) {
            case Stock.Listed listed -> listed.section().lines();
            case Stock.Anything() -> Map.of();
        };
    }

    boolean isListed() {
        return stock instanceof Stock.Listed;
    }

    PriceKey key(String model) {
        return PriceKey.catalogue(family, model);
    }

    private Offer offer(String priced, ModelFacts facts) {
        return new Offer(
                key(priced),
                author(family, facts.model()),
                List.of(new RouteEntry(provider, facts.model(), 1, false, facts.price())),
                facts.about(),
                Set.of());
    }

    /// Hosts write `author/model`; Fireworks writes `accounts/…`, which says nothing.
    static String author(String family, String model) {
        int slash = model.indexOf('/');
        return slash <= 0 || model.startsWith("accounts/") ? family : model.substring(0, slash);
    }
}
