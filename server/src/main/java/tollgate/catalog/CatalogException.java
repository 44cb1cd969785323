package tollgate.catalog;

/// Something that was to be sold cannot be: the message says what, what was found and what was
/// expected. At the start it ends the start; at run time it is the caller's mistake.
public final class CatalogException extends RuntimeException {
    public CatalogException(String message) {
        super(message, null, false, false);
    }
}
