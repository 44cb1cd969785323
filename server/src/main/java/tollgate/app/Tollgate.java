package tollgate.app;

import static tollgate.app.Listening.await;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tollgate.catalog.Catalog;
import tollgate.catalog.Upstream;
import tollgate.config.Config;
import tollgate.db.DataFolder;
import tollgate.db.Database;
import tollgate.door.Door;
import tollgate.door.Gate;
import tollgate.door.Route;
import tollgate.door.Router;
import tollgate.door.gateway.DeskJson;
import tollgate.door.gateway.GatewayDoor;
import tollgate.door.gateway.Grants;
import tollgate.door.gateway.OperatorDoor;
import tollgate.door.openai.OpenAiDoor;
import tollgate.door.proxy.ProxyDoor;
import tollgate.http.EventLoops;
import tollgate.http.HttpClient;
import tollgate.http.HttpClientSettings;
import tollgate.http.HttpServer;
import tollgate.ledger.JournalSettings;
import tollgate.ledger.Lane;
import tollgate.ledger.Ledger;
import tollgate.ledger.Reconciled;
import tollgate.ledger.Step;
import tollgate.limit.Limiter;
import tollgate.observe.Counters;
import tollgate.observe.Observation;
import tollgate.observe.Observer;
import tollgate.provider.Provider;
import tollgate.provider.sandbox.HttpLoop;
import tollgate.provider.sandbox.Sandbox;
import tollgate.route.Routing;
import tollgate.serve.Answers;
import tollgate.serve.CallService;
import tollgate.serve.Idempotency;
import tollgate.serve.LimitsOf;
import tollgate.serve.Planner;
import tollgate.serve.Stage;
import tollgate.tenant.Accounts;
import tollgate.tenant.KeyDesk;
import tollgate.tenant.Keys;
import tollgate.tenant.Operator;
import tollgate.unit.RequestId;
import tollgate.usage.UsageLog;
import tollgate.wire.TokenMeter;

/// A running gateway: made once, in the order in which it reads, and closed in the other.
public final class Tollgate implements AutoCloseable {
    /// How long calls that run may go on after the end was asked for.
    private static final Duration DRAIN_MAX = Duration.ofSeconds(10);

    /// Each thread's own generator, whichever thread asks.
    private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

    private static final Duration FOLD_EVERY = Duration.ofSeconds(1);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(10);

    private final Config config;
    private final Counters counters = new Counters();
    private final Observer observer;
    private final InstantSource clock;
    private final Consumer<Step> steps;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> parts = new ArrayList<>();

    private DataFolder folder;
    private Database database;
    private Keys keys;
    private Accounts accounts;
    private Operator operator;
    private UsageLog log;
    private Ledger ledger;
    private Catalog catalog;
    private EventLoops loops;
    private HttpServer server;

    /// Opens everything and listens.
    ///
    /// @param steps told of each durable step; tests stop the process there
    public static Tollgate open(Config config, Observer observer, Consumer<Step> steps)
            throws IOException {
        Tollgate tollgate = new Tollgate(config, observer, steps);
        try {
            tollgate.start();
            return tollgate;
        } catch (IOException | RuntimeException e) {
            tollgate.closeParts();
            throw e;
        }
    }

    @SuppressWarnings("NullAway.Init") // start() sets all of them or throws
    private Tollgate(Config config, Observer observer, Consumer<Step> steps) {
        this.config = config;
        this.observer = Observer.all(counters, observer);
        this.clock = InstantSource.system();
        this.steps = steps;
    }

    private void start() throws IOException {
        folder = part(DataFolder.open(config.storage(), ProcessHandle.current().pid()));
        // Beside the database, which the loops do not need: a tenth of a second less.
        Future<EventLoops> starting = workers.submit(this::startLoops);
        try {
            database = part(Database.open(folder.database(), observer));
            openTenants();
            openMoney();
            openCatalog();
        } finally {
            loops = started(starting);
            part(() -> await(loops.close()));
        }
        openServer();
    }

    private EventLoops startLoops() throws IOException {
        return await(EventLoops.start(eventLoops(), System::nanoTime, this::uncaught));
    }

