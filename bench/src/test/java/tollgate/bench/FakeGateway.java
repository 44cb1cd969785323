package tollgate.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The least that the bench takes for a gateway: one account, a ledger in memory, calls forwarded
/// whole. Run as a process, with a fault to commit on every fourth call. The ledger is kept from
/// one process to the next.
final class FakeGateway {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY = "gw_live_fake";

    enum Fault {
        NONE,
        LOSES_A_POST,
        OVERCHARGES,
        CUTS_AN_ANSWER,
        HOLDS_ON
    }

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI upstream;
    private final Fault fault;
    private final List<String> moves = new ArrayList<>();
    private long creditsNanos;
    private long calls;

    private FakeGateway(URI upstream, Fault fault) {
        this.upstream = upstream;
        this.fault = fault;
    }

    /// Serves until it is ended.
    ///
    /// @param args the fault, then what the bench adds: `--config FILE --port N --data DIR`
    public static void main(String[] args) throws IOException {
        JsonNode config = JSON.readTree(Files.readString(Path.of(args[2])));
        String base = config.at("/providers/bench/base-url").asString();
        var fake = new FakeGateway(URI.create(base + "/chat/completions"), Fault.valueOf(args[0]));
        fake.keepLedger(Path.of(args[6]));
        var address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[4]));
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", fake::handle);
        server.start();
    }

    private void keepLedger(Path folder) throws IOException {
        Path file = folder.resolve("moves");
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                JsonNode move = JSON.readTree(line);
                move(
                        move.path("kind").asString(),
                        move.path("debit").asString(),
                        move.path("credit").asString(),
                        move.path("amount").asLong());
            }
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> write(file)));
    }

    private synchronized void write(Path file) {
        try {
            Files.writeString(file, String.join("", moves));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestURI().getPath()) {
            case "/v1/chat/completions" -> call(exchange, body);
            case "/health" -> answer(exchange, 200, "{\"status\":\"ok\"}");
            case "/metrics" -> answer(exchange, 200, "tollgate_journal_syncs_total 3\n");
            case "/admin/create" ->
                    answer(exchange, 200, "{\"user_id\":7,\"api_key\":\"%s\"}".formatted(KEY));
            case "/admin/add_credits" -> grant(exchange, body);
            case "/user/api-keys" -> answer(exchange, 200, "{\"api_key\":\"%s\"}".formatted(KEY));
            case "/user/balance" -> answer(exchange, 200, balance());
            case "/admin/ledger/export" -> answer(exchange, 200, export(exchange));
            default -> answer(exchange, 404, "{}");
        }
    }

    private void grant(HttpExchange exchange, byte[] body) throws IOException {
        long nanos = JSON.readTree(body).path("credits").asLong() * 1_000_000_000;
        move("grant", "operator:promo", "account:9", nanos);
        answer(exchange, 200, "{}");
    }

    private synchronized void move(String kind, String debit, String credit, long nanos) {
        moves.add(
                """
                {"seq":%d,"at":"2026-01-01T00:00:00Z","kind":"%s","debit":"%s","credit":"%s",\
                "amount":%d,"usage":{"input_tokens":1},"source":"provider"}
                """
                        .formatted(moves.size() + 1, kind, debit, credit, nanos));
        creditsNanos += credit.equals("account:9") ? nanos : 0;
        creditsNanos -= debit.equals("account:9") ? nanos : 0;
    }

    private synchronized String balance() {
        BigDecimal credits = BigDecimal.valueOf(creditsNanos, 9);
        return "{\"account_id\":9,\"held\":0,\"credits\":%s}".formatted(credits.toPlainString());
    }

    private synchronized String export(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        int after = Integer.parseInt(query.substring("after=".length()));
        return String.join("", moves.subList(after, moves.size()));
    }

    private synchronized boolean faulty() {
        calls++;
        return calls % 4 == 0;
    }

    private void call(HttpExchange exchange, byte[] body) throws IOException {
        move("hold", "account:9", "held:9", 1_000_000);
        Fault now = faulty() ? fault : Fault.NONE;
        HttpResponse<InputStream> reply = ask(body);
        boolean streamed = new String(body, StandardCharsets.UTF_8).contains("\"stream\":true");
        long charge = (streamed ? Call.STREAM : Call.WHOLE).chargeNanos();
        charge += now == Fault.OVERCHARGES ? 1 : 0;
        if (now != Fault.LOSES_A_POST) {
            move("post", "held:9", "operator:revenue", charge);
        } else {
            charge = 0;
        }
        if (now != Fault.HOLDS_ON) {
            move("release", "held:9", "account:9", 1_000_000 - charge);
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody();
                InputStream in = reply.body()) {
            if (now == Fault.CUTS_AN_ANSWER) {
                out.write(in.readNBytes(100));
            } else {
                pass(in, out);
            }
        }
    }

    /// Unlike `transferTo`, flushes what has come.
    private static void pass(InputStream in, OutputStream out) throws IOException {
        byte[] part = new byte[8_192];
        for (int length = in.read(part); length >= 0; length = in.read(part)) {
            out.write(part, 0, length);
            out.flush();
        }
    }

    private HttpResponse<InputStream> ask(byte[] body) throws IOException {
        var request =
                HttpRequest.newBuilder(upstream)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
