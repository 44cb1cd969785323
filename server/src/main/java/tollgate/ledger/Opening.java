package tollgate.ledger;

import java.util.List;
import java.util.Map;
import tollgate.db.Database;
import tollgate.ledger.FrameCursor.Decoded;

/// Folds what a start finds beyond the projections, so that memory is loaded from one place only.
final class Opening {
    private final Database database;
    private final List<Projection> projections;
    private final Map<Long, OpenCall> open;
    private FoldBatch batch;
    private Folder.Progress progress;
    private LedgerStore.Cursor cursor;

    Opening(Database database, List<Projection> projections, LedgerStore.Cursor cursor) {
        this.database = database;
        this.projections = projections;
        this.cursor = cursor;
        this.open = database.read(LedgerStore::openCalls);
        this.batch = new FoldBatch(open);
        this.progress = new Folder.Progress(cursor);
    }

    void frame(Decoded frame, long segment) {
        progress.add(frame, segment, batch);
        if (batch.records() >= Folder.BATCH_ENTRIES_MAX) {
            write();
        }
    }

    void write() {
        FoldBatch writing = batch;
        LedgerStore.Cursor reached = progress.cursor();
        if (reached.frame() == cursor.frame()) {
            return;
        }
        database.write(tx -> {
            writing.write(tx, projections);
            LedgerStore.putCursor(tx, reached);
            return reached;
        });
        writing.committed();
        cursor = reached;
        batch = new FoldBatch(open);
        progress = new Folder.Progress(cursor);
    }

    LedgerStore.Cursor cursor() {
        return cursor;
    }

    /// Calls open at the cursor.
    Map<Long, OpenCall> open() {
        return open;
    }
}
