package tollgate.money;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import tollgate.kit.Audit;
import tollgate.kit.KitJson;
import tollgate.kit.LedgerLine;
import tollgate.kit.Oracle;
import tollgate.kit.OraclePrice;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tools.jackson.databind.JsonNode;

/// A running gateway as its customers, its operator and its auditor see it: by HTTP alone. Methods
/// may be called from any thread.
final class Gateway {
    static final String ADMIN_KEY = "money-tests-are-the-operator";
    static final String PROXY_KEY = "money-tests-hold-the-proxy-key";
    static final String ADMIN = "Authorization: Bearer " + ADMIN_KEY;
    static final String CHAT = "/v1/chat/completions";

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Map<String, List<OraclePrice>> prices = new HashMap<>();
    private final Map<String, Set<Long>> versions = new HashMap<>();
    private final Oracle oracle = new Oracle();
    private final Audit audit = oracle.audit(List.of());
    private volatile int port;

    Gateway(int port, Map<String, OraclePrice> sold) {
        this.port = port;
        sold.forEach((model, price) -> prices.put(model, new ArrayList<>(List.of(price))));
    }

    int port() {
        return port;
    }

    /// It was started again on the same folder: what was audited before must still be there.
    void movedTo(int newPort) throws IOException {
        port = newPort;
        synchronized (this) {
            List<LedgerLine> all = LedgerLine.parse(export(0));
            all.forEach(this::learn);
            audit.add(all);
            audit.assertSound();
        }
    }

    /// The model costs this from its next price version on.
    synchronized void reprice(String model, OraclePrice price) {
        prices.computeIfAbsent(model, _ -> new ArrayList<>()).add(price);
    }

    OraclePrice price(String model) {
        return Objects.requireNonNull(prices.get(model)).getFirst();
    }

    // ---------------------------------------------------------------- the operator

    Customer customer(String usd) throws IOException {
        JsonNode made =
                admin(
                        "/admin/create",
                        "{\"username\":\"customer-%d-%d\"}"
                                .formatted(ProcessHandle.current().pid(), NAMES.incrementAndGet()));
        var customer =
                new Customer(
                        made.path("account_id").asString(),
                        made.path("user_id").longValue(),
                        made.path("api_key").stringValue());
        if (new BigDecimal(usd).signum() > 0) {
            give(customer, usd);
        }
        return customer;
    }

    void give(Customer customer, String usd) throws IOException {
        admin(
                "/admin/add_credits",
                "{\"user_id\":%d,\"credits\":%s}".formatted(customer.user(), usd));
    }

    Customer customer(long nanos) throws IOException {
        return customer(usd(nanos));
    }

    static String usd(long nanos) {
        return BigDecimal.valueOf(nanos, 9).toPlainString();
    }

    /// A POST that must succeed.
    JsonNode admin(String path, String json) throws IOException {
        Response answer = RawClient.postJson(port, path, json, ADMIN);
        if (answer.status() != 200) {
            throw new IOException(path + ": " + answer);
        }
        return answer.json();
    }

    /// Another key of the account; `settings` are further members, each with a comma before it.
    Customer key(Customer owner, String settings) throws IOException {
        Response answer =
                RawClient.postJson(
                        port,
                        "/user/api-keys",
                        "{\"key_name\":\"another\"%s}".formatted(settings),
                        owner.bearer());
        if (answer.status() != 200) {
            throw new IOException(answer.toString());
        }
        return new Customer(
                owner.account(), owner.user(), answer.json().path("api_key").stringValue());
    }

    // ---------------------------------------------------------------- the customer

    Response chat(Customer customer, String body, String... headers) throws IOException {
        return post(CHAT, customer, body, headers);
    }

    Response post(String path, Customer customer, String body, String... headers)
            throws IOException {
        return RawClient.postJson(port, path, body, with(customer, headers));
    }

    static String[] with(Customer customer, String... headers) {
        var all = new ArrayList<String>(List.of(headers));
        all.add(customer.bearer());
        return all.toArray(String[]::new);
    }

    RawClient connect() throws IOException {
        return RawClient.connect(port);
    }

