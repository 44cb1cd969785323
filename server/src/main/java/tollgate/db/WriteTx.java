package tollgate.db;

import java.util.ArrayList;
import java.util.List;

/// A transaction that may change rows.
public final class WriteTx extends ReadTx {
    private final List<Runnable> afterCommit = new ArrayList<>(2);

    WriteTx(Link link) {
        super(link);
    }

    /// Runs `action` once the commit is on disk and before the caller hears of it, in the order of
    /// the commits: so memory never shows what a crash would take back, nor an older state over a
    /// newer one. It must be quick, and must not fail.
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}
