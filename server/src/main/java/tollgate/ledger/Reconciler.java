package tollgate.ledger;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/// Ends the calls that a dead process left open, as S10 or S11 say. Its records are ordinary ones,
/// so a crash here leaves the rest to the next start (I-36).
final class Reconciler {
    private final Ledger ledger;

    Reconciler(Ledger ledger) {
        this.ledger = ledger;
    }

    Reconciled resolve(Collection<OpenCall> open) throws IOException {
        int posted = 0;
        for (OpenCall call : open) {
            posted += resolve(call) instanceof Entry.Post ? 1 : 0;
        }
        return new Reconciled(posted, open.size() - posted);
    }

    private Entry.Resolution resolve(OpenCall call) throws IOException {
        long now = ledger.now();
        Entry.Resolution resolution = call.orphaned(now);
        if (ledger.append(List.of(resolution)) == 0) {
            throw new IOException("the journal refuses to be written at a start");
        }
        long charged = resolution instanceof Entry.Post post ? post.amount() : 0;
        Entry.Subject subject = resolution.subject();
        ledger.purse(subject.account(), subject.book())
                .settleOrphan(call.held(), charged, ledger.spend(subject.key()), now);
        Entry.Binding binding = call.hold().binding();
        if (binding != null) {
            // Until it is folded, only memory can tell a replay that this call was charged.
            ledger.replays().resolved(subject.account(), binding, resolution);
        }
        ledger.step(resolution);
        return resolution;
    }
}
