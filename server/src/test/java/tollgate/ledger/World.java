package tollgate.ledger;

import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.unit.RequestId;

/// A ledger on a [FaultyDisk] and a real database, with a clock, a sync thread, a folding thread
/// and one event loop that are all moved by hand.
final class World implements AutoCloseable {
    static final long ACCOUNT = 7;
    static final long KEY = 3;

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Path template;

    final Path folder;
    final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
    final List<Exception> troubles = new CopyOnWriteArrayList<>();
    final List<Step> steps = new CopyOnWriteArrayList<>();
    final List<ClosedCall> rows = new CopyOnWriteArrayList<>();
    final Deque<Later> timers = new ArrayDeque<>();
    private final Deque<Runnable> turns = new ArrayDeque<>();
    JournalSettings settings = JournalSettings.DEFAULT.withSegmentBytes(1 << 20);
    UUID boot = HandJournal.BOOT;
    FaultyDisk disk = new FaultyDisk();
    Database database;
    Ledger ledger;
    Lane lane;
    private boolean projectionFails;
    private @Nullable Step failingStep;
    private long requests;

    /// What the event loop does later.
    record Later(long atNanos, Runnable then) {}

    World(Path folder) throws IOException {
        this(folder, JournalSettings.DEFAULT.withSegmentBytes(1 << 20));
    }

    World(Path folder, JournalSettings settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.database = Database.open(fresh(), _ -> {});
        this.ledger = load();
        this.lane = lane();
    }

    private Path next() {
        return folder.resolve("t" + DATABASES.incrementAndGet() + ".db");
    }

    /// Migrating a database takes longer than most tests: a migrated one is copied.
    private Path fresh() throws IOException {
        Path file = next();
        synchronized (World.class) {
            Path migrated = template;
            if (migrated == null) {
                migrated = Files.createTempFile("tollgate-migrated", ".db");
                Files.delete(migrated);
                migrated.toFile().deleteOnExit();
                Database.open(migrated, _ -> {}).close();
                template = migrated;
            }
            Files.copy(migrated, file);
        }
        return file;
    }

    Ledger.Parts parts() {
        return new Ledger.Parts(
                folder.resolve("journal"),
                settings,
                database,
                List.of(rowsProjection()),
                () -> Instant.ofEpochMilli(millis.get()),
                nanos::get,
                boot,
                this::step,
                troubles::add,
                Duration.ofHours(1));
    }

    private void step(Step step) {
        steps.add(step);
        if (step == failingStep) {
            failingStep = null;
            throw new IllegalStateException("step " + step);
        }
    }

    /// Whoever is told of the next step of this kind fails.
    void failAt(Step step) {
        failingStep = step;
    }

    /// Takes what the folding thread gives to features.
    private Projection rowsProjection() {
        return _ ->
                new Projection.Batch() {
                    private final List<ClosedCall> batch = new ArrayList<>();

                    @Override
                    public void add(ClosedCall call) {
                        batch.add(call);
                    }

                    @Override
                    public void execute() throws SQLException {
                        if (projectionFails) {
                            projectionFails = false;
                            throw new SQLException("these rows are refused");
                        }
                        rows.addAll(batch);
                    }

                    @Override
                    public void close() {}
                };
    }

    private Ledger load() throws IOException {
        return Ledger.load(parts(), disk, Runnable::run);
    }

    Lane lane() {
        return ledger.lane(
                turns::add,
                (delay, then) -> timers.add(new Later(nanos.get() + delay.toNanos(), then)));
    }

