package tollgate.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.LedgerStore.IntentState;

/// All money of one node.
///
/// *Truth* is the journal ([Journal]): every move of money is a record in it, written before it is
/// acknowledged. *Decisions* are made in memory ([Purse]), at the speed of a lock nobody else
/// holds. *The database* lags a second behind ([Folder]) and is what lists are read from and where
/// a start begins. A call goes hold, attempts, marks, extensions, and exactly one of post and void
/// ([Lane], [OpenHold]); what a crash leaves open is resolved at the next start from its last
/// durable mark. Money in goes intent row, record, sync, answer ([#credit(Credit)]).
///
/// The pattern is TigerBeetle's two-phase transfer (docs.tigerbeetle.com, "Two-Phase Transfers",
/// read 2026-11-21), with one difference: nothing is voided by time, because the provider may have
/// billed what we would give back.
///
/// Thread-safe. Lanes belong to event loops; blocking methods say so.
public final class Ledger implements AutoCloseable {
    /// Records not yet folded, past which new holds are refused (DESIGN 5).
    static final long UNFOLDED_MAX = 1_000_000;

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final Journal journal;
    private final JournalSync sync;
    private final Folder folder;
    private final Packer packer;
    private final Database database;
    private final InstantSource clock;
    private final Consumer<Step> steps;
    private final Replays replays;
    private final Map<Long, Purse> live = new ConcurrentHashMap<>();
    private final Map<Long, Purse> test = new ConcurrentHashMap<>();
    private final Map<Long, KeySpend> spends = new ConcurrentHashMap<>();
    private final Map<Long, Entry.Binding> bound = new ConcurrentHashMap<>();
    private final AtomicLong nextHold;
    private final AtomicInteger openHolds = new AtomicInteger();

    /// Everything a ledger needs from outside.
    ///
    /// @param folder where the segments lie
    /// @param steps told of each durable step; tests stop the process there
    /// @param trouble told of failures of journal and fold, which go on by themselves
    public record Parts(
            Path folder,
            JournalSettings settings,
            Database database,
            List<Projection> projections,
            InstantSource clock,
            LongSupplier nanoTime,
            UUID boot,
            Consumer<Step> steps,
            Consumer<Exception> trouble,
            Duration foldEvery) {}

    /// Opens the ledger: reads what was not folded, judges the journal's end, resolves what a crash
    /// left open, and is ready. Blocks.
    ///
    /// @throws JournalCorrupt when the journal is damaged or does not balance
    public static Ledger open(Parts parts) throws IOException {
        return open(parts, new FolderDisk(parts.folder()));
    }

    static Ledger open(Parts parts, Disk disk) throws IOException {
        Database database = parts.database();
        LedgerStore.Cursor cursor = database.read(LedgerStore::cursor);
        Opening opening = new Opening(database, parts.projections(), cursor);
        Journal.Start start = new Recovery(disk, parts.boot()).run(cursor, opening::frame);
        opening.write();
        Journal journal =
                new Journal(
                        parts.settings(),
                        disk,
                        parts.boot(),
                        parts.clock(),
                        parts.nanoTime(),
                        start);
        Ledger ledger = new Ledger(parts, journal, opening);
        ledger.load(opening);
        return ledger;
    }

    private Ledger(Parts parts, Journal journal, Opening opening) {
        this.journal = journal;
        this.database = parts.database();
        this.clock = parts.clock();
        this.steps = parts.steps();
        this.replays = new Replays(database, clock);
        this.nextHold = new AtomicLong(opening.cursor().lastHold());
        this.packer = new Packer(journal.disk, parts.trouble());
        this.sync = new JournalSync(journal, parts.trouble()::accept);
        this.folder =
                new Folder(
                        new Folder.FoldTarget(database, parts.projections(), parts.foldEvery()),
                        journal,
                        opening.cursor(),
                        opening.open(),
                        parts.trouble(),
                        this::afterFold);
    }

    private void load(Opening opening) throws IOException {
        for (Purse purse : database.read(LedgerStore::purses)) {
            book(purse.book()).put(purse.account(), purse);
        }
        spends.putAll(database.read(LedgerStore::keySpends));
        Audit.check(live.values(), test.values(), database.read(LedgerStore::operatorPlaces));
        sync.start();
        resolveOrphans(opening.open());
        settleIntents();
        folder.start();
    }

