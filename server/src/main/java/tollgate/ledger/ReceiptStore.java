package tollgate.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import tollgate.db.ReadTx;
import tollgate.db.WriteTx;
import tollgate.ledger.Entry.Credit;
import tollgate.unit.Digest;

/// What the row of a credit knows of the request that asked for it. The caller owns the
/// transaction.
final class ReceiptStore {
    private ReceiptStore() {}

    /// A cause that is known.
    ///
    /// @param request null when the row was rebuilt from the journal alone
    /// @param answer null while there is none
    record Noted(
            long account,
            long amount,
            boolean isDecided,
            @Nullable Digest request,
            @Nullable String answer) {
        /// Whether this request, for this credit, is the one that was noted.
        boolean isOf(Digest other, Credit credit) {
            return request == null
                    ? account == credit.account() && amount == credit.amount()
                    : request.equals(other);
        }
    }

    static @Nullable Noted find(ReadTx tx, String cause) throws SQLException {
        try (PreparedStatement select =
                tx.connection()
                        .prepareStatement(
                                """
                                SELECT account, amount, state, request, answer
                                FROM credit_intent WHERE cause = ?
                                """)) {
            select.setString(1, cause);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                byte[] request = row.getBytes(4);
                return new Noted(
                        row.getLong(1),
                        row.getLong(2),
                        row.getInt(3) != LedgerStore.IntentState.ACCEPTING.code(),
                        request == null ? null : Digest.ofBytes(request),
                        row.getString(5));
            }
        }
    }

    static void putRequest(WriteTx tx, String cause, Digest request) throws SQLException {
        put(tx, "UPDATE credit_intent SET request = ? WHERE cause = ?", cause, request.toBytes());
    }

    static void putAnswer(WriteTx tx, String cause, String answer) throws SQLException {
        put(tx, "UPDATE credit_intent SET answer = ? WHERE cause = ?", cause, answer);
    }

    private static void put(WriteTx tx, String sql, String cause, Object value)
            throws SQLException {
        try (PreparedStatement update = tx.connection().prepareStatement(sql)) {
            update.setObject(1, value);
            update.setString(2, cause);
            if (update.executeUpdate() != 1) {
                throw new SQLException("credit %s: no row".formatted(cause));
            }
        }
    }
}
