package tollgate.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says which version of a price holds, within one transaction, and makes new ones.
///
/// A price in the file makes a new version only when what the file says has changed since the last
/// start; until then the newest version stored holds, which may be one that an operator set at run
/// time. Price and markup are looked at apart: a new markup leaves such a price alone.
final class PriceBook {
    private final PriceStore store;
    private final Instant now;
    private final Map<PriceKey, PriceStore.Row> newest;
    private final Map<PriceKey, PriceStore.Row> sources;

    private PriceBook(
            PriceStore store,
            Instant now,
            Map<PriceKey, PriceStore.Row> newest,
            Map<PriceKey, PriceStore.Row> sources) {
        this.store = store;
        this.now = now;
        this.newest = newest;
        this.sources = sources;
    }

    static PriceBook open(Connection connection, Instant now) throws SQLException {
        PriceStore store = new PriceStore(connection);
        return new PriceBook(store, now, store.newest(), store.sources());
    }

    /// The version that holds, given what file or catalogue say; null: not for sale.
    ///
    /// @param said as [PriceText] writes it; null when they say no price
    PriceStore.@Nullable Row settle(PriceKey key, @Nullable String said, long markupPpm)
            throws SQLException {
        PriceStore.Row source = sources.get(key);
        PriceStore.Row held = newest.get(key);
        boolean isSamePrice = source != null && Objects.equals(source.price(), said);
        boolean isSameMarkup = source != null && source.markupPpm() == markupPpm;
        if (!isSamePrice || !isSameMarkup) {
            store.putSource(key, said, markupPpm);
        }
        if (held == null) {
            return said == null ? null : insert(key, said, markupPpm);
        }
        String price = isSamePrice ? held.price() : said;
        long itsMarkup = isSameMarkup ? held.markupPpm() : markupPpm;
        boolean isHeld = Objects.equals(price, held.price()) && itsMarkup == held.markupPpm();
        PriceStore.Row version = isHeld ? held : insert(key, price, itsMarkup);
        return version.price() == null ? null : version;
    }

    /// A price set at run time, at the markup that holds.
    PriceStore.Row reprice(PriceKey key, Price price) throws SQLException {
        PriceStore.Row last = newest.getOrDefault(key, sources.get(key));
        if (last == null) {
            throw new IllegalStateException(
                    "price of %s: never loaded (expected: loaded before it is set)".formatted(key));
        }
        return insert(key, PriceText.write(price), last.markupPpm());
    }

    private PriceStore.Row insert(PriceKey key, @Nullable String price, long markupPpm)
            throws SQLException {
        long id = store.insert(key, price, markupPpm, now);
        PriceStore.Row row = new PriceStore.Row(id, price, markupPpm);
        newest.put(key, row);
        return row;
    }

    /// Any version ever made, for posts of holds that pinned it.
    static Optional<PriceVersion> find(Connection connection, long id) throws SQLException {
        return new PriceStore(connection).find(id).flatMap(PriceStore.Row::version);
    }

    /// The same price at another markup: found, or made.
    static PriceVersion variant(
            Connection connection, PriceVersion base, long markupPpm, Instant now)
            throws SQLException {
        PriceStore store = new PriceStore(connection);
        Optional<PriceStore.Row> found = store.findVariant(base.id(), markupPpm);
        if (found.isEmpty()) {
            store.insertVariant(base.id(), markupPpm, now);
            found = store.findVariant(base.id(), markupPpm);
        }
        return new PriceVersion(found.orElseThrow().id(), base.price(), markupPpm);
    }
}
