package tollgate.bench;

import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The fold of the exported ledger: what lies at each place, and what was posted. Fed page by page;
/// it fails at the first line that breaks the order or moves nothing. Not thread-safe.
final class Ledger {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Long> places = new HashMap<>();
    private long lastSeq;
    private long posts;
    private long postedNanos;

    /// One move of money, as far as it matters here.
    private record Move(long seq, String kind, String debit, String credit, long amount) {}

    /// Takes lines of the export, one JSON object each, following those taken before.
    void take(InputStream lines) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), lines)) {
            while (parser.nextToken() != null) {
                take(move(parser));
            }
        }
    }

    private static Move move(JsonParser parser) {
        long seq = 0;
        long amount = 0;
        String kind = "";
        String debit = "";
        String credit = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "seq" -> seq = parser.getLongValue();
                case "amount" -> amount = parser.getLongValue();
                case "kind" -> kind = parser.getString();
                case "debit" -> debit = parser.getString();
                case "credit" -> credit = parser.getString();
                default -> parser.skipChildren();
            }
        }
        return new Move(seq, kind, debit, credit, amount);
    }

    private void take(Move move) {
        if (move.seq != lastSeq + 1 || move.amount <= 0) {
            throw new BenchFailed(
                    "ledger: %s behind seq %d (expected: the next seq, an amount above 0)"
                            .formatted(move, lastSeq));
        }
        if (move.kind.equals("overage")) {
            throw new BenchFailed("ledger: %s (expected: no overage)".formatted(move));
        }
        lastSeq = move.seq;
        places.merge(move.debit, -move.amount, Math::addExact);
        places.merge(move.credit, move.amount, Math::addExact);
        if (move.kind.equals("post")) {
            posts++;
            postedNanos = Math.addExact(postedNanos, move.amount);
        }
    }

    long lastSeq() {
        return lastSeq;
    }

    long posts() {
        return posts;
    }

    long postedNanos() {
        return postedNanos;
    }

    /// Nano-dollars at a place of the export, such as `account:ID`.
    long at(String place) {
        return places.getOrDefault(place, 0L);
    }

    /// Everything that is held, of all accounts.
    long heldNanos() {
        return places.entrySet().stream()
                .filter(place -> place.getKey().contains("held:"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// The sum over all places; anything but 0 is money out of nothing.
    long sumNanos() {
        return places.values().stream().mapToLong(Long::longValue).sum();
    }
}
