package tollgate.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rows of imported facts.
final class FactStore {
    private static final String ALL =
            """
            SELECT provider, line FROM catalog_fact ORDER BY provider, model
            """;
    private static final String PUT =
            """
            INSERT INTO catalog_fact (provider, model, line, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (provider, model) DO UPDATE SET line = excluded.line, at = excluded.at
            """;

    private final Connection connection;

    FactStore(Connection connection) {
        this.connection = connection;
    }

    /// Lines, by provider.
    Map<String, List<String>> all() throws SQLException {
        Map<String, List<String>> all = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(ALL);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                all.computeIfAbsent(rows.getString(1), _ -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        return all;
    }

    void put(String provider, List<ModelFacts> models, Instant at) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            for (ModelFacts facts : models) {
                put.setString(1, provider);
                put.setString(2, facts.model());
                put.setString(3, facts.line());
                put.setLong(4, at.toEpochMilli());
                put.addBatch();
            }
            put.executeBatch();
        }
    }
}
