package tollgate.door.gateway;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tollgate.door.Route;
import tollgate.door.Visit;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.http.Stream;
import tollgate.ledger.Book;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Entry.Subject;
import tollgate.ledger.Export;
import tollgate.ledger.Ledger;
import tollgate.ledger.Purse;
import tollgate.tenant.Account;
import tollgate.tenant.Accounts;
import tollgate.tenant.Newcomer;
import tollgate.unit.Money;
import tollgate.wire.json.Json;

/// What the operator does with the admin key: accounts, credits, the ledger. Blocking; on virtual
/// threads.
final class AdminRoutes {
    private static final int PAGE_BYTES = 64 * 1024;

    private final Ledger ledger;
    private final Accounts accounts;
    private final Grants grants;

    AdminRoutes(Ledger ledger, Accounts accounts, Grants grants) {
        this.ledger = ledger;
        this.accounts = accounts;
        this.grants = grants;
    }

    /// @param prefix before each path: empty at the root
    List<Route> routes(String prefix) {
        return List.of(
                Route.work("POST", prefix + "/admin/create", Route.admin(), this::create),
                Route.work("POST", prefix + "/admin/add_credits", Route.admin(), this::addCredits),
                Route.work("GET", prefix + "/admin/ledger/export", Route.admin(), this::export));
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
        Kind kind = amount.isNegative() ? Kind.ADJUSTMENT : Kind.GRANT;
        String cause = "admin:" + visit.exchange().id();
        grants.book(new Credit(kind, account.id(), Book.LIVE, amount.nanos(), cause));
        Purse.Balance balance = ledger.purse(account.id(), Book.LIVE).balance();
        visit.answer(
                200,
                Json.obj()
                        .put("success", true)
                        .put("message", "Credits added successfully")
                        .put("new_balance", balance.available()));
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
            while (!visit.exchange().gone()
                    && export.next(move -> page.append(line(move)).append('\n'))) {
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

    private static Json.Obj line(Export.Move move) {
        Subject subject = move.subject();
        Json.Obj line =
                Json.obj()
                        .put("seq", move.seq())
                        .put("at", move.at().toString())
                        .put("kind", move.kind())
                        .put("debit", move.debit())
                        .put("credit", move.credit())
                        .put("amount", move.amount())
                        .put("request_id", subject == null ? null : subject.request().toString());
        number(line, "hold_id", subject == null ? null : subject.hold());
        Integer attempt = move.attempt();
        number(line, "attempt", attempt == null ? null : (long) attempt);
        line.put("model", subject == null ? null : subject.model());
        number(line, "price_version", subject == null ? null : subject.priceVersion());
        var usage = move.usage();
        if (usage == null) {
            line.put("usage", (String) null);
        } else {
            line.put("usage", UserRoutes.usage(usage));
        }
        var post = move.post();
        return line.put("source", post == null ? null : post.source().word());
    }

    private static void number(Json.Obj line, String name, @Nullable Long value) {
        if (value == null) {
            line.put(name, (String) null);
        } else {
            line.put(name, (long) value);
        }
    }
}
