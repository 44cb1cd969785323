package tollgate.recorded;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tollgate.kit.Answer.Framing;
import tollgate.kit.FakeUpstream;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.SseEvent;
import tollgate.recorded.Expected.Barred;
import tollgate.recorded.Expected.Events;
import tollgate.recorded.Expected.Refused;
import tollgate.recorded.Expected.Whole;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays one recording, cut in one way, through the gateway and notes everything that differs from
/// what is expected. For one thread.
final class Playing {
    /// Bodies cut into single bytes take their time on a busy machine.
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);

    private static final int BUSY_MAX = 100;
    private static final Duration BUSY_PAUSE = Duration.ofMillis(50);
    private static final int SHOWN_CHARS = 300;
    private static final BigDecimal NONE = BigDecimal.ONE.negate();
    private static final String COST = "x-tollgate-cost";

    private final Recorded recorded;
    private final Expected expected;
    private final Shop.Good good;
    private final Cut cut;
    private final List<String> differences = new ArrayList<>();
    private BigDecimal cost = NONE;

    /// How the provider's answer is cut into writes.
    enum Cut {
        WHOLE,
        SEVENS,
        ONES;

        Script of(Script script) {
            return switch (this) {
                case WHOLE -> script;
                case SEVENS -> script.chunks(7);
                case ONES -> script.writes(1).framing(Framing.LENGTH);
            };
        }
    }

    /// What became of it.
    ///
    /// @param requestId by which the ledger knows it
    /// @param cost USD that the caller was told, -1 when he was not
    record Played(
            Recorded recorded,
            Expected expected,
            Shop.Good good,
            Cut cut,
            String requestId,
            BigDecimal cost,
            List<String> differences) {}

    Playing(Recorded recorded, Expected expected, Shop.Good good, Cut cut) {
        this.recorded = recorded;
        this.expected = expected;
        this.good = good;
        this.cut = cut;
    }

    Played play(FakeUpstream provider, int port, String bearer) throws IOException {
        provider.on(good.upstream(), cut.of(recorded.script()));
        int before = provider.requests(good.upstream()).size();
        Response answer = ask(port, bearer);
        List<Received> sent = provider.requests(good.upstream());
        checkAnswer(answer);
        checkSent(sent.subList(before, sent.size()));
        String id = answer.header("x-request-id");
        return new Played(
                recorded,
                expected,
                good,
                cut,
                Objects.requireNonNullElse(id, "no x-request-id"),
                cost,
                differences);
    }

    /// Asks again, as a client would, while the ledger's disk is behind: it has its own tests.
    private Response ask(int port, String bearer) throws IOException {
        Response answer = askOnce(port, bearer);
        for (int i = 0; i < BUSY_MAX && answer.status() == 503; i++) {
            LockSupport.parkNanos(BUSY_PAUSE.toNanos());
            answer = askOnce(port, bearer);
        }
        return answer;
    }

    private Response askOnce(int port, String bearer) throws IOException {
        try (var client = RawClient.connect(port).readTimeout(ANSWER_MAX)) {
            String text = new String(recorded.ask(), java.nio.charset.StandardCharsets.UTF_8);
            client.post(recorded.path(), text, bearer);
            return client.response();
        }
    }

    private void differ(String what, @Nullable Object found, @Nullable Object wanted) {
        differences.add(
                "%s (%s): %s: %s (expected: %s)"
                        .formatted(recorded, cut, what, shown(found), shown(wanted)));
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    private void same(String what, @Nullable Object found, @Nullable Object wanted) {
        if (!Objects.equals(found, wanted)) {
            differ(what, found, wanted);
        }
    }

    // ---------------------------------------------------------------- the answer

    private void checkAnswer(Response answer) {
        same("ending", answer.ending(), RawClient.Ending.COMPLETE);
        switch (expected) {
            case Barred barred -> checkBarred(answer, barred);
            case Refused refused -> checkRefusal(answer, refused);
            case Whole whole -> checkWhole(answer, whole);
            case Events events -> checkEvents(answer, events);
        }
    }

    private void checkRefusal(Response answer, Refused refused) {
        same("status", answer.status(), refused.status());
        same("type", answer.header("content-type"), "application/json");
        same("error", answer.json(), refused.body());
    }

    private void checkBarred(Response answer, Barred barred) {
        same("status", answer.status(), 400);
        JsonNode error = answer.json().path("error");
        same("param", error.path("param").asString(""), barred.param());
        same("type", error.path("type").asString(""), "invalid_request_error");
    }

    private void checkWhole(Response answer, Whole whole) {
        same("status", answer.status(), 200);
        same("type", answer.header("content-type"), "application/json");
        if (!Arrays.equals(answer.body(), whole.body())) {
            differ("body", answer.text(), recorded.objects());
        }
        String said = answer.header(COST);
        cost = said == null ? NONE : new BigDecimal(said);
    }

    private void checkEvents(Response answer, Events events) {
        same("status", answer.status(), 200);
        String type = Objects.requireNonNullElse(answer.header("content-type"), "");
        same("is a stream", type.startsWith("text/event-stream"), true);
        var payloads = new ArrayList<String>();
        for (SseEvent event : answer.events()) {
            for (String comment : event.comments()) {
                if (comment.startsWith(COST + " ")) {
                    cost = new BigDecimal(comment.substring(COST.length() + 1));
                }
            }
            if (event.data() != null) {
                payloads.add(event.data());
            }
        }
        checkPayloads(payloads, events.payloads());
    }

    private void checkPayloads(List<String> found, List<String> wanted) {
        for (int i = 0; i < Math.min(found.size(), wanted.size()); i++) {
            if (!found.get(i).equals(wanted.get(i))) {
                differ("event " + i, found.get(i), wanted.get(i));
                return;
            }
        }
        same("events", found.size(), wanted.size());
    }

    // ---------------------------------------------------------------- what went upstream

    /// A failure may be tried a second time, with the same request.
    private void checkSent(List<Received> sent) {
        boolean isFailure = expected instanceof Refused refused && refused.status() == 502;
        int most = isFailure ? 2 : 1;
        int least = 1;
        if (expected instanceof Barred) {
            least = 0;
            most = 0;
        }
        if (sent.size() < least || sent.size() > most) {
            differ("requests upstream", sent.size(), least + " to " + most);
        }
        for (Received request : sent) {
            checkSent(request);
        }
    }

    private void checkSent(Received request) {
        same("key upstream", request.header("authorization"), "Bearer " + Shop.PROVIDER_KEY);
        same("encodings upstream", request.header("accept-encoding"), "identity");
        JsonNode wanted = spliced();
        same("request upstream", request.json(), wanted);
        if (wanted.equals(recorded.asked()) && !Arrays.equals(request.body(), recorded.ask())) {
            differ("bytes upstream", request.json(), "the caller's own");
        }
    }

    /// The caller's body but for the few fields that the gateway sets.
    private JsonNode spliced() {
        var body = (ObjectNode) recorded.asked();
        body.put("model", good.upstream());
        if (!recorded.isChat()) {
            return body;
        }
        if (body.path("stream").asBoolean(false)) {
            body.withObject("stream_options").put("include_usage", true);
        }
        boolean limited =
                body.path("max_tokens").isNumber() || body.path("max_completion_tokens").isNumber();
        if (!limited && good.length() == Shop.Length.UNKNOWN) {
            body.put("max_tokens", Shop.OUTPUT_DEFAULT);
        }
        return body;
    }
}
