package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Outcome;
import tollgate.ledger.SpendLimit.Window;
import tollgate.unit.RequestId;

/// I-11 to I-17 with real threads: each lane on a thread of its own, as event loops are.
class RaceTest {
    /// However late the sync thread gets its turn, nobody waits for it or is refused.
    private static final JournalSettings PATIENT =
            new JournalSettings(
                    16 << 20,
                    Duration.ofMillis(5),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    Duration.ofMillis(100),
                    1_000_000);

    @TempDir private Path folder;
    private World world;
    private Ledger ledger;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder, PATIENT);
        Ledger.Parts of = world.parts();
        ledger =
                Ledger.open(
                        new Ledger.Parts(
                                of.folder(),
                                of.settings(),
                                of.database(),
                                of.projections(),
                                of.clock(),
                                System::nanoTime,
                                of.boot(),
                                of.steps(),
                                of.trouble(),
                                Duration.ofMillis(20)),
                        new FaultyDisk());
    }

    @AfterEach
    void close() throws IOException {
        ledger.close();
        world.close();
        assertThat(world.troubles).isEmpty();
    }

    private void grant(long account, long nanos) {
        ledger.creditOnce(Records.grant(account, nanos, "grant:" + account));
    }

    private HoldRequest request(
            long account, long key, long amount, @Nullable SpendLimit limit, long number) {
        return new HoldRequest(
                ledger.purse(account, Book.LIVE),
                key,
                new RequestId(account, number),
                "m",
                1,
                Records.STREAM,
                amount,
                limit,
                null);
    }

    /// A lane with a thread of its own, which ends turns of random length.
    private final class Loop {
        private final List<Runnable> turn = new ArrayList<>();
        private final Lane lane = ledger.lane(turn::add, (_, _) -> {});

        void endTurn() {
            while (!turn.isEmpty()) {
                List<Runnable> now = List.copyOf(turn);
                turn.clear();
                now.forEach(Runnable::run);
            }
        }
    }

    private void onLoops(int loops, java.util.function.ObjIntConsumer<Loop> work) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(loops);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            int of = i;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    Loop loop = new Loop();
                                    barrier.await();
                                    work.accept(loop, of);
                                    loop.endTurn();
                                } catch (Exception | AssertionError e) {
                                    failures.add(e);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    // ---------------------------------------------------------------- i11

    @ParameterizedTest
    @CsvSource({"64, 1", "500, 1", "2000, 1", "64, 2", "500, 2", "2000, 2", "500, 4"})
    void i11ExactlyFloorOfBalanceOverHoldIsAdmitted(int holds, int loops) throws Exception {
        int rounds = Records.count(10, 1_000);
        for (int round = 0; round < rounds; round++) {
            long account = 100L + round;
            long amount = 7;
            long balance = amount * (holds / 3) + round % amount;
            grant(account, balance);
            AtomicInteger admitted = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            onLoops(
                    loops,
                    (loop, of) -> {
                        for (int i = of; i < holds; i += loops) {
                            loop.lane
                                    .hold(request(account, 1, amount, null, i))
                                    .onComplete(held ->
                                            (held.succeeded() ? admitted : refused)
                                                    .incrementAndGet());
                            if (i % 5 == 0) {
                                loop.endTurn();
                            }
                        }
                    });

            assertThat(admitted.get()).isEqualTo((int) (balance / amount));
            assertThat(admitted.get() + refused.get()).isEqualTo(holds);
            Purse.Balance left = ledger.purse(account, Book.LIVE).balance();
            assertThat(left.available().nanos()).isEqualTo(balance % amount);
            assertThat(left.held().nanos()).isEqualTo(amount * admitted.get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DAY", "MONTH", "TOTAL"})
    void i16i17KeysOfOneAccountNeverPassTheirBudgetsNorTheBalance(Window window) throws Exception {
        int rounds = Records.count(10, 300);
        SplittableRandom random = new SplittableRandom(17);
        for (int round = 0; round < rounds; round++) {
            long account = 100L + round;
            long balance = 500L + random.nextInt(1_000);
            grant(account, balance);
            long[] budgets = {random.nextInt(400), random.nextInt(400), 1_000_000};
            AtomicInteger[] admitted = {
                new AtomicInteger(), new AtomicInteger(), new AtomicInteger()
            };
            ConcurrentLinkedQueue<OpenHold> open = new ConcurrentLinkedQueue<>();
            onLoops(
                    2,
                    (loop, of) -> {
                        for (int i = of; i < 600; i += 2) {
                            int key = i % 3;
                            SpendLimit limit = new SpendLimit(budgets[key], window);
                            loop.lane
                                    .hold(request(account, 10L * account + key, 7, limit, i))
                                    .onSuccess(hold -> {
                                        open.add(hold);
                                        admitted[key].incrementAndGet();
                                    });
                            if (i % 7 == 0) {
                                loop.endTurn();
                            }
                        }
                    });
            int all = 0;
            for (int key = 0; key < 3; key++) {
                assertThat(admitted[key].get()).isLessThanOrEqualTo((int) (budgets[key] / 7));
                all += admitted[key].get();
            }
            assertThat(all).isEqualTo((int) (balance / 7));
            assertThat(ledger.purse(account, Book.LIVE).balance().held().nanos())
                    .isEqualTo(7L * all);
            allIsGivenBack(open);
            for (int key = 0; key < 3; key++) {
                // What one level refused, no other holds.
                long most = Math.min(balance, budgets[key]);
                SpendLimit limit = new SpendLimit(budgets[key], window);
                Purse purse = ledger.purse(account, Book.LIVE);
                assertThat(ledger.spendable(purse, 10L * account + key, limit)).isEqualTo(most);
            }
        }
    }

    private void allIsGivenBack(Iterable<OpenHold> open) throws Exception {
        onLoops(
                1,
                (loop, _) -> {
                    for (OpenHold hold : open) {
                        Future<Long> _ =
                                loop.lane.release(hold, Records.ending(Outcome.CALLER_GONE));
                    }
                });
    }

    // ---------------------------------------------------------------- i14

    @Test
    void i14OfAllWhoWouldResolveAHoldOneDoes() throws Exception {
        int rounds = Records.count(1_000, 10_000);
        grant(1, 10L * rounds);
        List<OpenHold> holds = new ArrayList<>();
        Loop first = new Loop();
        for (int i = 0; i < rounds; i++) {
            first.lane.hold(request(1, 1, 10, null, i)).onSuccess(holds::add);
            first.endTurn();
        }
        Map<Integer, AtomicInteger> resolved = new ConcurrentHashMap<>();
        onLoops(
                4,
                (loop, of) -> {
                    for (int i = 0; i < rounds; i++) {
                        int number = i;
                        Future<Long> end =
                                of % 2 == 0
                                        ? loop.lane.post(holds.get(i), Records.cost(4))
                                        : loop.lane.release(
                                                holds.get(i), Records.ending(Outcome.CALLER_GONE));
                        end.onSuccess(_ ->
                                resolved.computeIfAbsent(number, _ -> new AtomicInteger())
                                        .incrementAndGet());
                        if (i % 3 == of) {
                            loop.endTurn();
                        }
                    }
                });

        assertThat(resolved).hasSize(rounds);
        assertThat(resolved.values()).allMatch(times -> times.get() == 1);
        assertThat(ledger.openHolds()).isZero();
        assertThat(ledger.purse(1, Book.LIVE).balance().held().nanos()).isZero();
        Map<String, Long> ends = new HashMap<>();
        for (Export.Move move : moves()) {
            ends.merge(move.kind(), 1L, Long::sum);
        }
        assertThat(ends.getOrDefault("post", 0L) + ends.getOrDefault("void", 0L)).isEqualTo(rounds);
        assertThat(ledger.purse(1, Book.LIVE).balance().available().nanos())
                .isEqualTo(10L * rounds - 4 * ends.getOrDefault("post", 0L));
    }

    private List<Export.Move> moves() throws IOException {
        List<Export.Move> moves = new ArrayList<>();
        try (Export export = ledger.export(0)) {
            while (export.next(moves::add)) {}
        }
        return moves;
    }

    // ---------------------------------------------------------------- i15

    /// Each call holds another amount than the one before it, so that a charge whose hold still
    /// stands does not look like the next call's hold.
    @Test
    void i15AReaderSeesTheChargeAndItsReleaseTogether() throws Exception {
        int rounds = Records.count(3_000, 100_000);
        long start = 10_000_000;
        grant(1, start);
        AtomicBoolean done = new AtomicBoolean();
        Set<Purse.Balance> impossible = ConcurrentHashMap.newKeySet();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            Purse purse = ledger.purse(1, Book.LIVE);
                            while (!done.get()) {
                                Purse.Balance seen = purse.balance();
                                long held = seen.held().nanos();
                                long posts = start - seen.available().nanos() - held;
                                if (posts < 0
                                        || posts > rounds
                                        || (held != 0 && held != amount(posts))) {
                                    impossible.add(seen);
                                }
                            }
                        });
        Loop loop = new Loop();
        for (int i = 0; i < rounds; i++) {
            Future<OpenHold> hold = loop.lane.hold(request(1, 1, amount(i), null, i));
            loop.endTurn();
            Future<Long> _ = loop.lane.post(hold.result(), Records.cost(1));
            loop.endTurn();
        }
        done.set(true);
        reader.join();

        assertThat(impossible).isEmpty();
        assertThat(ledger.purse(1, Book.LIVE).balance().available().nanos())
                .isEqualTo(start - rounds);
    }

    /// What the call after so many others holds: more than all of them are charged.
    private static long amount(long posts) {
        return 1_000_000 + 100 * (posts % 2);
    }

    // ---------------------------------------------------------------- rule 5

    @Test
    void rule05NoFoldAtAnySeqIsNegativeWithManyLoops() throws Exception {
        int accounts = 5;
        for (int account = 1; account <= accounts; account++) {
            grant(account, 100);
        }
        int calls = Records.count(3_000, 100_000);
        onLoops(
                3,
                (loop, of) -> {
                    SplittableRandom random = new SplittableRandom(of);
                    List<OpenHold> open = new ArrayList<>();
                    for (int i = 0; i < calls; i++) {
                        long account = 1L + random.nextInt(accounts);
                        loop.lane
                                .hold(request(account, account, 20 + random.nextInt(30), null, i))
                                .onSuccess(open::add);
                        if (random.nextInt(3) == 0) {
                            loop.endTurn();
                        }
                        if (!open.isEmpty() && random.nextInt(3) > 0) {
                            OpenHold hold = open.remove(random.nextInt(open.size()));
                            Future<Void> _ = loop.lane.extend(hold, random.nextInt(5));
                            Future<Long> _ =
                                    random.nextBoolean()
                                            ? loop.lane.post(
                                                    hold, Records.cost(i % 500 == 0 ? 1 : 0))
                                            : loop.lane.release(
                                                    hold, Records.ending(Outcome.CALLER_GONE));
                        }
                        if (open.size() > 3) {
                            loop.endTurn();
                            Future<Long> _ = loop.lane.post(open.removeFirst(), Records.cost(0));
                        }
                    }
                    loop.endTurn();
                    for (OpenHold hold : open) {
                        Future<Long> _ = loop.lane.post(hold, Records.cost(0));
                    }
                });
        Map<String, Long> places = new HashMap<>();
        long seq = 0;
        for (Export.Move move : moves()) {
            assertThat(move.seq()).isEqualTo(++seq);
            places.merge(move.debit(), -move.amount(), Long::sum);
            places.merge(move.credit(), move.amount(), Long::sum);
            if (move.debit().startsWith("account:") || move.debit().startsWith("held:")) {
                assertThat(places.get(move.debit())).as(move.toString()).isNotNegative();
            }
        }
        for (int account = 1; account <= accounts; account++) {
            Purse.Balance balance = ledger.purse(account, Book.LIVE).balance();
            assertThat(places.get("account:" + account)).isEqualTo(balance.available().nanos());
            assertThat(places.get("held:" + account)).isZero();
        }
    }
}
