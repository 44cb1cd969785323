package tollgate.ledger;

import java.sql.SQLException;
import tollgate.db.WriteTx;

/// What a feature keeps in the database of the calls that the journal tells of. Called by the
/// folding thread, in its transaction: a projection may lag behind money, it never decides.
public interface Projection {
    /// Begins a batch in the caller's transaction.
    Batch begin(WriteTx tx) throws SQLException;

    /// Calls of one transaction, in the order in which they ended.
    interface Batch extends AutoCloseable {
        void add(ClosedCall call) throws SQLException;

        /// Writes what was added.
        void execute() throws SQLException;

        @Override
        void close() throws SQLException;
    }
}
