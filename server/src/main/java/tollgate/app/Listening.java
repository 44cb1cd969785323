package tollgate.app;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import tollgate.config.Config;
import tollgate.http.EventLoops;
import tollgate.http.Front;
import tollgate.http.HttpServer;
import tollgate.http.HttpServerSettings;
import tollgate.unit.RequestId;

/// Opens the ports: the main one, and that of metrics where one is set.
record Listening(EventLoops loops, Config.Server settings, Supplier<RequestId> ids) {
    private static final String LOOPBACK = "127.0.0.1";

    HttpServer main(Front front) throws IOException {
        HttpServerSettings.Limits usual = HttpServerSettings.Limits.DEFAULT;
        HttpServerSettings.Limits limits =
                new HttpServerSettings.Limits(
                        usual.lineBytesMax(),
                        usual.headBytesMax(),
                        usual.fieldsMax(),
                        settings.maxBuffered(),
                        usual.connectionsMax());
        return open(
                HttpServerSettings.on(settings.host(), settings.port()).with(limits),
                "server.port",
                front);
    }

    /// On loopback only, since nobody is asked for a key there.
    HttpServer metrics(Front front) throws IOException {
        return open(
                HttpServerSettings.on(LOOPBACK, settings.metricsPort()),
                "server.metrics-port",
                front);
    }

    private HttpServer open(HttpServerSettings on, String key, Front front) throws IOException {
        try {
            return await(HttpServer.start(loops, on, ids, _ -> front));
        } catch (IOException e) {
            throw new IOException(
                    "%s: cannot listen on %s:%d: %s (expected: an address of this machine, and a port that is free)"
                            .formatted(key, on.host(), on.port(), e.getMessage()),
                    e);
        }
    }

    /// Waits for what the event loops do.
    static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
