package tollgate.serve;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Buffers;
import tollgate.http.Exchange;
import tollgate.http.Headers;
import tollgate.ledger.Entry.Binding;
import tollgate.ledger.Replays;
import tollgate.unit.Digest;
import tollgate.unit.Money;

/// `Idempotency-Key` (DESIGN 3): the same account, path, query and body under the same key is one
/// call and one charge, and its answer is given again. Source: IETF draft idempotency-key-header-07
/// (read 2026-11-24).
public final class Idempotency {
    public static final String HEADER = "idempotency-key";

    /// Says `true` on an answer that was given before.
    public static final String REPLAYED = "x-tollgate-replay";

    static final int KEY_CHARS_MAX = 255;

    /// Larger bodies are hashed on a worker thread.
    private static final int HASH_BYTES_MAX = 256 * 1024;

    private static final Duration IN_FLIGHT_RETRY = Duration.ofSeconds(1);

    private final Replays replays;
    private final Answers answers;
    private final Stage stage;

    public Idempotency(Replays replays, Answers answers, Stage stage) {
        this.replays = replays;
        this.answers = answers;
        this.stage = stage;
    }

    /// A key that is this call's now; its hold takes it over.
    static final class Claimed {
        private final Replays replays;
        private final long account;
        private final Binding binding;

        Claimed(Replays replays, long account, Binding binding) {
            this.replays = replays;
            this.account = account;
            this.binding = binding;
        }

        Binding binding() {
            return binding;
        }

        /// The call was refused before its hold: the key is free again.
        void release() {
            replays.release(account, binding);
        }
    }

    /// Looks the key up: answers the call at once if it came before, else goes on with `fresh`.
    void claim(ModelCall call, Consumer<Claimed> fresh) {
        Exchange exchange = call.exchange();
        String key = Objects.requireNonNull(exchange.header(HEADER));
        if (!isSound(key)) {
            call.visitor().refuse(unsound(key));
            return;
        }
        if (exchange.bodyBytes().length <= HASH_BYTES_MAX) {
            claim(call, binding(call, key), fresh);
        } else {
            stage.workers()
                    .execute(() -> {
                        Binding binding = binding(call, key);
                        exchange.run(() -> claim(call, binding, fresh));
                    });
        }
    }

    /// A request's key, or null when it has none.
    ///
    /// @throws GatewayException BadRequest when it is empty or too long
    public static @Nullable String key(Exchange exchange) {
        String key = exchange.header(HEADER);
        if (key != null && !isSound(key)) {
            throw new GatewayException(unsound(key));
        }
        return key;
    }

    private static boolean isSound(String key) {
        return !key.isBlank() && key.length() <= KEY_CHARS_MAX;
    }

    private static Fault unsound(String key) {
        return new Fault.BadRequest(
                HEADER,
                "Idempotency-Key: %d characters (expected: 1 to %d)"
                        .formatted(key.length(), KEY_CHARS_MAX));
    }

    /// A key as a word of fixed length.
    public static String hex(String key) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(Digest.of(utf8).toBytes());
    }

    /// What must be the same when a key comes again: path, query and body.
    public static Digest request(Exchange exchange) {
        MessageDigest request = Digest.sha256();
        request.update(exchange.path().getBytes(StandardCharsets.UTF_8));
        String query = exchange.rawQuery();
        request.update(
                ("?" + (query == null ? "" : query) + "\n").getBytes(StandardCharsets.UTF_8));
        request.update(exchange.bodyBytes());
        return Digest.of(request);
    }

    private static Binding binding(ModelCall call, String key) {
        String scoped = (call.key().environment().isTest() ? "test\n" : "live\n") + key;
        return new Binding(
                Digest.of(scoped.getBytes(StandardCharsets.UTF_8)), request(call.exchange()));
    }

    private void claim(ModelCall call, Binding binding, Consumer<Claimed> fresh) {
        long account = call.key().accountId();
        Claimed claimed = new Claimed(replays, account, binding);
        Future.fromCompletionStage(replays.claim(account, binding))
                .onComplete(claim ->
                        call.exchange().run(() -> judge(call, claim.result(), claimed, fresh)));
    }

    private void judge(
            ModelCall call,
            Replays.@Nullable Claim claim,
            Claimed claimed,
            Consumer<Claimed> fresh) {
        if (claim == null) {
            call.visitor().refuse(unavailable());
            return;
        }
        switch (claim) {
            case Replays.Claim.Fresh _ -> fresh.accept(claimed);
            case Replays.Claim.InFlight _ ->
                    call.visitor().refuse(new Fault.InFlight(IN_FLIGHT_RETRY));
            case Replays.Claim.Mismatch _ -> call.visitor().refuse(new Fault.KeyReused());
            case Replays.Claim.Charged charged ->
                    call.visitor()
                            .refuse(new Fault.ChargedWithoutAnswer(new Money(charged.nanos())));
            case Replays.Claim.Answered answered -> replay(call, answered);
        }
    }

    private void replay(ModelCall call, Replays.Claim.Answered answered) {
        stage.workers()
                .execute(() -> {
                    Answers.@Nullable Kept kept = answers.find(answered.hold(), answered.sha256());
                    if (kept == null) {
                        call.visitor()
                                .refuse(
                                        new Fault.ChargedWithoutAnswer(
                                                new Money(answered.charged())));
                        return;
                    }
                    Headers headers = call.visitor().base();
                    for (Answers.Field field : kept.fields()) {
                        headers = headers.with(field.name(), field.value());
                    }
                    call.exchange()
                            .answer(200, headers.with(REPLAYED, "true"), Buffers.wrap(kept.body()));
                });
    }

    private static Fault unavailable() {
        return new Fault.Unavailable("earlier answers cannot be looked up", Duration.ofSeconds(1));
    }

    Keeping keeping(ModelCall call) {
        return new Keeping(answers, call.exchange(), stage.workers());
    }
}
