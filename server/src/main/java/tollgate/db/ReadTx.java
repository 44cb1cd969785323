package tollgate.db;

import java.sql.Connection;
import org.jdbi.v3.core.Handle;

/// One transaction, as stores see it: the others only hand it on. It belongs to the thread that
/// runs it and ends with the call that it was given to.
public sealed class ReadTx permits WriteTx {
    private final Link link;

    ReadTx(Link link) {
        this.link = link;
    }

    /// For hot statements. Autocommit, begin and commit are the database's business.
    public Connection connection() {
        return link.connection();
    }

    /// For all others: SQL text with named parameters.
    public Handle handle() {
        return link.handle();
    }
}