    private static EventLoops started(Future<EventLoops> starting) throws IOException {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            throw new IOException("event loops: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private int eventLoops() {
        int wanted = config.server().eventLoops();
        return wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    }

    private void uncaught(Throwable problem) {
        observer.report(new Observation.OwnError("event loop", problem));
    }

    private void openTenants() {
        keys = Keys.open(database, clock, new SecureRandom());
        accounts = Accounts.open(database, keys, clock);
        operator = Operator.open(database, accounts, keys, config);
    }

    private void openMoney() throws IOException {
        log = new UsageLog(database);
        JournalSettings settings =
                JournalSettings.DEFAULT
                        .withGate(config.journal().gate())
                        .withSegmentBytes(config.journal().segment());
        ledger =
                part(
                        Ledger.open(
                                new Ledger.Parts(
                                        folder.journal(),
                                        settings,
                                        database,
                                        List.of(log),
                                        clock,
                                        System::nanoTime,
                                        Machine.boot(),
                                        steps,
                                        this::moneyTrouble,
                                        FOLD_EVERY)));
        ledger.postpaid(operator.proxyAccount().id());
        Reconciled found = ledger.reconciled();
        if (found.posted() + found.voided() > 0) {
            observer.report(new Observation.HoldsReconciled(found.posted(), found.voided()));
        }
    }

    private void moneyTrouble(Exception problem) {
        observer.report(new Observation.JournalFailed("journal", problem));
    }

    private void openCatalog() {
        catalog = new Catalog(clock);
        database.write(tx -> {
            catalog.load(tx, config);
            return catalog;
        });
    }

    // ---------------------------------------------------------------- the request path

    private void openServer() throws IOException {
        List<HttpClient> clients = new ArrayList<>();
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < loops.count(); i++) {
            int loop = i;
            clients.add(new HttpClient(loops, loop, HttpClientSettings.DEFAULT));
            lanes.add(
                    ledger.lane(
                            task -> loops.run(loop, task),
                            (delay, task) -> loops.runAfter(loop, delay, task)));
        }
        Stage stage = stage(lanes);
        Answers answers =
                new Answers(
                        folder.path().resolve("answers"),
                        this::moneyTrouble,
                        _ -> ledger.step(Step.ANSWER_STORED));
        Planner planner =
                new Planner(
                        ledger,
                        new LimitsOf(accounts),
                        catalog,
                        new Routing(providers(clients)),
                        RANDOM,
                        config.limits().outputDefault());
        CallService calls =
                new CallService(
                        new Idempotency(ledger.replays(), answers, stage),
                        planner,
                        new Limiter(System::nanoTime),
                        stage);
        listen(doors(calls));
        upkeep(answers);
        // A second's work that the first counted answer would otherwise wait for.
        Thread.ofPlatform().daemon().name("tollgate-warm").start(TokenMeter::warm);
    }

    /// Stored answers end a day after their call, or at once when no post names them; the ledger is
    /// watched.
    private void upkeep(Answers answers) {
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(task ->
                        Thread.ofPlatform().daemon().name("tollgate-upkeep").unstarted(task));
        part(timer::shutdownNow);
        LedgerWatch watch =
                new LedgerWatch(ledger::unsynced, ledger::unfolded, System::nanoTime, observer);
        every(WATCH_EVERY, timer, watch::look);
        every(SWEEP_EVERY, timer, () -> sweep(answers));
    }

    private void every(Duration pause, ScheduledExecutorService timer, Runnable task) {
        var _ =
                timer.scheduleWithFixedDelay(
                        () -> guarded(task), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            observer.report(new Observation.OwnError("upkeep", e));
        }
    }

    private void sweep(Answers answers) {
        long newest = ledger.foldedHold();
        answers.sweep(new HashSet<>(ledger.replays().sweep()), newest);
    }

    private Stage stage(List<Lane> lanes) {
        Config.FirstByte firstByte = config.timeouts().firstByte();
        return new Stage(
                new Stage.Parts(
                        loops,
                        lanes,
                        workers,
                        clock,
                        System::nanoTime,
                        RANDOM,
                        observer,
                        new Stage.FirstByte(firstByte.stream(), firstByte.whole()),
                        new Stage.AnswerBytes(
                                config.server().maxAnswer(), config.server().maxStream()),
                        config.server().cost() ? Stage.ShownCost.SHOWN : Stage.ShownCost.HIDDEN));
    }

