package tollgate.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tollgate.catalog.Upstream;
import tollgate.catalog.WellKnown;
import tollgate.config.Config;

/// Asks each provider for its list of models, which costs nothing, with our key: is it there, does
/// it take the key, and what time is it there? Neither a key nor a provider's text is ever shown.
final class ProviderCheck {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    /// Signed requests and tokens of other services stop working at some minutes.
    private static final Duration CLOCK_SKEW_MAX = Duration.ofSeconds(60);

    private final HttpClient client;
    private final InstantSource clock;

    private ProviderCheck(HttpClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /// One finding for each provider that has what it needs, all asked at once.
    static List<Finding> of(Config config, InstantSource clock) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client =
                        HttpClient.newBuilder()
                                .connectTimeout(CONNECT_MAX)
                                .executor(threads)
                                .build()) {
            ProviderCheck check = new ProviderCheck(client, clock);
            List<Future<Finding>> asked = new ArrayList<>();
            for (Upstream upstream : Upstream.all(config)) {
                asked.add(threads.submit(() -> check.look(upstream, config)));
            }
            List<Finding> findings = new ArrayList<>();
            for (Future<Finding> one : asked) {
                findings.add(one.get());
            }
            return findings;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a provider cannot be asked", e.getCause());
        }
    }

    private Finding look(Upstream upstream, Config config) throws InterruptedException {
        String check = "provider " + upstream.name();
        WellKnown known = upstream.known();
        if (upstream.apiKey().isSet()
                || known == null
                || known.standing() == WellKnown.Standing.LOCAL) {
            return ask(check, upstream);
        }
        return config.models().entrySet().stream()
                .filter(model -> goesTo(upstream.name(), model.getValue()))
                .findFirst()
                .map(model ->
                        Finding.bad(
                                check,
                                "no key (expected: one, since model %s is routed to it)"
                                        .formatted(model.getKey())))
                .orElse(Finding.sound(check, "switched off: it has no key"));
    }

    private static boolean goesTo(String provider, Config.Model model) {
        return model.routes().stream().anyMatch(route -> route.provider().equals(provider));
    }

    private Finding ask(String check, Upstream upstream) throws InterruptedException {
        try {
            HttpResponse<Void> answer =
                    client.send(request(upstream), HttpResponse.BodyHandlers.discarding());
            return judge(check, upstream, answer);
        } catch (IOException e) {
            return Finding.bad(
                    check,
                    "%s does not answer: %s"
                            .formatted(host(upstream), e.getClass().getSimpleName()));
        }
    }

    private static HttpRequest request(Upstream upstream) {
        String key = upstream.apiKey().text();
        String base = upstream.baseUrl();
        HttpRequest.Builder request =
                switch (upstream.protocol()) {
                    case OPENAI -> {
                        HttpRequest.Builder plain = get(base + "/models");
                        yield key.isEmpty()
                                ? plain
                                : plain.header("authorization", "Bearer " + key);
                    }
                    case ANTHROPIC ->
                            get(base + "/v1/models")
                                    .header("anthropic-version", "2023-06-01")
                                    .header("x-api-key", key);
                    case GEMINI -> get(base + "/v1beta/models").header("x-goog-api-key", key);
                };
        return request.build();
    }

    private static HttpRequest.Builder get(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(ANSWER_MAX)
                .header("accept", "application/json");
    }

    private Finding judge(String check, Upstream upstream, HttpResponse<Void> answer) {
        int status = answer.statusCode();
        String told = host(upstream) + " answers " + status;
        if (status == 401 || status == 403) {
            return Finding.bad(check, told + ": it refuses our key");
        }
        if (status >= 500) {
            return Finding.bad(check, told);
        }
        Duration skew = skew(answer);
        return skew.compareTo(CLOCK_SKEW_MAX) > 0
                ? Finding.bad(
                        check,
                        "%s; its clock and ours are %d s apart (expected: at most %d)"
                                .formatted(told, skew.toSeconds(), CLOCK_SKEW_MAX.toSeconds()))
                : Finding.sound(check, told);
    }

    private Duration skew(HttpResponse<Void> answer) {
        try {
            return answer.headers()
                    .firstValue("date")
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME))
                    .map(ZonedDateTime::toInstant)
                    .map(theirs -> between(theirs, clock.instant()))
                    .orElse(Duration.ZERO);
        } catch (DateTimeException _) {
            return Duration.ZERO; // not every server knows how to write a date
        }
    }

    private static Duration between(Instant theirs, Instant ours) {
        return Duration.between(theirs, ours).abs();
    }

    private static String host(Upstream upstream) {
        return String.valueOf(URI.create(upstream.baseUrl()).getHost());
    }
}