    // ---------------------------------------------------------------- after a crash

    /// The reconciler: calls that a dead process left open end as S10 or S11 say. Its records are
    /// ordinary ones, so a crash here leaves the rest to the next start.
    private void resolveOrphans(Map<Long, OpenCall> open) throws IOException {
        long now = now();
        for (OpenCall call : open.values()) {
            Entry.Resolution resolution = call.orphaned(now);
            if (append(List.of(resolution)) == 0) {
                throw new IOException("the journal refuses to be written at a start");
            }
            long charged = resolution instanceof Entry.Post post ? post.amount() : 0;
            Entry.Subject subject = resolution.subject();
            purse(subject.account(), subject.book())
                    .settleOrphan(call.held(), charged, spend(subject.key()), now);
            step(charged > 0 ? Step.POST : Step.VOID);
        }
    }

    /// Money in whose row was committed but whose record was not written gets it now; a refusable
    /// debit that was not decided never happened.
    private void settleIntents() {
        for (Credit credit : database.read(LedgerStore::wanted)) {
            effect(credit);
        }
        database.write(tx -> {
            LedgerStore.deleteAccepting(tx);
            return null;
        });
    }

    // ---------------------------------------------------------------- calls

    /// The way into the journal for one event loop, on which `turn` runs things.
    public Lane lane(Executor turn, Lane.Timer timer) {
        return new Lane(this, turn, timer);
    }

    /// An account's money in one book; an account that never had any has an empty purse.
    public Purse purse(long account, Book book) {
        Map<Long, Purse> purses = book(book);
        Purse known = purses.get(account);
        return known != null
                ? known
                : purses.computeIfAbsent(account, id -> new Purse(id, book, 0, 0));
    }

    /// Lets an account spend without money: the operator's own.
    public void postpaid(long account) {
        purse(account, Book.LIVE).postpaid();
    }

    public Replays replays() {
        return replays;
    }

    /// What a key could hold at most now, in nano-dollars.
    public long spendable(Purse purse, long key, @Nullable SpendLimit limit) {
        return purse.spendable(limit == null ? null : spend(key), limit, now());
    }

    private Map<Long, Purse> book(Book book) {
        return book == Book.LIVE ? live : test;
    }

    private KeySpend spend(long key) {
        KeySpend known = spends.get(key);
        return known != null ? known : spends.computeIfAbsent(key, _ -> new KeySpend());
    }

    /// Refuses when the journal, the disk or the fold cannot take another call now.
    void checkAdmitting(int pending) {
        boolean late = journal.waitingNanos() > journal.settings.refuseAfter().toNanos();
        if (late || pending >= Lane.PENDING_MAX || !journal.hasRoom(openHolds.get())) {
            throw new GatewayException(
                    new Fault.Unavailable("the ledger's disk cannot keep up", BUSY_RETRY));
        }
        if (unfolded() > UNFOLDED_MAX) {
            throw new GatewayException(
                    new Fault.Unavailable("the database cannot keep up", BUSY_RETRY));
        }
    }

    OpenHold take(HoldRequest request) {
        KeySpend spend = spend(request.key());
        request.purse().take(request.amount(), spend, request.limit(), now());
        Entry.Subject subject =
                new Entry.Subject(
                        nextHold.incrementAndGet(),
                        request.purse().account(),
                        request.purse().book(),
                        request.key(),
                        request.request(),
                        request.model(),
                        request.priceVersion());
        openHolds.incrementAndGet();
        Entry.Binding binding = request.binding();
        if (binding != null) {
            bound.put(subject.hold(), binding);
        }
        return new OpenHold(
                subject,
                request.context().shape(),
                request.purse(),
                spend,
                request.limit(),
                request.amount());
    }

    /// A hold that was never written is over.
    void closed() {
        openHolds.decrementAndGet();
    }

    void resolved(Entry.Resolution resolution) {
        openHolds.decrementAndGet();
        Entry.Subject subject = resolution.subject();
        Entry.Binding binding = bound.isEmpty() ? null : bound.remove(subject.hold());
        if (binding != null) {
            replays.resolved(subject.account(), binding, resolution);
        }
        step(resolution instanceof Entry.Post ? Step.POST : Step.VOID);
    }

    int append(List<? extends Entry> entries) {
        return journal.append(entries);
    }

