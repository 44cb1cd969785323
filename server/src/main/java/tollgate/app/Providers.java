package tollgate.app;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import tollgate.catalog.Upstream;
import tollgate.config.Config;
import tollgate.http.HttpClient;
import tollgate.http.Outbound;
import tollgate.provider.Provider;
import tollgate.provider.openai.OpenAiProvider;
import tollgate.wire.openai.LimitName;

/// Makes a provider of what the configuration says of an upstream.
final class Providers {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private Providers() {}

    static Provider openAi(Upstream upstream, Config.Timeouts timeouts, List<HttpClient> clients) {
        URI url = URI.create(upstream.baseUrl());
        String host = Objects.requireNonNull(url.getHost(), "the configuration demands it");
        int usual = url.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
        int port = url.getPort() < 0 ? usual : url.getPort();
        // OpenAI's own newer models take only the newer name; most others know only the older.
        LimitName limit =
                host.endsWith("openai.com") || host.endsWith("azure.com")
                        ? LimitName.MAX_COMPLETION_TOKENS
                        : LimitName.MAX_TOKENS;
        return new OpenAiProvider(
                upstream.name(),
                new OpenAiProvider.Target(
                        new Outbound.Origin(url.getScheme(), host, port, null),
                        url.getRawPath() == null ? "" : url.getRawPath(),
                        limit,
                        new OpenAiProvider.Times(
                                timeouts.connect(), timeouts.idle(), timeouts.total())),
                upstream.apiKey().text(),
                clients);
    }
}
