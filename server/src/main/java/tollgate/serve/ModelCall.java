package tollgate.serve;

import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Exchange;
import tollgate.ledger.Entry;
import tollgate.tenant.Key;
import tollgate.unit.Money;

/// One call of a model: who, how, what.
public record ModelCall(Visitor visitor, Manner manner, Question question) {
    private static final String MAX_COST = "x-max-cost";
    private static final String APP = "x-title";
    private static final String TAGS = "x-tollgate-tags";

    public Exchange exchange() {
        return visitor.exchange();
    }

    public Key key() {
        return visitor.key();
    }

    /// What the caller wants to pay at most (`X-Max-Cost`, USD), or null.
    ///
    /// @throws GatewayException BadRequest when it is no amount above 0
    @Nullable Money maxCost() {
        String said = exchange().header(MAX_COST);
        if (said == null) {
            return null;
        }
        try {
            Money cost = Money.parse(said.strip());
            if (cost.nanos() > 0) {
                return cost;
            }
        } catch (IllegalArgumentException _) {
            // Refused below, like any other text.
        }
        throw new GatewayException(
                new Fault.BadRequest(
                        MAX_COST, "X-Max-Cost: no amount (expected: USD above 0, such as 0.05)"));
    }

    /// Who asked, for the row of the request.
    Entry.Context context(String provider, String requestModel) {
        return new Entry.Context(
                visitor.doorName(),
                provider,
                requestModel,
                shape(),
                orEmpty(question.endUser()),
                orEmpty(exchange().header(APP)),
                orEmpty(exchange().header(TAGS)));
    }

    private Entry.Shape shape() {
        return switch (question) {
            case Question.Embeddings _ -> Entry.Shape.EMBEDDINGS;
            case Question.Chat chat ->
                    switch (chat.delivery()) {
                        case WHOLE -> Entry.Shape.WHOLE;
                        case STREAM -> Entry.Shape.STREAM;
                    };
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
