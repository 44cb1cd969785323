package tollgate.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;

/// Puts configuration, catalogue and stored prices together, within one transaction.
final class Loading {
    private final Config config;
    private final Catalogue catalogue;
    private final PriceBook book;
    private final List<Upstream> upstreams;
    private final Map<PriceKey, PriceStore.Row> prices = new HashMap<>();

    private Loading(Config config, Catalogue catalogue, PriceBook book) {
        this.config = config;
        this.catalogue = catalogue;
        this.book = book;
        this.upstreams = Upstream.all(config);
    }

    static Snapshot run(Connection connection, Config config, Instant now) throws SQLException {
        Catalogue catalogue = Catalogue.builtIn(new FactStore(connection).all());
        return new Loading(config, catalogue, PriceBook.open(connection, now)).snapshot();
    }

    private Snapshot snapshot() throws SQLException {
        List<Shelf> shelves = new ArrayList<>();
        for (Upstream upstream : upstreams) {
            shelf(upstream).ifPresent(shelves::add);
        }
        for (Shelf shelf : shelves) {
            settle(shelf);
        }
        Shelf sandbox = listed(WellKnown.SANDBOX, WellKnown.SANDBOX);
        settle(sandbox);
        for (FlatPrice flat : FlatPrice.values()) {
            settle(flat.key(), PriceText.write(flat.price(config)), 0);
        }
        return new Snapshot(new Assortment(entries(), shelves, sandbox, rest()), prices);
    }

    private Optional<Shelf> shelf(Upstream upstream) {
        WellKnown known = upstream.known();
        if (known == null) {
            return Optional.empty();
        }
        if (upstream.isFree()) {
            return Optional.of(
                    new Shelf(upstream.name(), known.name(), new Shelf.Stock.Anything()));
        }
        return upstream.isEnabled()
                ? Optional.of(listed(upstream.name(), known.name()))
                : Optional.empty();
    }

    private Shelf listed(String provider, String family) {
        return new Shelf(provider, family, new Shelf.Stock.Listed(catalogue.section(family)));
    }

    private void settle(Shelf shelf) throws SQLException {
        long markupPpm = config.pricing().markupPpm();
        if (!shelf.isListed()) {
            settle(shelf.key(Shelf.ANYTHING), PriceText.write(Price.FREE), markupPpm);
        }
        for (Map.Entry<String, String> line : shelf.lines().entrySet()) {
            settle(shelf.key(line.getKey()), CatalogueLine.price(line.getValue()), markupPpm);
        }
    }

    private void settle(PriceKey key, @Nullable String said, long markupPpm) throws SQLException {
        if (prices.containsKey(key)) {
            return; // two providers of one family
        }
        if (markupPpm > PriceVersion.MARKUP_PPM_MAX) {
            throw new CatalogException(
                    "markup of %s: %d parts per million (expected: at most %d)"
                            .formatted(key.name(), markupPpm, PriceVersion.MARKUP_PPM_MAX));
        }
        PriceStore.Row version = book.settle(key, said, markupPpm);
        if (version != null) {
            prices.put(key, version);
        }
    }

    private Map<String, Offer> entries() throws SQLException {
        Map<String, Offer> entries = new LinkedHashMap<>();
        for (Map.Entry<String, Config.Model> entry : config.models().entrySet()) {
            if (!entry.getKey().equals(Assortment.Rest.NAME)) {
                entries.put(entry.getKey(), entry(entry.getKey(), entry.getValue()));
            }
        }
        return entries;
    }

    private Offer entry(String name, Config.Model said) throws SQLException {
        PriceKey key = PriceKey.entry(name);
        Price price = price(name, said);
        settle(key, price == null ? null : PriceText.write(price), markup(said));
        List<RouteEntry> routes = new ArrayList<>();
        for (Config.Route route : said.routes()) {
            routes.add(route(name, route));
        }
        return new Offer(
                key, author(name, routes), routes, about(said.about(), routes), said.allow());
    }

    private long markup(Config.Model said) {
        Long its = said.markupPpm();
        return its == null ? config.pricing().markupPpm() : its;
    }

    private static String where(String model) {
        return "models." + model + ".price";
    }

