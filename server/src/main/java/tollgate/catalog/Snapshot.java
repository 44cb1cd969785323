package tollgate.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All that is for sale at one moment. Never changes, but for remembering what was found.
final class Snapshot {
    private final Assortment assortment;
    private final Map<PriceKey, PriceStore.Row> prices;

    /// Models by name. Bounded: names that find anything are as many as the catalogue has, but for
    /// those of local providers, which are not kept.
    private final Map<String, Model> found = new ConcurrentHashMap<>();

    private volatile @Nullable List<Model> list;

    Snapshot(Assortment assortment, Map<PriceKey, PriceStore.Row> prices) {
        this.assortment = assortment;
        this.prices = prices;
    }

    Optional<Model> find(String name) {
        Model known = found.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Offer> offer = assortment.find(name);
        Optional<Model> model = offer.flatMap(o -> priced(name, o));
        if (model.isPresent() && !offer.get().key().name().endsWith("/" + Shelf.ANYTHING)) {
            found.put(name, model.get());
        }
        return model;
    }

    private Optional<Model> priced(String name, Offer offer) {
        return price(offer.key()).map(price -> offer.model(name, price));
    }

    /// With or without a price of its own.
    Optional<Model> find(String name, PriceVersion instead) {
        return assortment.find(name).map(offer -> offer.model(name, instead));
    }

    Optional<PriceKey> key(String name) {
        return assortment.find(name).map(Offer::key);
    }

    Optional<PriceVersion> price(PriceKey key) {
        PriceStore.Row row = prices.get(key);
        return row == null ? Optional.empty() : row.version();
    }

    List<Model> list() {
        List<Model> known = list;
        if (known == null) {
            List<Model> made = new ArrayList<>();
            assortment.listed().forEach((name, offer) -> priced(name, offer).ifPresent(made::add));
            known = List.copyOf(made);
            list = known;
        }
        return known;
    }

    Snapshot with(PriceKey key, PriceStore.Row price) {
        Map<PriceKey, PriceStore.Row> changed = new HashMap<>(prices);
        changed.put(key, price);
        return new Snapshot(assortment, changed);
    }
}
