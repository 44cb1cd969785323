package tollgate.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Calls that are not measured: set-up, counters, the ledger.
final class Http {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

    private Http() {}

    /// An answer whose body is read to its end.
    record Answer(int status, String text) {}

    static Answer get(int port, String path) {
        return send(request(port, path, null).GET());
    }

    static Answer get(int port, String path, String key) {
        return send(request(port, path, key).GET());
    }

    static Answer post(int port, String path, String key, String json) {
        return send(
                request(port, path, key)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /// An answer of any length, as it comes; anything but 200 fails.
    static InputStream stream(int port, String path, String key) {
        HttpResponse<InputStream> answer =
                send(request(port, path, key).GET(), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new BenchFailed(
                    "GET %s: status %d (expected: 200)".formatted(path, answer.statusCode()));
        }
        return answer.body();
    }

    private static HttpRequest.Builder request(int port, String path, @Nullable String key) {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .timeout(ANSWER_LIMIT);
        return key == null ? request : request.header("authorization", "Bearer " + key);
    }

    private static Answer send(HttpRequest.Builder request) {
        var utf8 = HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
        HttpResponse<String> answer = send(request, utf8);
        return new Answer(answer.statusCode(), answer.body());
    }

    private static <T> HttpResponse<T> send(
            HttpRequest.Builder builder, HttpResponse.BodyHandler<T> handler) {
        HttpRequest request = builder.build();
        try {
            return CLIENT.send(request, handler);
        } catch (IOException failure) {
            throw new BenchFailed("%s: %s".formatted(request.uri(), failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailed("interrupted", interrupted);
        }
    }
}
