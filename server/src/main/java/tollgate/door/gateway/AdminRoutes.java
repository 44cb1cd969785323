package tollgate.door.gateway;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tollgate.door.Route;
import tollgate.door.Visit;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Stream;
import tollgate.ledger.Book;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Entry.Post;
import tollgate.ledger.Entry.Subject;
import tollgate.ledger.Export;
import tollgate.ledger.Ledger;
import tollgate.ledger.Receipts.Receipt;
import tollgate.serve.Idempotency;
import tollgate.tenant.Account;
import tollgate.tenant.Accounts;
import tollgate.tenant.Newcomer;
import tollgate.unit.Money;
import tollgate.usage.UsageLog;
import tollgate.wire.json.Json;

/// What the operator does with the admin key: accounts, credits, the ledger. Blocking; on virtual
/// threads.
final class AdminRoutes {
    private static final int PAGE_BYTES = 64 * 1024;

    /// Who called within it counts as active.
    private static final Duration ACTIVE = Duration.ofDays(1);

    private final Ledger ledger;
    private final Accounts accounts;
    private final Grants grants;
    private final UsageLog log;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Instant began;

    AdminRoutes(
            Ledger ledger,
            Accounts accounts,
            Grants grants,
            UsageLog log,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.ledger = ledger;
        this.accounts = accounts;
        this.grants = grants;
        this.log = log;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.began = clock.instant();
    }

    /// @param prefix before each path: empty at the root
    List<Route> routes(String prefix) {
        return List.of(
                Route.work("POST", prefix + "/admin/create", Route.admin(), this::create),
                Route.work("POST", prefix + "/admin/add_credits", Route.admin(), this::addCredits),
                Route.work("GET", prefix + "/admin/ledger/export", Route.admin(), this::export),
                Route.work("GET", prefix + "/admin/monitor", Route.admin(), this::monitor));
    }

    /// How the gateway does: what the database took to answer is what this answer took to make.
    private void monitor(Visit visit) {
        Instant now = clock.instant();
        long from = nanoTime.getAsLong();
        UsageLog.Traffic traffic = log.traffic(now.minus(ACTIVE).toEpochMilli());
        long tookMillis = Duration.ofNanos(nanoTime.getAsLong() - from).toMillis();
        visit.answer(
                200,
                Json.obj()
                        .put("success", true)
                        .put(
                                "system",
                                Json.obj()
                                        .put("status", ledger.isHealthy() ? "healthy" : "degraded")
                                        .put("uptime", Duration.between(began, now).toSeconds())
                                        .put("active_users", traffic.activeAccounts())
                                        .put("total_requests", traffic.calls()))
                        .put(
                                "database",
                                Json.obj()
                                        .put("status", "connected")
                                        .put("response_time", tookMillis)));
    }

    private void create(Visit visit) {
        Json.Obj body = visit.json();
        String username =
                body.string("username")
                        .or(() -> body.string("email"))
                        .orElseThrow(
                                () -> Amounts.refused("username", "missing (expected: a name)"));
        Newcomer newcomer =
                new Newcomer(
                        username,
                        body.string("email").orElse(null),
                        body.string("auth_method").orElse("email"));
        Accounts.Created created =
                accounts.create(newcomer, KeyJson.environment(body), grants::intend);
        Money credits = grants.give(created.account().id());
        visit.answer(
                200,
                Json.obj()
                        .put("success", true)
                        .put("user_id", created.user().id())
                        .put("account_id", created.account().id())
                        .put("username", created.user().username())
                        .put("api_key", created.key().text().reveal())
                        .put("credits", credits));
    }

