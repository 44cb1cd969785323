package tollgate.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.UsageSource;
import tollgate.ledger.Entry.Attempt;
import tollgate.ledger.Entry.Ending;
import tollgate.ledger.Entry.Extend;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Mark;
import tollgate.ledger.Entry.Try;

/// A call as the journal tells it so far: its hold and what followed. Used by the folding thread.
final class OpenCall {
    private final Hold hold;
    private final long atMillis;
    private final List<Attempt> attempts = new ArrayList<>(0);
    private long held;
    private @Nullable Mark mark;
    private boolean stored;

    OpenCall(Hold hold, long atMillis) {
        this.hold = hold;
        this.atMillis = atMillis;
        this.held = hold.amount();
    }

    Hold hold() {
        return hold;
    }

    long atMillis() {
        return atMillis;
    }

    long held() {
        return held;
    }

    List<Attempt> attempts() {
        return attempts;
    }

    void add(Attempt attempt) {
        attempts.add(attempt);
    }

    void add(Extend extend) {
        held = Math.addExact(held, extend.amount());
    }

    void add(Mark newest) {
        mark = newest;
    }

    /// Whether a row of it stands in the database.
    boolean isStored() {
        return stored;
    }

    void storedIs(boolean now) {
        stored = now;
    }

    /// How the reconciler ends it (S10, S11): the last mark is charged; without one nothing is.
    Entry.Resolution orphaned(long nowMillis) {
        Ending ending =
                new Ending(
                        Outcome.GATEWAY_DIED,
                        0,
                        attempts.size() + 1,
                        new Try(0, 0),
                        "",
                        "",
                        Math.max(0, nowMillis - atMillis),
                        -1);
        Mark last = mark;
        return last == null
                ? new Entry.Voided(hold.subject(), held, ending)
                : new Entry.Post(
                        hold.subject(),
                        held,
                        Math.min(last.amount(), held),
                        0,
                        last.usage(),
                        UsageSource.ESTIMATED,
                        ending,
                        null);
    }

    // ---------------------------------------------------------------- as a row

    byte[] toBytes() {
        EntryCodec codec = new EntryCodec(new Names());
        int most = (attempts.size() + 3) * EntryCodec.ENTRY_BYTES_MAX;
        ByteBuffer bytes = ByteBuffer.allocate(most);
        codec.write(bytes, hold);
        for (Attempt attempt : attempts) {
            codec.write(bytes, attempt);
        }
        if (held > hold.amount()) {
            codec.write(bytes, new Extend(hold.subject(), held - hold.amount()));
        }
        if (mark != null) {
            codec.write(bytes, mark);
        }
        byte[] result = new byte[bytes.position()];
        bytes.flip().get(result);
        return result;
    }

    static OpenCall fromBytes(byte[] bytes, long atMillis) {
        EntryCodec codec = new EntryCodec(new Names());
        ByteBuffer from = ByteBuffer.wrap(bytes);
        OpenCall call = null;
        while (from.hasRemaining()) {
            Entry entry = codec.read(from);
            if (entry instanceof Hold hold) {
                call = new OpenCall(hold, atMillis);
            } else if (call != null && entry != null) {
                call.add(entry);
            }
        }
        if (call == null) {
            throw new JournalCorrupt("open_hold: a row without its hold");
        }
        call.storedIs(true);
        return call;
    }

    private void add(Entry entry) {
        switch (entry) {
            case Attempt attempt -> add(attempt);
            case Extend extend -> add(extend);
            case Mark newest -> add(newest);
            case Hold _, Entry.Resolution _, Entry.Credit _ ->
                    throw new JournalCorrupt("open_hold: a row with a foreign record");
        }
    }
}
