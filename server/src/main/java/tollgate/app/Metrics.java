package tollgate.app;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tollgate.door.Door;
import tollgate.door.Route;
import tollgate.door.Visit;
import tollgate.door.openai.OpenAiWording;
import tollgate.http.Buffers;
import tollgate.http.HttpServer;
import tollgate.ledger.JournalCounts;
import tollgate.ledger.Ledger;
import tollgate.observe.Counters;
import tollgate.observe.MetricsText;

/// `GET /metrics` in Prometheus' text format: what was counted, and how ledger and server are now.
/// Labels hold names of doors and providers, kinds and numbers, nothing that a caller sent.
final class Metrics {
    private static final MetricsText.Type COUNTER = MetricsText.Type.COUNTER;
    private static final MetricsText.Type GAUGE = MetricsText.Type.GAUGE;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Counters counters;
    private final Ledger ledger;
    private final Supplier<HttpServer> server;
    private final LongSupplier nanoTime;
    private final long beganNanos;

    /// @param server the main one, asked for with each answer
    Metrics(Counters counters, Ledger ledger, Supplier<HttpServer> server, LongSupplier nanoTime) {
        this.counters = counters;
        this.ledger = ledger;
        this.server = server;
        this.nanoTime = nanoTime;
        this.beganNanos = nanoTime.getAsLong();
    }

    /// The one route, for those whom `access` lets pass.
    Door door(Route.Access access) {
        return new Door(
                "metrics",
                List.of(),
                0,
                new OpenAiWording(),
                List.of(Route.loop("GET", "/metrics", access, this::answer)));
    }

    private void answer(Visit visit) {
        byte[] text = text().getBytes(StandardCharsets.UTF_8);
        visit.exchange()
                .answer(
                        200,
                        visit.base().with("content-type", MetricsText.CONTENT_TYPE),
                        Buffers.wrap(text));
    }

    String text() {
        MetricsText text = new MetricsText();
        text.family("build_info", GAUGE, "The version that runs.")
                .sample("build_info{" + MetricsText.label("version", Version.TEXT) + "}", 1);
        text.single("uptime_seconds", GAUGE, "Since the start.", uptime());
        journal(text);
        calls(text);
        counters.write(text);
        return text.toString();
    }

    private double uptime() {
        return (nanoTime.getAsLong() - beganNanos) / NANOS_PER_SECOND;
    }

    private void journal(MetricsText text) {
        JournalCounts counts = ledger.counts();
        text.single("healthy", GAUGE, "1 when calls can be served.", ledger.isHealthy() ? 1 : 0)
                .single("journal_records_total", COUNTER, "Records written.", counts.records())
                .single("journal_frames_total", COUNTER, "Writes of records.", counts.frames())
                .single("journal_syncs_total", COUNTER, "fdatasyncs.", counts.syncs())
                .single("journal_failures_total", COUNTER, "Failed I/O.", counts.failures())
                .single(
                        "fold_lag_records",
                        GAUGE,
                        "Records that the database does not show yet.",
                        ledger.unfolded());
    }

    private void calls(MetricsText text) {
        HttpServer main = server.get();
        text.single("open_holds", GAUGE, "Calls whose money is held.", ledger.openHolds())
                .single("connections", GAUGE, "Open connections of callers.", main.connections())
                .single(
                        "buffered_bytes",
                        GAUGE,
                        "Bytes of request bodies in memory.",
                        main.bufferedBytes());
    }
}