    // ---------------------------------------------------------------- time

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        millis.addAndGet(time.toMillis());
    }

    /// Ends the turn of the event loop: what was decided is written.
    void endTurn() {
        for (Runnable next = turns.poll(); next != null; next = turns.poll()) {
            next.run();
        }
    }

    /// Runs the timers that are due.
    void tick() {
        for (Later later : List.copyOf(timers)) {
            if (later.atNanos() <= nanos.get()) {
                timers.remove(later);
                later.then().run();
            }
        }
        endTurn();
    }

    /// Brings all to disk.
    void sync() {
        endTurn();
        pass(Duration.ofMillis(5));
        while (ledger.sync().step() == 0) {
            pass(Duration.ofMillis(5));
        }
        endTurn();
    }

    void fold() {
        sync();
        ledger.folder().foldNow();
    }

    // ---------------------------------------------------------------- money

    Purse purse() {
        return ledger.purse(ACCOUNT, Book.LIVE);
    }

    long available() {
        return purse().balance().available().nanos();
    }

    long held() {
        return purse().balance().held().nanos();
    }

    /// Gives the account money, as a start would find it.
    void grant(long nanosGiven) {
        Entry.Credit grant = Records.grant(ACCOUNT, nanosGiven, "grant:" + requests++);
        whileSyncing(() -> ledger.creditOnce(grant));
    }

    /// Runs something that blocks until the disk has it.
    void whileSyncing(Runnable blocking) {
        Thread thread = Thread.ofPlatform().unstarted(blocking);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
        thread.start();
        while (thread.isAlive()) {
            sync();
            Thread.onSpinWait();
        }
        for (Throwable failure : failures) {
            if (failure instanceof RuntimeException expected) {
                throw expected;
            }
            throw new AssertionError(failure);
        }
    }

    HoldRequest request(long amount) {
        return request(amount, Records.WHOLE, null, null);
    }

    HoldRequest request(
            long amount,
            Entry.Context context,
            @Nullable SpendLimit limit,
            Entry.@Nullable Binding binding) {
        return new HoldRequest(
                purse(),
                KEY,
                new RequestId(9, requests++),
                "m",
                1,
                context,
                amount,
                limit,
                binding);
    }

    OpenHold hold(long amount) {
        return done(lane.hold(request(amount)));
    }

    OpenHold stream(long amount) {
        return done(lane.hold(request(amount, Records.STREAM, null, null)));
    }

    /// Ends the turn and gives what the future brought by then.
    <T> T done(Future<T> future) {
        endTurn();
        if (!future.succeeded()) {
            throw new AssertionError(future.toString(), future.cause());
        }
        return future.result();
    }

    Throwable failure(Future<?> future) {
        endTurn();
        if (!future.failed()) {
            throw new AssertionError(future.toString());
        }
        return future.cause();
    }

    /// The whole export.
    List<Export.Move> moves() {
        return moves(0);
    }

    List<Export.Move> moves(long after) {
        sync();
        for (int i = 0; i < 5 && ledger.journal().isBehind(); i++) {
            pass(Duration.ofMillis(100)); // a sync failed
            sync();
        }
        List<Export.Move> moves = new ArrayList<>();
        try (Export export = ledger.export(after)) {
            while (export.next(moves::add)) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return moves;
    }

    // ---------------------------------------------------------------- ends and starts

    /// What a process leaves that dies now.
    record Left(FaultyDisk disk, Path database) {
        Left with(FaultyDisk other) {
            return new Left(other, database);
        }

        /// The same once more: a start changes what it starts on.
        Left again() {
            return new Left(disk.killed(), database);
        }
    }

    Left left() {
        Path copy = next();
        database.copyTo(copy);
        return new Left(disk.killed(), copy);
    }

    /// The process dies here; another starts on what it left, in the same boot of the machine.
    void kill() throws IOException {
        startOn(left());
    }

    void startOn(Left left) throws IOException {
        close();
        Path file = next();
        Files.copy(left.database(), file);
        disk = left.disk();
        database = Database.open(file, _ -> {});
        turns.clear();
        timers.clear();
        ledger = load();
        lane = lane();
    }

    /// The tables of the ledger's cursor are away while `meanwhile` runs: nothing of it can be read
    /// or written.
    void outage(Runnable meanwhile) {
        run("ALTER TABLE ledger_cursor RENAME TO away");
        meanwhile.run();
        run("ALTER TABLE away RENAME TO ledger_cursor");
    }

    private void run(String sql) {
        database.write(tx -> {
            try (var statement = tx.connection().prepareStatement(sql)) {
                return statement.executeUpdate();
            }
        });
    }

    /// The next batch of rows is refused.
    void failProjectionsOnce() {
        projectionFails = true;
    }

    /// Ends in order and starts again.
    void restart() throws IOException {
        ledger.close();
        ledger = load();
        lane = lane();
    }

    @Override
    public void close() throws IOException {
        disk.heal();
        ledger.close();
        database.close();
    }
}
