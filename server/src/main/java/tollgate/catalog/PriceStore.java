package tollgate.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows of prices. Text and numbers only: what they mean is [PriceBook]'s.
final class PriceStore {
    /// SQLite takes the other columns from the row that has the largest id.
    private static final String NEWEST =
            """
            SELECT origin, name, price, markup_ppm, max(id) FROM price_version
            WHERE variant_of IS NULL GROUP BY origin, name
            """;

    private static final String SOURCES =
            """
            SELECT origin, name, price, markup_ppm FROM price_source
            """;
    private static final String INSERT =
            """
            INSERT INTO price_version (origin, name, price, markup_ppm, variant_of, at)
            VALUES (?, ?, ?, ?, NULL, ?) RETURNING id
            """;
    private static final String PUT_SOURCE =
            """
            INSERT INTO price_source (origin, name, price, markup_ppm) VALUES (?, ?, ?, ?)
            ON CONFLICT (origin, name)
            DO UPDATE SET price = excluded.price, markup_ppm = excluded.markup_ppm
            """;
    private static final String FIND =
            """
            SELECT id, price, markup_ppm FROM price_version WHERE id = ?
            """;
    private static final String FIND_VARIANT =
            """
            SELECT id, price, markup_ppm FROM price_version WHERE variant_of = ? AND markup_ppm = ?
            """;
    private static final String INSERT_VARIANT =
            """
            INSERT INTO price_version (origin, name, price, markup_ppm, variant_of, at)
            SELECT origin, name, price, ?, id, ? FROM price_version WHERE id = ?
            """;

    /// A price and markup as they stand in a row.
    ///
    /// @param id 0 where the row is no version
    /// @param price null: not for sale
    record Row(long id, @Nullable String price, long markupPpm) {

        /// Empty where it says: not for sale.
        Optional<PriceVersion> version() {
            return price == null
                    ? Optional.empty()
                    : Optional.of(new PriceVersion(id, PriceText.read(price), markupPpm));
        }
    }

    private final Connection connection;

    PriceStore(Connection connection) {
        this.connection = connection;
    }

    /// The newest version of everything.
    Map<PriceKey, Row> newest() throws SQLException {
        Map<PriceKey, Row> newest = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(NEWEST);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                newest.put(key(rows), new Row(rows.getLong(5), rows.getString(3), rows.getLong(4)));
            }
        }
        return newest;
    }

    /// What the last start was told.
    Map<PriceKey, Row> sources() throws SQLException {
        Map<PriceKey, Row> sources = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SOURCES);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sources.put(key(rows), new Row(0, rows.getString(3), rows.getLong(4)));
            }
        }
        return sources;
    }

    private static PriceKey key(ResultSet rows) throws SQLException {
        return new PriceKey(PriceKey.Origin.of(rows.getString(1)), rows.getString(2));
    }

    /// Adds a version and tells its id.
    long insert(PriceKey key, @Nullable String price, long markupPpm, Instant at)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            bind(insert, key, price, markupPpm);
            insert.setLong(5, at.toEpochMilli());
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    void putSource(PriceKey key, @Nullable String price, long markupPpm) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT_SOURCE)) {
            bind(put, key, price, markupPpm);
            put.executeUpdate();
        }
    }

    private static void bind(
            PreparedStatement statement, PriceKey key, @Nullable String price, long markupPpm)
            throws SQLException {
        statement.setString(1, key.origin().word());
        statement.setString(2, key.name());
        if (price == null) {
            statement.setNull(3, Types.VARCHAR);
        } else {
            statement.setString(3, price);
        }
        statement.setLong(4, markupPpm);
    }

    Optional<Row> find(long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setLong(1, id);
            return first(select);
        }
    }

    Optional<Row> findVariant(long base, long markupPpm) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND_VARIANT)) {
            select.setLong(1, base);
            select.setLong(2, markupPpm);
            return first(select);
        }
    }

    private static Optional<Row> first(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Row(rows.getLong(1), rows.getString(2), rows.getLong(3)))
                    : Optional.empty();
        }
    }

    void insertVariant(long base, long markupPpm, Instant at) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_VARIANT)) {
            insert.setLong(1, markupPpm);
            insert.setLong(2, at.toEpochMilli());
            insert.setLong(3, base);
            insert.executeUpdate();
        }
    }
}