    /// The entry's own, else that of the first route of which the catalogue knows one.
    private @Nullable Price price(String name, Config.Model said) {
        Config.Price its = said.price();
        if (its != null) {
            return ConfiguredPrice.of(where(name), its);
        }
        for (Config.Route route : said.routes()) {
            Price known = priceAt(route.provider(), upstreamModel(name, route));
            if (known != null) {
                return known;
            }
        }
        return null;
    }

    private @Nullable Price priceAt(String provider, String model) {
        if (isFree(provider)) {
            return Price.FREE;
        }
        return facts(provider, model).map(ModelFacts::price).orElse(null);
    }

    private boolean isFree(String provider) {
        return upstreams.stream().anyMatch(u -> u.name().equals(provider) && u.isFree());
    }

    private Optional<ModelFacts> facts(String provider, String model) {
        return catalogue.section(family(provider)).find(model);
    }

    /// The well-known provider behind a name; the name itself for the sandbox and for those that
    /// are not switched on.
    private String family(String provider) {
        for (Upstream upstream : upstreams) {
            WellKnown known = upstream.known();
            if (upstream.name().equals(provider)) {
                return known == null ? "" : known.name();
            }
        }
        return provider;
    }

    private static String upstreamModel(String name, Config.Route route) {
        String its = route.model();
        return its == null ? name : its;
    }

    private RouteEntry route(String name, Config.Route route) {
        String model = upstreamModel(name, route);
        Config.Price cost = route.cost();
        return new RouteEntry(
                route.provider(),
                model,
                route.weight(),
                route.fallback(),
                cost == null
                        ? priceAt(route.provider(), model)
                        : ConfiguredPrice.of("models." + name + ".routes.cost", cost));
    }

    /// What is true of every route, and what the operator says over it.
    private About about(Config.About said, List<RouteEntry> routes) {
        About all = null;
        for (RouteEntry route : routes) {
            About its = about(route);
            all = all == null ? its : all.or(its);
        }
        return (all == null ? About.NOTHING_KNOWN : all).with(said);
    }

    /// A provider that nobody knows still serves what a model's name says.
    private About about(RouteEntry route) {
        String model = route.upstreamModel();
        return facts(route.provider(), model)
                .or(() -> catalogue.findAnywhere(model).map(Catalogue.Sold::facts))
                .map(ModelFacts::about)
                .orElse(About.NOTHING_KNOWN);
    }

    private String author(String name, List<RouteEntry> routes) {
        if (name.indexOf('/') > 0) {
            return Shelf.author("", name);
        }
        return catalogue
                .findAnywhere(name)
                .map(sold -> Shelf.author(sold.provider(), sold.facts().model()))
                .orElseGet(() -> routes.getFirst().provider());
    }

    private Assortment.@Nullable Rest rest() throws SQLException {
        Config.Model said = config.models().get(Assortment.Rest.NAME);
        if (said == null) {
            return null;
        }
        List<RouteEntry> routes = new ArrayList<>();
        List<Shelf> shelves = new ArrayList<>();
        for (Config.Route route : said.routes()) {
            routes.add(route(Assortment.Rest.NAME, route));
            shelves.add(listed(route.provider(), family(route.provider())));
        }
        for (WellKnown known : WellKnown.makersFirst()) {
            shelves.add(listed(known.name(), known.name()));
        }
        Assortment.Rest rest =
                new Assortment.Rest(routes, shelves, pricing(said), said.about(), said.allow());
        settle(rest, said);
        return rest;
    }

    private static Assortment.Rest.Pricing pricing(Config.Model said) {
        if (said.price() != null) {
            return Assortment.Rest.Pricing.ENTRY;
        }
        return said.markupPpm() != null
                ? Assortment.Rest.Pricing.ENTRY_MARKUP
                : Assortment.Rest.Pricing.CATALOGUE;
    }

    private void settle(Assortment.Rest rest, Config.Model said) throws SQLException {
        Config.Price its = said.price();
        if (its != null) {
            Price price = ConfiguredPrice.of(where(Assortment.Rest.NAME), its);
            settle(PriceKey.entry(Assortment.Rest.NAME), PriceText.write(price), markup(said));
            return;
        }
        for (Shelf shelf : rest.shelves()) {
            for (Map.Entry<String, String> line : shelf.lines().entrySet()) {
                settle(
                        rest.key(shelf.key(line.getKey())),
                        CatalogueLine.price(line.getValue()),
                        markup(said));
            }
        }
    }
}
