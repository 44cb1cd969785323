package tollgate.provider.sandbox;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.http.Ongoing;
import tollgate.http.Reply;
import tollgate.provider.Provider;
import tollgate.wire.Redactor;
import tollgate.wire.json.Json;
import tollgate.wire.openai.LimitName;

/// The provider `sandbox`: always there, free, deterministic, with real token counts, in OpenAI's
/// protocol. Every answer says `"system_fingerprint":"sandbox"`, and the header
/// `x-tollgate-sandbox: true` stands on every reply.
///
/// The same body gets the same answer but for `created`. Errors that a model plays carry the header
/// `x-tollgate-played: 1`: they must reach the caller as exactly that status.
public final class Sandbox implements Provider {
    public static final String NAME = "sandbox";

    /// Marks a status that is played, not met.
    public static final String PLAYED_HEADER = "x-tollgate-played";

    /// The longest answer of any sandbox model, in tokens; longer ones end with `length`.
    public static final int OUTPUT_TOKENS_MAX = Ask.OUTPUT_TOKENS_MAX;

    /// Larger bodies are read and counted off the event loop.
    private static final int BODY_BYTES_ON_LOOP_MAX = 32 * 1024;

    private static final int FINGERPRINT_BYTES = 8;
    private static final Duration SLOW_WHOLE = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final IntFunction<Loop> loops;
    private final Duration idle;

    /// Plays on the loops of the calls.
    ///
    /// @param loops the event loop of each index
    /// @param idle how long `sandbox/stall` is silent inside an answer before it fails
    public Sandbox(InstantSource clock, IntFunction<Loop> loops, Duration idle) {
        this.clock = clock;
        this.loops = loops;
        this.idle = idle;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LimitName limitName() {
        return LimitName.MAX_COMPLETION_TOKENS;
    }

    /// There is no key to strike out.
    @Override
    public Redactor redactor() {
        return Redactor.of("");
    }

    /// Never fails: what is wrong with a request is a reply with status 400.
    @Override
    public Ongoing send(Call call) {
        boolean slowToMake =
                call.body().length() > BODY_BYTES_ON_LOOP_MAX
                        || call.operation() == Operation.EMBEDDINGS;
        return new PlayedCall(
                slowToMake
                        ? loops.apply(call.loop()).apart(() -> reply(call))
                        : Future.succeededFuture(reply(call)));
    }

    private Reply reply(Call call) {
        byte[] bytes = call.body().getBytes();
        try {
            Json.Obj body = Json.parseObject(bytes);
            Part part = Part.of(body.string("model").orElse(""));
            if (part.status() != 200) {
                return played(call, part);
            }
            return switch (call.operation()) {
                case CHAT_COMPLETIONS -> chat(call, Ask.read(body), fingerprint(bytes));
                case EMBEDDINGS -> whole(call, part, Embedder.answer(body));
            };
        } catch (GatewayException refused) {
            if (refused.fault() instanceof BadRequest bad) {
                var error = error(bad.message(), "invalid_request_error", null, bad.param());
                return reply(call, 400, Map.of(), List.of(new Step.Bytes(error)));
            }
            throw refused;
        }
    }

    private Reply chat(Call call, Ask ask, String fingerprint) {
        var shape = new ChatShape(ask, Said.to(ask), fingerprint, clock.instant().getEpochSecond());
        return switch (call.delivery()) {
            case WHOLE -> whole(call, ask.part(), shape.whole());
            case STREAM ->
                    reply(
                            call,
                            200,
                            Map.of("content-type", "text/event-stream; charset=utf-8"),
                            shape.stream());
        };
    }

    private Reply whole(Call call, Part part, byte[] answer) {
        var body = Buffer.buffer(answer);
        List<Step> steps =
                switch (part) {
                    case SLOW -> List.of(new Step.Wait(SLOW_WHOLE), new Step.Bytes(body));
                    case STALL -> List.of(new Step.Silence());
                    case CUT ->
                            List.of(
                                    new Step.Bytes(body.slice(0, body.length() / 2)),
                                    new Step.Break());
                    default -> List.of(new Step.Bytes(body));
                };
        return reply(call, 200, Map.of(), steps);
    }

    private Reply played(Call call, Part part) {
        var headers = new TreeMap<String, String>();
        headers.put(PLAYED_HEADER, "1");
        if (part.status() == 429 || part.status() == 529) {
            headers.put("retry-after", "1");
        }
        Buffer body =
                switch (part) {
                    case ERROR_401 -> played(part, "invalid_request_error", "invalid_api_key");
                    case ERROR_429 -> played(part, "rate_limit_error", "rate_limit_exceeded");
                    case ERROR_OVERLOADED -> played(part, "overloaded_error", "overloaded");
                    default -> played(part, "server_error", "internal_error");
                };
        return reply(call, part.status(), headers, List.of(new Step.Bytes(body)));
    }

    private static Buffer played(Part part, String type, String code) {
        String message =
                "The sandbox plays status %d, as the model %s asks."
                        .formatted(part.status(), part.model());
        return error(message, type, code, null);
    }

    private static Buffer error(
            String message, String type, @Nullable String code, @Nullable String param) {
        Json error =
                Json.obj()
                        .put("message", message)
                        .put("type", type)
                        .put("param", param)
                        .put("code", code);
        return Buffer.buffer(Json.obj().put("error", error).toBytes());
    }

    private Reply reply(Call call, int status, Map<String, String> more, List<Step> steps) {
        var headers = new TreeMap<String, String>();
        headers.put("content-type", "application/json");
        headers.put("x-tollgate-sandbox", "true");
        headers.putAll(more);
        var deadlines = new PlayedReply.Deadlines(call.firstByte(), idle);
        return new PlayedReply(status, headers, steps, loops.apply(call.loop()), deadlines);
    }

    private static String fingerprint(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
