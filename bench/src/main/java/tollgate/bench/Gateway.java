package tollgate.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A running gateway, the account that pays, and a fold of its ledger that every run is checked
/// against. Not thread-safe.
final class Gateway implements Contender {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration START_ASKED_EVERY = Duration.ofMillis(2);
    private static final Duration REST_LIMIT = Duration.ofSeconds(5);

    /// Folding happens about once a second: it is over when the process used next to no CPU for
    /// longer than that. No counter of the gateway is asked, since asking would be measured too.
    private static final int QUIET_READINGS = 15;

    private static final Duration READING_EVERY = Duration.ofMillis(100);
    private static final long QUIET_MICROS = 30_000;
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(8);

    private static final String SYNCS = "tollgate_journal_syncs_total ";

    private final GatewayCommand command;
    private final Path folder;
    private final int port = Ports.free();
    private final Ledger ledger = new Ledger();
    private Running running;
    private final List<Account> accounts = new ArrayList<>();
    private List<String> keys = List.of();
    private long postsChecked;
    private long nanosChecked;

    /// @param firstAnswer from the start of the process to the first 200 of `GET /health`
    private record Running(Child child, Duration firstAnswer) {}

    private Gateway(GatewayCommand command, Path folder) {
        this.command = command;
        this.folder = folder;
        this.running = launch();
    }

    /// Starts one and waits until it is healthy. It has no account yet.
    ///
    /// @param folder for its configuration, log and data; the data may be there already
    static Gateway start(GatewayCommand command, Path folder) {
        return new Gateway(command, folder);
    }

    private Running launch() {
        long startNanos = System.nanoTime();
        Child child = command.start(folder, port);
        boolean healthy =
                Poll.until(
                        () -> {
                            child.requireAlive();
                            return Ports.healthy(port);
                        },
                        START_LIMIT,
                        START_ASKED_EVERY);
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        if (!healthy) {
            child.close();
            throw new BenchFailed(
                    "gateway: not healthy within %s:%n%s".formatted(took, child.lastLines()));
        }
        return new Running(child, took);
    }

    /// From the start of the process, the last one, to its first answer.
    Duration firstAnswer() {
        return running.firstAnswer;
    }

    /// Ends it and starts it again on the same data.
    void restart() {
        running.child.close();
        running = launch();
    }

    /// Makes accounts that pay, and keys; calls present all keys in turn from now on.
    ///
    /// @param count of keys
    void makeKeys(int count) {
        var all = new ArrayList<String>(count);
        while (all.size() < count) {
            Account opened = Account.open(port, command.adminKey());
            accounts.add(opened);
            all.addAll(opened.makeKeys(port, Math.min(count - all.size(), Account.KEYS_MAX)));
        }
        keys = List.copyOf(all);
        readLedger();
        checked();
    }

    /// Calls posted so far.
    long posts() {
        return ledger.posts();
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public ProcessTree processes() {
        return running.child.processes();
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public void settle() {
        var readings = new ArrayDeque<Long>();
        Poll.until(() -> quiet(readings), QUIET_LIMIT, READING_EVERY);
    }

    private boolean quiet(ArrayDeque<Long> readings) {
        readings.add(processes().cpuMicros());
        if (readings.size() <= QUIET_READINGS) {
            return false;
        }
        return readings.getLast() - readings.poll() <= QUIET_MICROS;
    }

    @Override
    public OptionalLong syncs() {
        Http.Answer metrics = Http.get(port, "/metrics", command.adminKey());
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(SYNCS))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(SYNCS.length())))
                .findFirst();
    }

    @Override
    public void check(long answers, long chargeNanos) {
        requireRest();
        long posts = ledger.posts() - postsChecked;
        long nanos = ledger.postedNanos() - nanosChecked;
        checked();
        require("posts of this run", posts, answers);
        require("nano-dollars posted in this run", nanos, answers * chargeNanos);
    }

    @Override
    public void checkAtRest() {
        requireRest();
        checked();
    }

    /// The next check speaks of what comes from here on.
    private void checked() {
        postsChecked = ledger.posts();
        nanosChecked = ledger.postedNanos();
    }

    private void requireRest() {
        Poll.until(this::nothingHeld, REST_LIMIT, READING_EVERY);
        require("nano-dollars held at rest", ledger.heldNanos(), 0);
        require("sum over all places", ledger.sumNanos(), 0);
        accounts.forEach(this::requireBalance);
    }

    private void requireBalance(Account payer) {
        Account.Balance balance = payer.balance(port);
        require("nano-dollars held, by the balance", balance.heldNanos(), 0);
        long folded = ledger.at("account:" + payer.id());
        require("nano-dollars of the balance against the fold", balance.creditsNanos(), folded);
    }

    private boolean nothingHeld() {
        readLedger();
        return ledger.heldNanos() == 0;
    }

    private void readLedger() {
        String path = "/admin/ledger/export?after=" + ledger.lastSeq();
        try (InputStream lines = Http.stream(port, path, command.adminKey())) {
            ledger.take(lines);
        } catch (IOException failure) {
            throw new BenchFailed("ledger: the export broke", failure);
        }
    }

    private static void require(String what, long found, long expected) {
        if (found != expected) {
            throw new BenchFailed("%s: %,d (expected: %,d)".formatted(what, found, expected));
        }
    }

    @Override
    public void close() {
        running.child.close();
    }
}