    private void addCredits(Visit visit) {
        Json.Obj body = visit.json();
        long user =
                body.integer("user_id")
                        .orElseThrow(
                                () -> Amounts.refused("user_id", "missing (expected: a number)"));
        Money amount = Amounts.required(body, "credits");
        if (amount.nanos() == 0) {
            throw Amounts.refused("credits", "0 (expected: any other amount)");
        }
        Account account =
                accounts.findByUser(user)
                        .orElseThrow(() -> new GatewayException(new Fault.NoSuchObject("user")));
        if (!ledger.purse(account.id(), Book.LIVE).canTake(amount.nanos())) {
            throw Amounts.refused(
                    "credits", amount + " (expected: less than any account can have)");
        }
        Kind kind = amount.isNegative() ? Kind.ADJUSTMENT : Kind.GRANT;
        String key = Idempotency.key(visit.exchange());
        if (key == null) {
            String cause = "admin:" + visit.exchange().id();
            grants.book(new Credit(kind, account.id(), Book.LIVE, amount.nanos(), cause));
            visit.answer(200, added(account));
            return;
        }
        // Keys are their owner's: another operator account's same key is another cause (I-22).
        String cause = "admin-key:%d:%s".formatted(visit.key().accountId(), Idempotency.hex(key));
        Receipt receipt =
                grants.bookOnce(
                        new Credit(kind, account.id(), Book.LIVE, amount.nanos(), cause),
                        Idempotency.request(visit.exchange()),
                        () -> added(account).toString());
        switch (receipt) {
            case Receipt.First first -> visit.answer(200, first.answer(), visit.base());
            case Receipt.Again again ->
                    visit.answer(
                            200, again.answer(), visit.base().with(Idempotency.REPLAYED, "true"));
            case Receipt.Refused _ -> throw new IllegalStateException("a refusal is thrown");
        }
    }

    private Json.Obj added(Account account) {
        return Json.obj()
                .put("success", true)
                .put("message", "Credits added successfully")
                .put("new_balance", ledger.purse(account.id(), Book.LIVE).balance().available());
    }

    // ---------------------------------------------------------------- export

    private void export(Visit visit) {
        String after = visit.exchange().query("after");
        if (after != null && !after.matches("[0-9]{1,18}")) {
            throw Amounts.refused("after", "no seq (expected: a whole number)");
        }
        try (Export export = ledger.export(after == null ? 0 : Long.parseLong(after))) {
            Stream to =
                    visit.exchange()
                            .begin(200, visit.base().with("content-type", "application/x-ndjson"));
            Semaphore room = new Semaphore(0);
            to.onDrain(room::release);
            StringBuilder page = new StringBuilder();
            while (!visit.exchange().gone() && export.next(move -> line(page, move))) {
                if (page.length() >= PAGE_BYTES) {
                    to.write(bytes(page));
                    awaitRoom(to, room);
                }
            }
            to.end(bytes(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Buffer bytes(StringBuilder page) {
        Buffer bytes = Buffer.buffer(page.toString().getBytes(StandardCharsets.UTF_8));
        page.setLength(0);
        return bytes;
    }

    private static void awaitRoom(Stream to, Semaphore room) {
        room.drainPermits();
        if (to.full()) {
            room.acquireUninterruptibly();
        }
    }

    /// One line of the export; written by hand, since there may be millions of them.
    private static void line(StringBuilder to, Export.Move move) {
        Subject subject = move.subject();
        Post post = move.post();
        to.append("{\"seq\":").append(move.seq());
        text(to, "at", move.at().toString());
        text(to, "kind", move.kind());
        text(to, "debit", move.debit());
        text(to, "credit", move.credit());
        to.append(",\"amount\":").append(move.amount());
        text(to, "request_id", subject == null ? null : subject.request().toString());
        number(to, "hold_id", subject == null ? null : subject.hold());
        number(to, "attempt", post == null ? null : (long) post.ending().attempt());
        text(to, "model", subject == null ? null : subject.model());
        number(to, "price_version", subject == null ? null : subject.priceVersion());
        to.append(",\"usage\":").append(post == null ? null : UserRoutes.usage(post.usage()));
        text(to, "source", post == null ? null : post.source().word());
        to.append("}\n");
    }

    private static void text(StringBuilder to, String name, @Nullable String value) {
        to.append(",\"").append(name).append("\":").append(Json.of(value));
    }

    private static void number(StringBuilder to, String name, @Nullable Long value) {
        to.append(",\"").append(name).append("\":").append(value);
    }
}
