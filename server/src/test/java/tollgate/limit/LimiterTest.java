package tollgate.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LimiterTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final HandClock clock = new HandClock(Long.MAX_VALUE - 1_000_000_000L);
    private final Limiter limiter = new Limiter(clock);

    private Admitted admitted(Limits limits, long tokens) {
        return (Admitted) limiter.admit(limits, tokens);
    }

    private Admission.Refused refused(Limits limits, long tokens) {
        return (Admission.Refused) limiter.admit(limits, tokens);
    }

    @Test
    void withoutLimitsEveryCallIsAdmittedAndNothingIsKept() {
        Admission first = limiter.admit(Limits.NONE, Long.MAX_VALUE);
        assertThat(first).isInstanceOf(Admitted.class).isSameAs(limiter.admit(Limits.NONE, 1));
        ((Admitted) first).correctTokens(5);
        ((Admitted) first).release();
        ((Admitted) first).giveBack();
        assertThat(limiter.size()).isZero();
    }

    @Test
    void i55CallAtRetryAfterIsAdmittedAndOneNanosecondEarlierIsNot() {
        Limit limit = Limit.requests("account:1", 3, MINUTE);
        Limits limits = Limits.of(limit);
        admitted(limits, 0);
        clock.advance(7);
        admitted(limits, 0);
        admitted(limits, 0);
        clock.advance(20);
        Admission.Refused refused = refused(limits, 0);
        assertThat(refused.limit()).isEqualTo(limit);
        assertThat(refused.retryAfter()).isEqualTo(MINUTE.minusNanos(27));
        clock.advance(refused.retryAfter().minusNanos(1));
        assertThat(refused(limits, 0).retryAfter()).isEqualTo(Duration.ofNanos(1));
        clock.advance(1);
        admitted(limits, 0);
        assertThat(refused(limits, 0).retryAfter()).isEqualTo(Duration.ofNanos(7));
    }

    @Test
    void i17RefusalByOneLimitLeavesNothingCountedUnderTheOthers() {
        Limit key = Limit.requests("key:1", 5, MINUTE);
        Limit account = Limit.requests("account:1", 2, Duration.ofHours(1));
        Limit tokens = Limit.tokens("key:1", 100, MINUTE);
        Limit slots = Limit.concurrent("key:1", 9);
        Limits limits = Limits.of(key, account, tokens, slots);
        admitted(limits, 10);
        admitted(limits, 10);
        assertThat(refused(limits, 10).limit()).isEqualTo(account);
        assertThat(limiter.read(key).used()).isEqualTo(2);
        assertThat(limiter.read(account).used()).isEqualTo(2);
        assertThat(limiter.read(tokens).used()).isEqualTo(20);
        assertThat(limiter.read(slots).used()).isEqualTo(2);
    }

    @Test
    void refusalNamesTheLimitWithTheLongestWait() {
        Limit minute = Limit.requests("account:1", 1, MINUTE);
        Limit hour = Limit.requests("account:1", 1, Duration.ofHours(1));
        admitted(Limits.of(minute, hour), 0);
        assertThat(refused(Limits.of(minute, hour), 0))
                .isEqualTo(new Admission.Refused(hour, Duration.ofHours(1)));
        assertThat(refused(Limits.of(hour, minute), 0).limit()).isEqualTo(hour);
    }

    @Test
    void i17NoLevelIsBrokenByRandomLimitTrees() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Limit> pool = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                pool.add(
                        Limit.requests("owner:" + i % 3, 1 + random.nextInt(5), nanos(random, 50)));
            }
            List<List<Long>> admittedAt = new ArrayList<>();
            pool.forEach(_ -> admittedAt.add(new ArrayList<>()));
            Limiter tried = new Limiter(clock);
            for (int step = 0; step < 400; step++) {
                clock.advance(random.nextInt(8));
                List<Limit> chosen =
                        pool.stream().filter(_ -> random.nextInt(3) == 0).distinct().toList();
                if (tried.admit(Limits.of(chosen), 0) instanceof Admitted) {
                    long now = clock.getAsLong();
                    chosen.forEach(limit -> admittedAt.get(pool.indexOf(limit)).add(now));
                }
            }
            for (int i = 0; i < pool.size(); i++) {
                assertHolds(pool.get(i), admittedAt.get(i));
            }
        }
    }

    private static Duration nanos(Random random, int most) {
        return Duration.ofNanos(1 + random.nextInt(most));
    }

    private static void assertHolds(Limit limit, List<Long> admittedAt) {
        int most = (int) limit.most();
        for (int i = 0; i + most < admittedAt.size(); i++) {
            assertThat(admittedAt.get(i + most) - admittedAt.get(i))
                    .isGreaterThanOrEqualTo(limit.meter().window().toNanos());
        }
    }

    @Test
    void givenBackCallsDoNotCount() {
        Limit requests = Limit.requests("key:1", 1, MINUTE);
        Limit tokens = Limit.tokens("key:1", 100, MINUTE);
        Limit slots = Limit.concurrent("key:1", 1);
        Limits limits = Limits.of(requests, tokens, slots);
        Admitted call = admitted(limits, 60);
        call.giveBack();
        call.giveBack();
        call.release();
        call.correctTokens(50);
        for (Limit limit : limits.list()) {
            assertThat(limiter.read(limit).used()).isZero();
        }
        admitted(limits, 100);
    }

    @Test
    void releaseFreesTheSlotOnceAndKeepsTheRest() {
        Limit requests = Limit.requests("key:1", 5, MINUTE);
        Limit slots = Limit.concurrent("key:1", 2);
        Limits limits = Limits.of(requests, slots);
        Admitted first = admitted(limits, 0);
        admitted(limits, 0);
        assertThat(refused(limits, 0))
                .isEqualTo(new Admission.Refused(slots, Duration.ofSeconds(1)));
        first.release();
        first.release();
        assertThat(limiter.read(slots).used()).isEqualTo(1);
        admitted(limits, 0);
        assertThat(refused(limits, 0).limit()).isEqualTo(slots);
        assertThat(limiter.read(requests).used()).isEqualTo(3);
        assertThat(limiter.read(slots).nextLeaves()).isZero();
    }

    @Test
    void releasedCallCanStillBeGivenBack() {
        Limit requests = Limit.requests("key:1", 1, MINUTE);
        Limits limits = Limits.of(requests, Limit.concurrent("key:1", 1));
        Admitted call = admitted(limits, 0);
        call.release();
        call.giveBack();
        admitted(limits, 0);
    }

    @Test
    void tokensAreThoseHeldUntilCorrected() {
        Limit tokens = Limit.tokens("key:1", 1_000, MINUTE);
        Limits limits = Limits.of(tokens, Limit.requests("key:1", 9, MINUTE));
        Admitted call = admitted(limits, 900);
        assertThat(refused(limits, 101).limit()).isEqualTo(tokens);
        call.correctTokens(300);
        assertThat(limiter.read(tokens)).isEqualTo(new Reading(300, 700, MINUTE));
        call.correctTokens(400);
        call.release();
        call.correctTokens(350);
        assertThat(limiter.read(tokens).used()).isEqualTo(350);
        admitted(limits, 650);
        assertThat(refused(limits, 1).retryAfter()).isEqualTo(MINUTE);
        assertThat(limiter.read(limits.list().get(1)).used()).isEqualTo(2);
    }

    @Test
    void correctedTokensLeaveWithTheirCall() {
        Limit tokens = Limit.tokens("key:1", 10, MINUTE);
        Admitted call = admitted(Limits.of(tokens), 5);
        clock.advance(MINUTE);
        call.correctTokens(9);
        assertThat(limiter.read(tokens).used()).isZero();
    }

    @Test
    void tokensOutOfRangeAreNoCorrection() {
        Admitted call = admitted(Limits.of(Limit.tokens("key:1", 10, MINUTE)), 5);
        assertThatThrownBy(() -> call.correctTokens(-1))
                .hasMessage("tokens: -1 (expected: 0 to 1000000000000000)");
        assertThatThrownBy(() -> call.correctTokens(Limit.MOST_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
        call.correctTokens(Limit.MOST_MAX);
        assertThat(limiter.read(Limit.tokens("key:1", 10, MINUTE)))
                .isEqualTo(new Reading(Limit.MOST_MAX, 0, MINUTE));
        call.correctTokens(0);
        assertThat(limiter.read(Limit.tokens("key:1", 10, MINUTE)).used()).isZero();
    }

    @Test
    void callThatNeverFitsIsToldSo() {
        Limit tokens = Limit.tokens("key:1", 1_000, MINUTE);
        assertThat(limiter.admit(Limits.of(tokens), 1_001))
                .isEqualTo(new Admission.Oversized(tokens, 1_001));
        assertThat(limiter.admit(Limits.of(tokens), 1_000)).isInstanceOf(Admitted.class);
    }

    @Test
    void ownersAndWindowsAreCountedApart() {
        admitted(Limits.of(Limit.requests("key:1", 1, MINUTE)), 0);
        admitted(Limits.of(Limit.requests("key:2", 1, MINUTE)), 0);
        admitted(Limits.of(Limit.requests("key:1", 1, Duration.ofHours(1))), 0);
        admitted(Limits.of(Limit.tokens("key:1", 1, MINUTE)), 1);
        assertThat(limiter.size()).isEqualTo(4);
    }

    @Test
    void loweredAndRaisedLimitsSeeTheSameCount() {
        Limits ten = Limits.of(Limit.requests("key:1", 10, MINUTE));
        for (int i = 0; i < 5; i++) {
            admitted(ten, 0);
            clock.advance(1);
        }
        Limits two = Limits.of(Limit.requests("key:1", 2, MINUTE));
        assertThat(limiter.read(two.list().getFirst()))
                .isEqualTo(new Reading(5, 0, MINUTE.minusNanos(5)));
        // Two are allowed, so four of the five must have left.
        assertThat(refused(two, 0).retryAfter()).isEqualTo(MINUTE.minusNanos(2));
        admitted(ten, 0);
    }

    @Test
    void readingOfAnUnknownOwnerIsEmptyAndMakesNoCounter() {
        assertThat(limiter.read(Limit.requests("key:1", 7, MINUTE)))
                .isEqualTo(new Reading(0, 7, Duration.ZERO));
        assertThat(limiter.size()).isZero();
    }

    @Test
    void recalledCallsCountFromWhenTheyWere() {
        Limit limit = Limit.requests("account:1", 2, Duration.ofHours(1));
        limiter.recall(limit, Duration.ofHours(1));
        limiter.recall(limit, Duration.ofMinutes(59));
        limiter.recall(limit, Duration.ofMinutes(10));
        assertThat(limiter.read(limit)).isEqualTo(new Reading(2, 0, MINUTE));
        clock.advance(MINUTE);
        admitted(Limits.of(limit), 0);
        assertThat(refused(Limits.of(limit), 0).retryAfter()).isEqualTo(Duration.ofMinutes(49));
    }

    @Test
    void idleCountersAreDroppedAndBusyOnesKept() {
        Limit minute = Limit.requests("key:1", 5, MINUTE);
        Limit hour = Limit.requests("key:1", 5, Duration.ofHours(1));
        Limit slots = Limit.concurrent("key:2", 5);
        Admitted call = admitted(Limits.of(minute, hour, slots), 0);
        limiter.dropIdle();
        assertThat(limiter.size()).isEqualTo(3);
        clock.advance(MINUTE);
        limiter.dropIdle();
        assertThat(limiter.size()).isEqualTo(2);
        call.release();
        limiter.dropIdle();
        assertThat(limiter.size()).isEqualTo(1);
        assertThat(limiter.read(hour).used()).isEqualTo(1);
    }

    @Test
    void countersOfPassersByAreDroppedAsMoreCome() {
        for (int i = 0; i < 100_000; i++) {
            admitted(Limits.of(Limit.requests("ip:" + i, 5, Duration.ofNanos(100))), 0);
            clock.advance(1);
        }
        assertThat(limiter.size()).isLessThan(10_000);
    }

    @Test
    void fullStripeRefusesNewOwnersAndKeepsCountingTheOldOnes() {
        Limiter small = new Limiter(clock, 2);
        Limit first = Limit.requests("key:1", 9, MINUTE);
        Limit second = Limit.requests("key:1", 9, Duration.ofMinutes(2));
        Limit third = Limit.requests("key:1", 9, Duration.ofMinutes(3));
        assertThat(small.admit(Limits.of(first, second), 0)).isInstanceOf(Admitted.class);
        assertThat(small.admit(Limits.of(first, third), 0))
                .isEqualTo(new Admission.Refused(third, Duration.ofSeconds(1)));
        assertThat(small.read(first).used()).isEqualTo(1);
        small.recall(third, Duration.ZERO);
        assertThat(small.read(third).used()).isZero();
        clock.advance(MINUTE);
        assertThat(small.admit(Limits.of(third), 0)).isInstanceOf(Admitted.class);
        assertThat(small.size()).isEqualTo(2);
    }

    @Test
    void i56TenThousandRandomExitsLeaveNoSlotInUse() {
        Random random = new Random(56);
        Limit key = Limit.concurrent("key:1", 40);
        Limit account = Limit.concurrent("account:1", 50);
        Limit tokens = Limit.tokens("key:1", 1_000_000, MINUTE);
        List<Admitted> running = new ArrayList<>();
        int exits = 0;
        while (exits < 10_000) {
            clock.advance(random.nextInt(10_000));
            Limits limits = random.nextBoolean() ? Limits.of(key, account) : Limits.of(account);
            if (random.nextInt(3) == 0) {
                limits = limits.and(Limits.of(tokens));
            }
            if (limiter.admit(limits, random.nextInt(500)) instanceof Admitted call) {
                running.add(call);
            }
            if (running.size() > random.nextInt(50)) {
                leave(running.remove(random.nextInt(running.size())), random);
                exits++;
            }
            assertThat(limiter.read(account).used()).isEqualTo(running.size());
        }
        running.forEach(call -> leave(call, random));
        assertThat(limiter.read(key).used()).isZero();
        assertThat(limiter.read(account).used()).isZero();
    }

    private static void leave(Admitted call, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> call.release();
            case 1 -> call.giveBack();
            case 2 -> {
                call.correctTokens(random.nextInt(500));
                call.release();
                call.release();
            }
            default -> {
                call.release();
                call.giveBack();
            }
        }
    }

    @Test
    void nothingStaysLocked() throws Exception {
        Limit limit = Limit.requests("key:1", 9, MINUTE);
        List<Consumer<Limits>> uses =
                List.of(
                        limits -> limiter.admit(limits, 0),
                        limits -> admitted(limits, 0).release(),
                        limits -> admitted(limits, 0).giveBack(),
                        limits -> admitted(limits, 0).correctTokens(3),
                        limits -> limiter.read(limits.list().getFirst()),
                        limits -> limiter.read(Limit.concurrent("key:1", 1)),
                        limits -> limiter.recall(limits.list().getFirst(), MINUTE.dividedBy(2)),
                        _ -> limiter.dropIdle(),
                        _ -> limiter.size());
        for (Consumer<Limits> use : uses) {
            use.accept(Limits.of(limit));
            assertThat(CompletableFuture.supplyAsync(limiter::size).get(10, TimeUnit.SECONDS))
                    .isPositive();
        }
    }

    @Test
    void i53RacingThreadsAreAdmittedExactlyAsOftenAsAllowed() throws Exception {
        Limits limits =
                Limits.of(
                        Limit.requests("key:1", 5_000, Duration.ofDays(1)),
                        Limit.requests("account:1", 7_000, Duration.ofDays(1)),
                        Limit.concurrent("account:1", 100_000));
        assertThat(admittedInRace(limits)).isEqualTo(5_000);
        Limits account = Limits.of(Limit.requests("account:1", 7_000, Duration.ofDays(1)));
        assertThat(admittedInRace(account)).isEqualTo(2_000);
    }

    /// Two threads ask 4,000 times each.
    private int admittedInRace(Limits limits) throws Exception {
        AtomicInteger admitted = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<Void> asking =
                () -> {
                    start.await();
                    for (int i = 0; i < 4_000; i++) {
                        if (limiter.admit(limits, 0) instanceof Admitted) {
                            admitted.incrementAndGet();
                        }
                    }
                    return null;
                };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (Future<Void> end : threads.invokeAll(List.of(asking, asking))) {
                end.get();
            }
        }
        return admitted.get();
    }
}
