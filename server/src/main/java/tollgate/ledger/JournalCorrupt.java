package tollgate.ledger;

/// The journal holds what no writer of ours would have written: the start is refused.
public final class JournalCorrupt extends RuntimeException {
    public JournalCorrupt(String message) {
        super(message);
    }
}
