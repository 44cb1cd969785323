package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.FakeUpstream;
import tollgate.kit.Script;

final class DoctorTest {
    private static final String PROVIDER_KEY = "provider-key-canary-4711";

    @TempDir private Path folder;

    private static String yaml(String baseUrl) {
        return """
        providers:
          fake: { protocol: openai, base-url: "%s", api-key: %s }
        models:
          m: { routes: [ { provider: fake } ], price: { input: 1000, output: 2000 } }
        """
                .formatted(baseUrl, PROVIDER_KEY);
    }

    /// Leaves a folder behind in which money has moved.
    private void live(FakeUpstream fake) throws Exception {
        fake.onAny(Script.text("Hello").usage(7, 2));
        try (Gateway gateway = Gateway.start(folder, yaml(fake.baseUrl()))) {
            String key = gateway.account("5");
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.chat(key, "m").status()).isEqualTo(200);
            }
        }
    }

    private Shell.Said doctor() throws InterruptedException {
        return Gateway.shell(folder).run("doctor");
    }

    private static String bad(Shell.Said said) {
        assertThat(said.status()).as(said.out()).isEqualTo(1);
        return String.join(
                "\n", said.out().lines().filter(line -> line.startsWith("BAD")).toList());
    }

    @Test
    void whereAllIsWellItSaysSoRunningAndAtRest() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            Shell.Said atRest = doctor();
            assertThat(atRest.status()).as(atRest.out() + atRest.err()).isZero();
            assertThat(atRest.out())
                    .contains("ok   ledger", "balances are their sum", "All is well.")
                    .contains("ok   provider fake          127.0.0.1 answers 200")
                    .doesNotContain("BAD", PROVIDER_KEY);
            try (Gateway _ = Gateway.start(folder)) {
                Shell.Said running = doctor();
                assertThat(running.status()).as(running.out() + running.err()).isZero();
                assertThat(running.out())
                        .contains("ok   server                 0 open holds", "All is well.")
                        .doesNotContain(PROVIDER_KEY, Gateway.ADMIN_KEY);
            }
            assertThat(fake.awaitRequests(7).getLast().path()).isEqualTo("/v1/models");
        }
    }

    @Test
    void aBalanceThatIsNotTheFoldOfTheJournalIsFound() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            change("UPDATE purse SET available = available + 1 WHERE available > 0 AND book = 0");
            assertThat(bad(doctor()))
                    .containsPattern(
                            "BAD  ledger .*account:\\d+ holds [0-9.]+ in the database \\(expected:"
                                    + " [0-9.]+, the fold of the journal\\)");
        }
    }

    @Test
    void aBrokenRowOfAnotherTableIsFound() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            change("UPDATE api_key SET account_id = 424242");
            assertThat(bad(doctor())).contains("BAD  database", "a row that points nowhere");
        }
    }

    @Test
    void aFlippedBitOfTheJournalIsFoundAndNothingIsChanged() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            Path segment = segments().getFirst();
            flip(segment, 200);
            byte[] before = Files.readAllBytes(segment);
            assertThat(bad(doctor())).contains("BAD  ledger", "segment 00000001");
            assertThat(Files.readAllBytes(segment)).isEqualTo(before);
        }
    }

    @Test
    void aJournalThatIsOlderThanTheDatabaseIsFound() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            for (Path segment : segments()) {
                Files.delete(segment);
            }
            assertThat(bad(doctor())).contains("BAD  ledger", "the journal is empty");
        }
    }

    @Test
    void pagesOfTheDatabaseThatAreNoneAreFound() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            try (FileChannel database =
                    FileChannel.open(
                            folder.resolve("data/tollgate.db"), StandardOpenOption.WRITE)) {
                database.write(ByteBuffer.wrap(new byte[8_192]), 4_096);
            }
            assertThat(bad(doctor())).contains("BAD  database");
        }
    }

    @Test
    void aProviderThatRefusesOurKeyOrIsNotThereIsFoundAndTheKeyIsNotShown() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            fake.onAny(Script.status(401));
            Shell.Said refused = doctor();
            assertThat(bad(refused))
                    .contains("BAD  provider fake", "answers 401: it refuses our key");
            assertThat(refused.out() + refused.err()).doesNotContain(PROVIDER_KEY);

            int nobody = FakeUpstream.closedPort();
            Files.writeString(
                    folder.resolve("tollgate.yaml"),
                    yaml("http://127.0.0.1:%d/v1".formatted(nobody)));
            Shell.Said gone = doctor();
            assertThat(bad(gone)).contains("does not answer: ConnectException");
            assertThat(gone.out() + gone.err()).doesNotContain(PROVIDER_KEY);
        }
    }

    @Test
    void aModelWhoseProviderHasNoKeyIsFound() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start()) {
            live(fake);
            Files.writeString(
                    folder.resolve("tollgate.yaml"),
                    """
                    providers: { groq: {} }
                    models:
                      m: { routes: [ { provider: groq } ], price: { input: 1, output: 1 } }
                    """);
            assertThat(bad(doctor()))
                    .contains("provider groq", "no key (expected: one, since model m is routed");
        }
    }

    private List<Path> segments() throws Exception {
        try (Stream<Path> all = Files.list(folder.resolve("data/journal"))) {
            return all.sorted().toList();
        }
    }

    private static void flip(Path file, long at) throws Exception {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4));
            channel.write(one.rewind(), at);
        }
    }

    private void change(String sql) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("data/tollgate.db");
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }
}
