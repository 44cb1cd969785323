package tollgate.catalog;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tollgate.config.Config;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;

/// What is for sale and for how much. Reading is from memory, by any thread; changes are rows
/// first, and memory follows their commit.
public final class Catalog {
    /// Versions with accounts' own markups kept in memory; more are found again in the database.
    private static final int VARIANTS_MAX = 100_000;

    private final InstantSource clock;
    private final Map<Variant, PriceVersion> variants = new ConcurrentHashMap<>();
    private volatile Snapshot snapshot = new Snapshot(EMPTY, Map.of());

    private static final Assortment EMPTY =
            new Assortment(
                    Map.of(),
                    List.of(),
                    new Shelf(
                            WellKnown.SANDBOX,
                            WellKnown.SANDBOX,
                            new Shelf.Stock.Listed(Catalogue.Section.EMPTY)),
                    null);

    private record Variant(long base, long markupPpm) {}

    public Catalog(InstantSource clock) {
        this.clock = clock;
    }

    /// Takes over a configuration, at the start and at each reload: all of it or nothing. Prices
    /// follow the rules of [PriceBook].
    ///
    /// @throws CatalogException when something in it cannot be sold as it stands
    public void load(WriteTx tx, Config config) throws SQLException {
        Snapshot next = Loading.run(tx.connection(), config, clock.instant());
        tx.afterCommit(() -> snapshot = next);
    }

    /// The model of that name, if it is for sale.
    public Optional<Model> find(String name) {
        return snapshot.find(name);
    }

    /// The model of that name at a flat price: it needs a route, but no price of its own.
    public Optional<Model> find(String name, FlatPrice flat) {
        Snapshot now = snapshot;
        return now.price(flat.key()).flatMap(price -> now.find(name, price));
    }

    /// All models for sale, by the names to list: the configuration's first.
    public List<Model> list() {
        return snapshot.list();
    }

    /// Sets a model's price from now on, at the markup that it has.
    ///
    /// @return empty when there is no such model
    public Optional<PriceVersion> reprice(WriteTx tx, String name, Price price)
            throws SQLException {
        Optional<PriceKey> key = snapshot.key(name);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        PriceStore.Row row =
                PriceBook.open(tx.connection(), clock.instant()).reprice(key.get(), price);
        tx.afterCommit(() -> snapshot = snapshot.with(key.get(), row));
        return row.version();
    }

    /// Any version ever made, by the number that holds and posts carry.
    public Optional<PriceVersion> version(ReadTx tx, long id) throws SQLException {
        return PriceBook.find(tx.connection(), id);
    }

    /// A model's price at an account's own markup, if that was made before; see
    /// [#makeVariant(WriteTx, PriceVersion, long)].
    public Optional<PriceVersion> findVariant(PriceVersion base, long markupPpm) {
        return base.markupPpm() == markupPpm
                ? Optional.of(base)
                : Optional.ofNullable(variants.get(new Variant(base.id(), markupPpm)));
    }

    /// A model's price at an account's own markup, as a version of its own: what is charged must be
    /// explained by the version alone (I-09). Needed once for each pair, so it is made when the
    /// first call wants it.
    public PriceVersion makeVariant(WriteTx tx, PriceVersion base, long markupPpm)
            throws SQLException {
        PriceVersion version = PriceBook.variant(tx.connection(), base, markupPpm, clock.instant());
        tx.afterCommit(() -> keep(new Variant(base.id(), markupPpm), version));
        return version;
    }

    private void keep(Variant variant, PriceVersion version) {
        if (variants.size() >= VARIANTS_MAX) {
            variants.clear();
        }
        variants.put(variant, version);
    }

    /// Stores facts over the catalogue's own; they count from the next [#load(WriteTx, Config)].
    public void store(WriteTx tx, String provider, List<ModelFacts> facts) throws SQLException {
        new FactStore(tx.connection()).put(provider, facts, clock.instant());
    }
}
