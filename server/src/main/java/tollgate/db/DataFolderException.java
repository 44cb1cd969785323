package tollgate.db;

import org.jspecify.annotations.Nullable;

/// The data folder, or the database in it, cannot be used; the message is for the operator, and the
/// start ends with it.
public sealed class DataFolderException extends RuntimeException permits DataFolder.InUse {
    DataFolderException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