    boolean gateIsOpen() {
        return journal.waitingNanos() <= journal.settings.gate().toNanos();
    }

    void whenSynced(Runnable then) {
        sync.whenSynced(journal.lastEntryFrame(), then);
    }

    Duration retryEvery() {
        return journal.settings.retryEvery();
    }

    long now() {
        return clock.millis();
    }

    /// Tells a test which durable step was just taken.
    public void step(Step step) {
        steps.accept(step);
    }

    // ---------------------------------------------------------------- money in

    /// Notes money in, in the caller's transaction: after its commit, [#credit(Credit)] must follow
    /// (a start does it for those that never came so far).
    ///
    /// @throws IllegalStateException when this cause is known already
    public void intend(WriteTx tx, Credit credit) {
        try {
            LedgerStore.insertIntent(tx, credit, IntentState.WANTED, now());
        } catch (SQLException e) {
            throw new IllegalStateException("credit %s: not noted".formatted(credit.cause()), e);
        }
    }

    /// Makes an intended credit effective and durable, and returns what can be spent now. Blocks
    /// until it is on disk.
    public Purse.Balance credit(Credit credit) {
        effect(credit);
        return purse(credit.account(), credit.book()).balance();
    }

    /// Like an intended credit, but harmless when this cause is known already. Blocks.
    public void creditOnce(Credit credit) {
        boolean isNew = database.write(tx -> LedgerStore.insertIntentOnce(tx, credit, now()));
        if (isNew) {
            effect(credit);
        }
    }

    /// Takes money out of an account if it is there: row, decision, record. Blocks until it is on
    /// disk.
    ///
    /// @return false when the account does not have it; then nothing happened
    public boolean debit(Credit credit) {
        if (credit.amount() >= 0) {
            throw new IllegalArgumentException(
                    "amount: %d (expected: below 0)".formatted(credit.amount()));
        }
        database.write(tx -> {
            LedgerStore.insertIntent(tx, credit, IntentState.ACCEPTING, now());
            return null;
        });
        Purse purse = purse(credit.account(), credit.book());
        if (!purse.withdraw(-credit.amount())) {
            forget(credit);
            return false;
        }
        if (append(List.of(credit)) == 0) {
            purse.add(-credit.amount());
            forget(credit);
            throw unwritable();
        }
        step(Step.CREDIT);
        awaitSynced();
        return true;
    }

    private void forget(Credit credit) {
        database.write(tx -> {
            LedgerStore.deleteIntent(tx, credit.cause());
            return null;
        });
    }

    private void effect(Credit credit) {
        if (append(List.of(credit)) == 0) {
            throw unwritable();
        }
        purse(credit.account(), credit.book()).add(credit.amount());
        step(Step.CREDIT);
        awaitSynced();
    }

    private void awaitSynced() {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        whenSynced(() -> durable.complete(null));
        durable.join();
    }

    private static GatewayException unwritable() {
        return new GatewayException(
                new Fault.Unavailable("the ledger cannot be written now", BUSY_RETRY));
    }

    // ---------------------------------------------------------------- reading

    /// The double-entry ledger from the journal itself, up to what is written now.
    public Export export(long afterSeq) throws IOException {
        return new Export(journal.disk, afterSeq, journal.lastFrame());
    }

    /// Completes when all that is written now can be read in the database.
    public CompletableFuture<Void> folded() {
        return folder.caughtUp();
    }

    /// The newest hold that the database knows of.
    public long foldedHold() {
        return database.read(LedgerStore::cursor).lastHold();
    }

    /// Records that are written but not folded.
    public long unfolded() {
        return Math.max(0, journal.counts().records() - folder.records());
    }

    public JournalCounts counts() {
        return journal.counts();
    }

    public int openHolds() {
        return openHolds.get();
    }

    /// Whether calls can be served: the disk follows within two seconds (JOURNAL 7).
    public boolean isHealthy() {
        return journal.waitingNanos() <= journal.settings.unhealthyAfter().toNanos()
                && journal.hasRoom(openHolds.get());
    }

    private void afterFold(long segment, List<ClosedCall> closed) {
        closed.forEach(replays::folded);
        packer.before(segment);
    }

    @Override
    public void close() throws IOException {
        try {
            sync.close();
            folder.close();
            journal.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing the ledger", e);
        }
    }
}
