package tollgate.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Entry.Credit;
import tollgate.unit.Digest;

/// Money in under an idempotency key (I-20 to I-24; A.6): the key is in the credit's cause, so that
/// it has one effect whatever dies in between, and its answer is kept for ever. Thread-safe;
/// blocks.
///
/// Who dies after the effect and before the answer is kept leaves a row without answer: the next
/// one who comes with the key makes it, from what the account has then.
public final class Receipts {
    private static final Duration IN_FLIGHT_RETRY = Duration.ofSeconds(1);

    private final MoneyIn moneyIn;
    private final Database database;

    /// Causes that somebody works on now.
    private final Map<String, Digest> running = new ConcurrentHashMap<>();

    Receipts(MoneyIn moneyIn, Database database) {
        this.moneyIn = moneyIn;
        this.database = database;
    }

    /// What became of a request.
    public sealed interface Receipt {
        /// It was booked now.
        record First(String answer) implements Receipt {}

        /// It was booked before: nothing happened now.
        record Again(String answer) implements Receipt {}

        /// The account does not have what is to be taken: nothing happened, and the key is free.
        record Refused() implements Receipt {}
    }

    /// Books a credit or a debit unless it was booked before, and keeps the answer to its request.
    ///
    /// @param request of everything that must be the same in a repetition
    /// @param answer made once the money is durable
    /// @throws GatewayException InFlight, or KeyReused when another request had this cause
    public Receipt book(Credit credit, Digest request, Supplier<String> answer) {
        Digest other = running.putIfAbsent(credit.cause(), request);
        if (other != null) {
            throw new GatewayException(other.equals(request) ? inFlight() : new Fault.KeyReused());
        }
        try {
            ReceiptStore.@Nullable Noted noted =
                    database.read(tx -> ReceiptStore.find(tx, credit.cause()));
            if (noted == null) {
                return moneyIn.book(credit, request)
                        ? new Receipt.First(kept(credit, answer.get()))
                        : new Receipt.Refused();
            }
            return new Receipt.Again(known(credit, request, noted, answer));
        } finally {
            running.remove(credit.cause());
        }
    }

    private String known(
            Credit credit, Digest request, ReceiptStore.Noted noted, Supplier<String> answer) {
        if (!noted.isOf(request, credit)) {
            throw new GatewayException(new Fault.KeyReused());
        }
        String before = noted.answer();
        if (before != null) {
            return before;
        }
        if (!noted.isDecided()) {
            throw new GatewayException(inFlight());
        }
        moneyIn.finish(credit);
        return kept(credit, answer.get());
    }

    private String kept(Credit credit, String answer) {
        return database.write(tx -> {
            ReceiptStore.putAnswer(tx, credit.cause(), answer);
            return answer;
        });
    }

    private static Fault inFlight() {
        return new Fault.InFlight(IN_FLIGHT_RETRY);
    }
}
