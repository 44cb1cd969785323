package tollgate.db;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

/// Tells a store that cannot work now, which is 503 for the caller, from a mistake of ours.
final class Failures {
    /// A full disk or a lock is tried again that soon.
    static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /// Extended result codes carry the primary one in their low byte.
    private static final int PRIMARY = 0xff;

    private static final Set<Integer> OUTAGES =
            Stream.of(
                            SQLiteErrorCode.SQLITE_BUSY,
                            SQLiteErrorCode.SQLITE_LOCKED,
                            SQLiteErrorCode.SQLITE_NOMEM,
                            SQLiteErrorCode.SQLITE_READONLY,
                            SQLiteErrorCode.SQLITE_IOERR,
                            SQLiteErrorCode.SQLITE_CORRUPT,
                            SQLiteErrorCode.SQLITE_FULL,
                            SQLiteErrorCode.SQLITE_CANTOPEN,
                            SQLiteErrorCode.SQLITE_PROTOCOL,
                            SQLiteErrorCode.SQLITE_NOTADB)
                    .map(code -> code.code)
                    .collect(Collectors.toUnmodifiableSet());

    private Failures() {}

    static GatewayException unavailable(String message, @Nullable Throwable cause) {
        return new GatewayException(new Fault.Unavailable(message, RETRY_AFTER), cause);
    }

    static GatewayException unavailable(SQLException cause) {
        return unavailable("the database is not available", cause);
    }

    /// The database's own error within what a store threw, or null.
    static @Nullable SQLException within(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /// Whether the whole transaction is lost rather than one statement wrong.
    static boolean isOutage(SQLException thrown) {
        return thrown instanceof SQLiteException sqlite
                && OUTAGES.contains(sqlite.getResultCode().code & PRIMARY);
    }
}
