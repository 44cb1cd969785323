package tollgate.ledger;

import java.io.IOException;
import java.nio.file.Path;
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
import tollgate.db.ReadOnlyDatabase;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Entry.Credit;

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
    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    /// How long money in waits for the disk before its caller is told to come again.
    private static final Duration SYNC_WAIT_MAX = Duration.ofSeconds(10);

    /// How long a reader of the export waits for it before he gets what is there.
    private static final Duration EXPORT_WAIT_MAX = Duration.ofSeconds(2);

    private final Journal journal;
    private final JournalSync sync;
    private final Folder folder;
    private final Packer packer;
    private final SegmentCheck check;
    private final MoneyIn moneyIn;
    private final Receipts receipts;
    private final Database database;
    private final InstantSource clock;
    private final Consumer<Step> steps;
    private final Consumer<Exception> trouble;
    private final Replays replays;
    private final Map<Long, Purse> live = new ConcurrentHashMap<>();
    private final Map<Long, Purse> test = new ConcurrentHashMap<>();
    private final Map<Long, KeySpend> spends = new ConcurrentHashMap<>();
    private final Map<Long, Entry.Binding> bound = new ConcurrentHashMap<>();
    private final AtomicLong nextHold;
    private final AtomicInteger openHolds = new AtomicInteger();
    private volatile boolean failing;

    private Reconciled reconciled = new Reconciled(0, 0);

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
        Ledger ledger = load(parts, disk, JournalSync.ownThread());
        ledger.start();
        return ledger;
    }

    /// Everything but the threads.
    ///
    /// @param preparer runs the preparation of segments
    static Ledger load(Parts parts, Disk disk, Executor preparer) throws IOException {
        Database database = parts.database();
        LedgerStore.Cursor cursor = database.read(LedgerStore::cursor);
        Opening opening = new Opening(database, parts.projections(), cursor);
        Journal.Start start = new Recovery(disk, parts.boot()).run(cursor, opening::frame);
        opening.write();
        List<Purse> purses = database.read(LedgerStore::purses);
        new Audit(
                        disk,
                        new Audit.Books(
                                opening.cursor(),
                                purses,
                                database.read(LedgerStore::operatorPlaces),
                                opening.open().values()))
                .check();
        Journal journal =
                new Journal(
                        parts.settings(),
                        disk,
                        parts.boot(),
                        parts.clock(),
                        parts.nanoTime(),
                        start);
        Ledger ledger = new Ledger(parts, journal, opening, preparer);
        try {
            ledger.settle(purses, opening.open());
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
        return ledger;
    }

    private Ledger(Parts parts, Journal journal, Opening opening, Executor preparer)
            throws IOException {
        this.journal = journal;
        this.database = parts.database();
        this.clock = parts.clock();
        this.steps = parts.steps();
        this.trouble = parts.trouble();
        this.replays = new Replays(database, clock);
        this.moneyIn = new MoneyIn(this, database);
        this.receipts = new Receipts(moneyIn, database);
        this.nextHold = new AtomicLong(opening.cursor().lastHold());
        this.packer = new Packer(journal.disk, trouble);
        this.check = new SegmentCheck(journal.disk, packed(journal.disk), trouble);
        this.sync = new JournalSync(journal, trouble, preparer);
        this.folder =
                new Folder(
                        new Folder.FoldTarget(database, parts.projections(), parts.foldEvery()),
                        journal,
                        opening.cursor(),
                        opening.open(),
                        trouble,
                        this::afterFold);
    }

    private static List<Long> packed(Disk disk) throws IOException {
        return disk.segments().stream().filter(disk::isCompressed).toList();
    }

    JournalSync sync() {
        return sync;
    }

    Folder folder() {
        return folder;
    }

    Journal journal() {
        return journal;
    }

    private void start() {
        sync.start();
        folder.start();
        check.start();
    }

    // ---------------------------------------------------------------- after a crash

    /// Loads memory and settles what a dead process left: calls first, then money in.
    private void settle(List<Purse> purses, Map<Long, OpenCall> open) throws IOException {
        for (Purse purse : purses) {
            book(purse.book()).put(purse.account(), purse);
        }
        spends.putAll(database.read(LedgerStore::keySpends));
        reconciled = new Reconciler(this).resolve(open.values());
        moneyIn.settleIntents();
        sync.syncNow();
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

    KeySpend spend(long key) {
        KeySpend known = spends.get(key);
        return known != null ? known : spends.computeIfAbsent(key, _ -> new KeySpend());
    }

    /// Refuses when the journal, the disk or the fold cannot take another call now.
    void checkAdmitting() {
        boolean late = journal.waitingNanos() > journal.settings.refuseAfter().toNanos();
        if (late || !journal.hasRoom(openHolds.get())) {
            throw new GatewayException(
                    new Fault.Unavailable("the ledger's disk cannot keep up", BUSY_RETRY));
        }
        if (unfolded() > journal.settings.unfoldedMax()) {
            throw new GatewayException(
                    new Fault.Unavailable("the database cannot keep up", BUSY_RETRY));
        }
    }

    boolean hasRoomBesidePosts() {
        return journal.hasRoomBesidePosts(openHolds.get());
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

    /// A hold could not be written: as if it had never been.
    void takenBack(OpenHold hold) {
        hold.settle(0, now());
        openHolds.decrementAndGet();
        bound.remove(hold.subject().hold());
    }

    void resolved(Entry.Resolution resolution) {
        openHolds.decrementAndGet();
        Entry.Subject subject = resolution.subject();
        Entry.Binding binding = bound.isEmpty() ? null : bound.remove(subject.hold());
        if (binding != null) {
            replays.resolved(subject.account(), binding, resolution);
        }
        step(resolution);
    }

    void step(Entry.Resolution resolution) {
        step(resolution instanceof Entry.Post ? Step.POST : Step.VOID);
    }

    /// Returns how many are written. The first failure in a row is reported.
    int append(List<? extends Entry> entries) {
        int written = journal.append(entries);
        if (written < entries.size() != failing) {
            failing = !failing;
            Exception last = journal.counts().lastFailure();
            if (failing && last != null) {
                trouble(last);
            }
        }
        return written;
    }

    /// Reports something that does not stop anything.
    void trouble(Exception problem) {
        try {
            trouble.accept(problem);
        } catch (RuntimeException again) {
            problem.addSuppressed(again); // whoever is told must not change what is done
        }
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
        moneyIn.intend(tx, credit);
    }

    /// Makes an intended credit effective and durable, and returns what can be spent now. Blocks
    /// until it is on disk. When the journal cannot be written now, this fails with Unavailable and
    /// the effect follows by itself.
    public Purse.Balance credit(Credit credit) {
        moneyIn.credit(credit);
        return purse(credit.account(), credit.book()).balance();
    }

    /// Like an intended credit, but harmless when this cause is known already. Blocks.
    public void creditOnce(Credit credit) {
        moneyIn.creditOnce(credit);
    }

    /// Takes money out of an account if it is there: row, decision, record. Blocks until it is on
    /// disk.
    ///
    /// @return false when the account does not have it; then nothing happened
    public boolean debit(Credit credit) {
        return moneyIn.debit(credit);
    }

    /// Money in whose request carries an idempotency key.
    public Receipts receipts() {
        return receipts;
    }

    void awaitSynced() {
        if (!sync.awaitSynced(journal.lastEntryFrame(), SYNC_WAIT_MAX)) {
            throw unwritable();
        }
    }

    GatewayException unwritable() {
        return new GatewayException(
                new Fault.Unavailable("the ledger cannot be written now", BUSY_RETRY));
    }

    // ---------------------------------------------------------------- reading

    /// The double-entry ledger from the journal itself: all that was written before this call, once
    /// it is on disk, for which it blocks.
    public Export export(long afterSeq) throws IOException {
        boolean _ = sync.awaitSynced(journal.lastEntryFrame(), EXPORT_WAIT_MAX); // else what is
        return new Export(journal.disk, afterSeq, journal.syncedFrame());
    }

    /// Copies database and journal, while everything goes on, so that the copy starts as it is.
    /// Blocks.
    ///
    /// @param databaseCopy a file that must not exist yet
    /// @param journalCopy an empty folder
    public void backup(Path databaseCopy, Path journalCopy) throws IOException {
        new Backup(database, journal.disk, sync, packer).to(databaseCopy, journalCopy);
    }

    /// Reads the whole journal and compares it with the database. Blocks, for seconds a million
    /// calls.
    public Inspection inspect(ReadOnlyDatabase rows) throws IOException {
        packer.hold();
        try {
            return Inspection.running(journal, rows);
        } finally {
            packer.goOn();
        }
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

    /// How old the oldest record is that is written and not on disk.
    public Duration unsynced() {
        return Duration.ofNanos(journal.waitingNanos());
    }

    /// What this start found.
    public Reconciled reconciled() {
        return reconciled;
    }

    public JournalCounts counts() {
        return journal.counts();
    }

    public int openHolds() {
        return openHolds.get();
    }

    /// Whether calls can be served: the disk follows within two seconds (JOURNAL 7), the database
    /// does too, and no old segment was found broken.
    public boolean isHealthy() {
        return journal.waitingNanos() <= journal.settings.unhealthyAfter().toNanos()
                && journal.hasRoom(openHolds.get())
                && unfolded() <= journal.settings.unfoldedMax()
                && !check.isBroken();
    }

    private void afterFold(long segment, List<ClosedCall> closed) {
        closed.forEach(replays::folded);
        packer.before(segment);
    }

    @Override
    public void close() throws IOException {
        moneyIn.close();
        try {
            sync.close();
            folder.close();
            check.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing the ledger", e);
        } finally {
            journal.close();
        }
    }
}
