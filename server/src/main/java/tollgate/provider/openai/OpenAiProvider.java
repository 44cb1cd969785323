package tollgate.provider.openai;

import java.time.Duration;
import java.util.List;
import tollgate.http.Headers;
import tollgate.http.HttpClient;
import tollgate.http.Ongoing;
import tollgate.http.Outbound;
import tollgate.provider.Provider;
import tollgate.wire.Redactor;
import tollgate.wire.openai.LimitName;

/// Any provider with OpenAI's API. The request is built from nothing: content type, accept, our
/// key; whatever the caller sent beside the body stays here.
public final class OpenAiProvider implements Provider {
    private final String name;
    private final Target target;
    private final List<HttpClient> clients;
    private final Headers whole;
    private final Headers stream;
    private final Redactor redactor;
    private final String chatPath;
    private final String embeddingsPath;

    /// Where the provider lies: `basePath` without a trailing slash, such as `/v1`.
    ///
    /// @param limitName under which its models take an output limit
    public record Target(
            Outbound.Origin origin, String basePath, LimitName limitName, Times times) {}

    /// The deadlines that are not the call's own.
    public record Times(Duration connect, Duration idle, Duration total) {}

    /// Calls one upstream account.
    ///
    /// @param key sent as bearer token to `target` only; empty for none
    /// @param clients one for each event loop
    public OpenAiProvider(String name, Target target, String key, List<HttpClient> clients) {
        this.name = name;
        this.target = target;
        this.clients = List.copyOf(clients);
        this.redactor = Redactor.of(key);
        this.chatPath = target.basePath() + "/chat/completions";
        this.embeddingsPath = target.basePath() + "/embeddings";
        Headers common =
                Headers.of("content-type", "application/json").with("accept-encoding", "identity");
        Headers keyed = key.isEmpty() ? common : common.with("authorization", "Bearer " + key);
        this.whole = keyed.with("accept", "application/json").shared();
        this.stream = keyed.with("accept", "text/event-stream").shared();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Ongoing send(Call call) {
        Times times = target.times();
        return clients.get(call.loop())
                .send(
                        new Outbound(
                                target.origin(),
                                "POST",
                                path(call.operation()),
                                call.delivery() == Delivery.STREAM ? stream : whole,
                                call.body(),
                                new Outbound.Deadlines(
                                        times.connect(),
                                        call.firstByte(),
                                        times.idle(),
                                        times.total())));
    }

    @Override
    public LimitName limitName() {
        return target.limitName();
    }

    @Override
    public Redactor redactor() {
        return redactor;
    }

    private String path(Operation operation) {
        return switch (operation) {
            case CHAT_COMPLETIONS -> chatPath;
            case EMBEDDINGS -> embeddingsPath;
        };
    }
}
