package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.db.Database;
import tollgate.ledger.Entry.Binding;
import tollgate.ledger.Replays.Claim;
import tollgate.unit.Digest;

class ReplaysTest {
    private static final Digest ANSWER = Records.digest("answer");

    @TempDir private Path folder;
    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
        world.grant(1_000);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
    }

    private Replays replays() {
        return world.ledger.replays();
    }

    private Claim claim(Binding binding) {
        return replays().claim(World.ACCOUNT, binding).join();
    }

    /// The key `k` with the request `r`, as each arriving request brings it: an object of its own.
    private static Binding binding() {
        return Records.binding("k", "r");
    }

    private OpenHold hold(Binding binding, Entry.Context context) {
        return world.done(world.lane.hold(world.request(100, context, null, binding)));
    }

    private OpenHold claimedHold() {
        Binding binding = binding();
        assertThat(claim(binding)).isEqualTo(new Claim.Fresh());
        return hold(binding, Records.WHOLE);
    }

    // ---------------------------------------------------------------- i20, i21

    @Test
    void i21AKeyInFlightIsInFlightUntilItsHoldIsResolved() {
        OpenHold hold = claimedHold();
        assertThat(claim(binding())).isEqualTo(new Claim.InFlight());
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.InFlight());
        world.done(world.lane.post(hold, Records.cost(30, ANSWER)));

        assertThat(claim(binding())).isEqualTo(new Claim.Answered(1, ANSWER, 30));
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.Answered(1, ANSWER, 30));
        assertThat(replays().size()).as("the database knows it now").isZero();
    }

    @Test
    void aChargeWithoutAnswerIsStated() {
        world.done(world.lane.post(claimedHold(), Records.cost(30)));
        assertThat(claim(binding())).isEqualTo(new Claim.Charged(30));
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.Charged(30));
    }

    @Test
    void i23AVoidedCallFreesItsKey() {
        OpenHold hold = claimedHold();
        world.done(world.lane.release(hold, Records.ending(Outcome.PROVIDER_FAILED)));

        assertThat(claim(binding())).isEqualTo(new Claim.Fresh());
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.InFlight());
    }

    @Test
    void i23ARefusedRequestFreesItsKey() {
        Binding refused = binding();
        assertThat(claim(refused)).isEqualTo(new Claim.Fresh());
        replays().release(World.ACCOUNT, refused);

        assertThat(claim(binding())).isEqualTo(new Claim.Fresh());
    }

    @Test
    void aHoldThatCouldNotBeWrittenKeepsNothing() {
        Binding binding = binding();
        assertThat(claim(binding)).isEqualTo(new Claim.Fresh());
        world.disk.failNextWrites(1, 5);
        Future<OpenHold> failed = world.lane.hold(world.request(100, Records.WHOLE, null, binding));
        assertThat(world.failure(failed)).isNotNull();
        replays().release(World.ACCOUNT, binding);

        assertThat(claim(binding())).isEqualTo(new Claim.Fresh());
        assertThat(replays().size()).isEqualTo(1);
    }

    /// A request that frees its key twice must not free it for the next one.
    @Test
    void onlyTheRequestThatHasTheKeyFreesIt() {
        Binding first = binding();
        assertThat(claim(first)).isEqualTo(new Claim.Fresh());
        replays().release(World.ACCOUNT, first);
        Binding second = binding();
        assertThat(claim(second)).isEqualTo(new Claim.Fresh());
        replays().release(World.ACCOUNT, first);
        replays().release(World.ACCOUNT + 1, second);

        assertThat(claim(binding())).isEqualTo(new Claim.InFlight());
        OpenHold hold = hold(second, Records.WHOLE);
        world.done(world.lane.post(hold, Records.cost(30, ANSWER)));
        replays().release(World.ACCOUNT, second);
        assertThat(claim(binding())).isInstanceOf(Claim.Answered.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"in flight", "resolved", "folded"})
    void i21TheSameKeyWithAnotherRequestIsAMismatch(String when) {
        OpenHold hold = claimedHold();
        if (!when.equals("in flight")) {
            world.done(world.lane.post(hold, Records.cost(30, ANSWER)));
        }
        if (when.equals("folded")) {
            world.fold();
        }
        assertThat(claim(Records.binding("k", "other"))).isEqualTo(new Claim.Mismatch());
        assertThat(claim(Records.binding("other", "r"))).isEqualTo(new Claim.Fresh());
    }

    @Test
    void i22KeysBelongToTheirAccount() {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        world.fold();

        assertThat(replays().claim(World.ACCOUNT + 1, binding()).join())
                .isEqualTo(new Claim.Fresh());
    }

    // ---------------------------------------------------------------- i24

    @Test
    void i24AnAnswerIsKnownAfterAKillAndARestart() throws IOException {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        world.kill();
        assertThat(claim(binding())).isEqualTo(new Claim.Answered(1, ANSWER, 30));
        world.fold();
        world.restart();
        assertThat(claim(binding())).isEqualTo(new Claim.Answered(1, ANSWER, 30));
    }

    @Test
    void i24ACallThatWasCutByAKillIsChargedAndNotRunAgain() throws IOException {
        Binding binding = binding();
        assertThat(claim(binding)).isEqualTo(new Claim.Fresh());
        OpenHold hold = hold(binding, Records.STREAM);
        world.done(world.lane.mark(hold, Usage.of(1, 2), 20));
        world.kill();

        assertThat(claim(binding()))
                .as("before the fold of the reconciler's post")
                .isEqualTo(new Claim.Charged(20));
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.Charged(20));
        assertThat(replays().size()).isZero();
    }

    @Test
    void i24ACallThatAKillVoidedFreesItsKey() throws IOException {
        claimedHold();
        world.kill();

        assertThat(claim(binding())).isEqualTo(new Claim.Fresh());
        world.fold();
        assertThat(claim(binding())).isEqualTo(new Claim.InFlight());
    }

    @Test
    void i24AnAnswerIsKeptFor24Hours() {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        world.fold();
        world.pass(Duration.ofHours(24).minusSeconds(1));
        assertThat(claim(binding())).isInstanceOf(Claim.Answered.class);
        assertThat(replays().sweep()).containsExactly(1L);
        world.pass(Duration.ofHours(1).plusSeconds(1));

        assertThat(claim(binding())).isEqualTo(new Claim.Fresh());
        assertThat(replays().sweep()).isEmpty();
        assertThat(rows()).isZero();
    }

    @Test
    void aSweepKeepsWhatMayStillBeAskedFor() {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        Binding cut = Records.binding("cut", "r");
        assertThat(claim(cut)).isEqualTo(new Claim.Fresh());
        world.done(world.lane.post(hold(cut, Records.STREAM), Records.cost(30)));
        world.fold();

        assertThat(replays().sweep()).as("holds with an answer").containsExactly(1L);
        assertThat(rows()).isEqualTo(2);
    }

    private int rows() {
        return world.database.read(tx -> {
            try (var select = tx.connection().prepareStatement("SELECT count(*) FROM replay");
                    var row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getInt(1);
            }
        });
    }

    @Test
    void anExpiredKeyCanBeUsedAgainAndIsOverwritten() {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        world.fold();
        world.pass(Duration.ofHours(25));
        world.done(world.lane.post(claimedHold(), Records.cost(40, Records.digest("second"))));
        world.fold();

        assertThat(claim(binding())).isEqualTo(new Claim.Answered(2, Records.digest("second"), 40));
        assertThat(rows()).isEqualTo(1);
    }

    // ---------------------------------------------------------------- races

    @Test
    void i20Of64ClaimsOneIsFresh() throws Exception {
        int rounds = Records.count(20, 500);
        for (int round = 0; round < rounds; round++) {
            CyclicBarrier barrier = new CyclicBarrier(64);
            List<CompletableFuture<Claim>> claims = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                CompletableFuture<Claim> claim = new CompletableFuture<>();
                claims.add(claim);
                Binding binding = Records.binding("round" + round, "r");
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    await(barrier);
                                    claim.complete(claim(binding));
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(claims.stream().map(CompletableFuture::join))
                    .filteredOn(claim -> claim.equals(new Claim.Fresh()))
                    .hasSize(1);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// The loop that wrote the post may be so late that the fold is before it.
    @Test
    void theFoldMayBeFasterThanTheLoopThatWroteThePost() {
        Binding binding = binding();
        assertThat(claim(binding)).isEqualTo(new Claim.Fresh());
        Entry.Hold hold =
                new Entry.Hold(Records.subject(5, World.ACCOUNT), Records.WHOLE, 100, binding);
        Entry.Post post = Records.post(hold, 30);
        ClosedCall call = new ClosedCall(1, hold, List.of(), post);
        replays().folded(call);
        assertThat(claim(binding())).isEqualTo(new Claim.Charged(30));
        replays().resolved(World.ACCOUNT, binding, post);

        assertThat(replays().size()).as("forgotten by the second of them").isZero();
    }

    @Test
    void theFoldOfAnotherCallForgetsNothing() {
        world.done(world.lane.post(claimedHold(), Records.cost(30, ANSWER)));
        Entry.Hold other =
                new Entry.Hold(
                        Records.subject(99, World.ACCOUNT),
                        Records.WHOLE,
                        100,
                        Records.binding("other", "r"));
        replays().folded(new ClosedCall(1, other, List.of(), Records.post(other, 1)));
        Entry.Hold unbound = Records.hold(98, World.ACCOUNT, 100);
        replays().folded(new ClosedCall(1, unbound, List.of(), Records.post(unbound, 1)));
        replays().folded(new ClosedCall(1, other, List.of(), Records.voided(other)));

        assertThat(replays().size()).isEqualTo(1);
        assertThat(claim(binding())).isInstanceOf(Claim.Answered.class);
    }

    @Test
    void aLookUpThatFailsFreesTheKey() throws IOException {
        world.database.close();
        CompletableFuture<Claim> claim = replays().claim(World.ACCOUNT, binding());
        assertThatThrownBy(claim::join).isNotNull();

        assertThat(replays().size()).isZero();
        world.database = Database.open(world.database.file(), _ -> {});
    }
}