    private Map<String, Provider> providers(List<HttpClient> clients) {
        Map<String, Provider> providers = new HashMap<>();
        for (Upstream upstream : Upstream.all(config)) {
            // The others' protocols are not spoken yet: their routes are left out.
            if (upstream.protocol() == Config.Protocol.OPENAI) {
                providers.put(
                        upstream.name(), Providers.openAi(upstream, config.timeouts(), clients));
            }
        }
        providers.put(
                Sandbox.NAME,
                new Sandbox(clock, i -> new HttpLoop(loops, i, workers), config.timeouts().idle()));
        return providers;
    }

    private List<Door> doors(CallService calls) {
        long maxBody = config.server().maxBody();
        Grants grants = new Grants(database, ledger, config.pricing().signupCredits());
        grants.giveTestMoneyOnce(operator.account().id());
        GatewayDoor gateway =
                new GatewayDoor(
                        ledger, accounts, keys, log, grants, clock, System::nanoTime, Version.TEXT);
        ProxyDoor proxy =
                new ProxyDoor(
                        calls,
                        clock,
                        workers,
                        config.proxy().timeout(),
                        new HashSet<>(config.proxy().models()));
        OpenAiDoor openai =
                new OpenAiDoor(calls, catalog, workers, clock.instant().getEpochSecond());
        OperatorDoor operators =
                new OperatorDoor(
                        new DeskJson(new KeyDesk(keys, accounts, operator)),
                        new Upkeep(config, folder.path(), ledger, catalog, clock),
                        clock);
        RootDoor root = new RootDoor(this::isHealthy, clock, config.server().root());
        return List.of(
                openai.rootDoor(maxBody, root.wording()),
                openai.door(maxBody),
                proxy.door(config.proxy().maxBody()),
                gateway.door(maxBody),
                operators.door(maxBody),
                root.door(maxBody));
    }

    // ---------------------------------------------------------------- listening

    /// @param doors the last one's wording is the root's
    private void listen(List<Door> doors) throws IOException {
        Listening ports = new Listening(loops, config.server(), this::newRequestId);
        Metrics metrics = new Metrics(counters, ledger, () -> server, System::nanoTime);
        if (config.server().metricsPort() > 0) {
            HttpServer own =
                    ports.metrics(router(List.of(metrics.door(Route.anyone())), List.of()));
            part(() -> await(own.drain(Duration.ZERO)));
        }
        List<Door> all = new ArrayList<>(doors);
        all.addFirst(metrics.door(Route.admin()));
        server = ports.main(router(all, config.server().cors()));
        part(() -> await(server.drain(DRAIN_MAX)));
        part(ServerFile.write(folder, server.localAddress()));
    }

    private Router router(List<Door> doors, List<String> corsOrigins) {
        return new Router(
                new Router.Parts(
                        doors, doors.getLast(), new Gate(keys), corsOrigins, workers, observer));
    }

    private boolean isHealthy() {
        return ledger.isHealthy();
    }

    /// Time first, so that rows of the request log lie in the order in which they are written.
    private RequestId newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = clock.millis() << 20 | random.nextInt(1 << 20);
        return new RequestId(high, random.nextLong());
    }

    // ---------------------------------------------------------------- what others ask

    public String address() {
        return server.address();
    }

    public Operator operator() {
        return operator;
    }

    /// Closes in the order opposite to the start: no new calls, those that run, the ledger, the
    /// rest.
    @Override
    public void close() {
        observer.report(new Observation.ServerStopping(ledger.openHolds()));
        closeParts();
        observer.report(new Observation.ServerStopped(ledger.openHolds()));
    }

    private <T extends AutoCloseable> T part(T opened) {
        parts.add(opened);
        return opened;
    }

    private void closeParts() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                observer.report(new Observation.OwnError("closing", e));
            }
        }
        workers.close();
    }
}