    record Balance(BigInteger available, BigInteger held) {
        BigInteger whole() {
            return available.add(held);
        }
    }

    Balance balance(Customer customer) throws IOException {
        Response answer = RawClient.call(port, "GET", "/user/balance", customer.bearer());
        if (answer.status() != 200) {
            throw new IOException(answer.toString());
        }
        return new Balance(nanos(answer.json().path("credits")), nanos(answer.json().path("held")));
    }

    static BigInteger nanos(JsonNode usd) {
        return usd.decimalValue().movePointRight(9).toBigIntegerExact();
    }

    /// What the account spent since it had `before`, once nothing of it is held.
    BigInteger spent(Customer customer, Balance before) {
        var now = new Balance[1];
        Waiting.until(
                "the end of all holds of account " + customer.account(),
                () -> {
                    now[0] = balance(customer);
                    return now[0].held().signum() == 0;
                });
        return before.available().subtract(now[0].available());
    }

    // ---------------------------------------------------------------- the auditor

    String export(long after) throws IOException {
        return exported(port, after);
    }

    static String exported(int port, long after) throws IOException {
        Response answer = RawClient.call(port, "GET", "/admin/ledger/export?after=" + after, ADMIN);
        if (answer.status() != 200 || answer.ending() != RawClient.Ending.COMPLETE) {
            throw new IOException(answer.toString());
        }
        return answer.text();
    }

    /// All that the ledger says by now, judged: sound at this moment.
    synchronized Audit audit() throws IOException {
        List<LedgerLine> lines = LedgerLine.parse(export(audit.lines().size()));
        for (LedgerLine line : lines) {
            learn(line);
        }
        audit.add(lines);
        audit.assertSound();
        return audit;
    }

    /// The n-th version of a model's price that the ledger ever named has its n-th price.
    private void learn(LedgerLine line) {
        List<OraclePrice> sold = prices.get(line.model() == null ? "" : line.model());
        Long version = line.priceVersion();
        if (sold != null && version != null) {
            Set<Long> seen = versions.computeIfAbsent(line.model(), _ -> new HashSet<>());
            if (seen.add(version)) {
                oracle.price(version, sold.get(Math.min(seen.size(), sold.size()) - 1));
            }
        }
    }

    synchronized void postpaid(String account) {
        oracle.postpaid(account);
    }

    /// The audit once every hold is resolved (I-19).
    synchronized Audit rest() throws IOException {
        Waiting.until(
                "the end of all holds",
                () -> {
                    audit();
                    return audit.places().entrySet().stream()
                            .noneMatch(place ->
                                    place.getKey().contains("held:")
                                            && place.getValue().signum() != 0);
                });
        audit.assertAtRest();
        return audit;
    }

    /// The lines of the call that was answered so.
    List<LedgerLine> lines(Response answer) throws IOException {
        return audit().ofRequest(Objects.requireNonNull(answer.header("x-request-id")));
    }

    static List<String> kinds(List<LedgerLine> lines) {
        return lines.stream().map(LedgerLine::kind).toList();
    }

    static LedgerLine only(List<LedgerLine> lines, String kind) {
        List<LedgerLine> found = lines.stream().filter(line -> line.kind().equals(kind)).toList();
        if (found.size() != 1) {
            throw new AssertionError(
                    "%d lines of kind %s in %s".formatted(found.size(), kind, lines));
        }
        return found.getFirst();
    }

    // ---------------------------------------------------------------- requests

    /// A chat request of one message; `more` are further members, each with a comma before it.
    static String ask(String model, String text, String more) {
        return "{\"model\":%s,\"messages\":[{\"role\":\"user\",\"content\":%s}]%s}"
                .formatted(KitJson.quote(model), KitJson.quote(text), more);
    }

    static String ask(String model, String more) {
        return ask(model, "How much is it?", more);
    }

    /// The hold of a call at plain prices in USD per million tokens, worst case of bytes and limit.
    static BigInteger worst(OraclePrice price, String body, long output) {
        return price.charge(OraclePrice.Usage.of(KitJson.utf8(body).length, output));
    }
}
