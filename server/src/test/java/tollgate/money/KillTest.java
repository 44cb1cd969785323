package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tollgate.kit.Audit;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.RawClient;
import tollgate.kit.Script;

/// `kill -9` of a gateway's process at any time under mixed load, and now and then while it starts
/// (I-10, I-33 to I-37): what its callers were told is there after the restart, nothing is doubled,
/// nothing stays held, and the Oracle agrees. What got no answer is sent again with its key.
///
/// The seed is printed. `-Dtollgate.seed=N` takes the same decisions again, though not at the same
/// instants; `-Dtollgate.kills=N` sets how often it dies.
class KillTest {
    private static final int KILLS = Integer.getInteger("tollgate.kills", Counts.of(50, 250));

    /// So many deaths have a folder in common: all of its ledger is read again after each.
    private static final int KILLS_PER_FOLDER = 25;

    private static final int LOAD_MILLIS_MAX = 250;
    private static final int START_MILLIS_MAX = 1_500;

    /// One round in so many dies a second time, while it starts.
    private static final int STARTS_KILLED = 10;

    @Test
    @SuppressWarnings("SystemOut") // to repeat what failed
    void i33NothingAcknowledgedIsLostAndNothingIsDoubled() throws Exception {
        long seed = Long.getLong("tollgate.seed", new Random().nextLong());
        System.out.println("KillTest: seed " + seed);
        var random = new Random(seed);
        for (int killed = 0; killed < KILLS; killed += KILLS_PER_FOLDER) {
            live(random, Math.min(KILLS_PER_FOLDER, KILLS - killed));
        }
    }

    private static void live(Random random, int kills) throws Exception {
        Path folder = Files.createTempDirectory("tollgate-kill9");
        try (FakeUpstream fake = FakeUpstream.start();
                var life = new Life(fake, folder)) {
            for (int round = 0; round < kills; round++) {
                life.loadAndKill(random);
                if (random.nextInt(STARTS_KILLED) == 0) {
                    Duration after = Duration.ofMillis(random.nextInt(START_MILLIS_MAX));
                    Child.killWhileStarting(folder, after);
                }
                life.startAndJudge();
            }
        } finally {
            Running.delete(folder);
        }
    }

    /// A folder, and the processes that live on it one after another.
    private static final class Life implements AutoCloseable {
        private final FakeUpstream fake;
        private final Path folder;
        private final Gateway gateway;
        private final MixedLoad load;
        private Child child;

        /// Lines of the ledger that were judged after the death before.
        private int judged;

        private int upstreamBefore;
        private final Map<String, Integer> posts = new HashMap<>();

        Life(FakeUpstream fake, Path folder) throws IOException {
            this.fake = fake;
            this.folder = folder;
            Shop shop = Shop.usual(fake.baseUrl());
            Child.configure(folder, shop);
            script();
            this.child = Child.start(folder);
            this.gateway = new Gateway(child.port(), shop.prices);
            this.load = new MixedLoad(gateway);
        }

        private void script() {
            upstreamBefore = fake.requestsEver();
            fake.on(
                    "race",
                    Script.text("one", " two", " three", " four")
                            .usage(20, 4)
                            .paced(Duration.ofMillis(3)));
        }

        void loadAndKill(Random random) throws Exception {
            fake.reset();
            script();
            load.start(random);
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LOAD_MILLIS_MAX)).toNanos());
            load.willBeCut();
            child.kill();
            load.awaitEnd();
        }

        void startAndJudge() throws IOException {
            child = Child.start(folder);
            gateway.movedTo(child.port());
            List<LedgerLine> lines = news(gateway.rest());
            assertThat(lines.stream().filter(line -> line.kind().equals("hold")))
                    .as("holds, and at most one call upstream for each")
                    .hasSizeGreaterThanOrEqualTo(fake.requestsEver() - upstreamBefore);
            judge(lines);
            load.repeat();
            Audit audit = gateway.rest();
            judge(news(audit));
            for (MixedLoad.Careful careful : load.carefulCustomers()) {
                judge(audit, careful);
            }
        }

        private List<LedgerLine> news(Audit audit) {
            List<LedgerLine> lines = audit.lines();
            List<LedgerLine> news = lines.subList(judged, lines.size());
            judged = lines.size();
            for (LedgerLine line : news) {
                if (line.kind().equals("post")) {
                    posts.merge(line.debit(), 1, Integer::sum);
                }
            }
            return news;
        }

        /// What callers were told is what the ledger says.
        private void judge(List<LedgerLine> news) throws IOException {
            Map<String, BigInteger> charged = new HashMap<>();
            for (LedgerLine line : news) {
                if (line.kind().equals("post")) {
                    charged.merge(String.valueOf(line.requestId()), line.amount(), BigInteger::add);
                }
            }
            for (MixedLoad.Paid paid : load.paid()) {
                assertThat(charged.get(paid.requestId()))
                        .as(paid.toString())
                        .isEqualTo(paid.nanos());
            }
            for (Customer made : load.keysMade()) {
                assertThat(
                                RawClient.call(
                                                gateway.port(),
                                                "GET",
                                                "/user/balance",
                                                made.bearer())
                                        .status())
                        .isEqualTo(200);
            }
        }

        /// A customer who puts a key on everything and asks until there is an answer has exactly
        /// one effect of each.
        private void judge(Audit audit, MixedLoad.Careful careful) throws IOException {
            Customer customer = careful.customer();
            assertThat(posts.getOrDefault("held:" + customer.account(), 0))
                    .as("posts of " + customer.account())
                    .isEqualTo(careful.calls());
            BigInteger came =
                    audit.lines().stream()
                            .filter(line -> line.kind().equals("grant"))
                            .filter(line -> line.credit().endsWith(":" + customer.account()))
                            .filter(line -> line.credit().startsWith("account:"))
                            .map(LedgerLine::amount)
                            .reduce(BigInteger.ZERO, BigInteger::add);
            assertThat(came).as("given to " + customer.account()).isEqualTo(careful.given());
            assertThat(gateway.balance(customer).available())
                    .isEqualTo(audit.available(customer.account()));
        }

        @Override
        public void close() {
            child.close();
        }
    }
}
