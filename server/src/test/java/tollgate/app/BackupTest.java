package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.Audit;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.Oracle;
import tollgate.kit.OraclePrice;
import tollgate.kit.RawClient;
import tollgate.kit.Script;

final class BackupTest {
    private static final int CALLERS = 4;
    private static final int BACKUPS = 3;

    @TempDir private Path folder;

    private static String yaml(FakeUpstream fake) {
        return """
        journal: { segment: 1MB }
        providers:
          fake: { protocol: openai, base-url: "%s", api-key: k }
        models:
          m: { routes: [ { provider: fake } ], price: { input: 1000, output: 2000 } }
        """
                .formatted(fake.baseUrl());
    }

    /// Calls without end until the test says so; returns how many were answered.
    private static int callUntil(AtomicBoolean enough, Gateway gateway, String key)
            throws Exception {
        int answered = 0;
        try (RawClient client = RawClient.connect(gateway.port())) {
            while (!enough.get()) {
                client.post(
                        "/v1/chat/completions",
                        Gateway.question("m"),
                        "Authorization: Bearer " + key);
                assertThat(client.response().status()).isEqualTo(200);
                answered++;
            }
        }
        return answered;
    }

    private static String export(Gateway gateway) throws Exception {
        return gateway.admin("GET", "/admin/ledger/export").text();
    }

    private static Oracle oracle(String export) {
        Oracle oracle = new Oracle();
        for (LedgerLine line : LedgerLine.parse(export)) {
            Long version = line.priceVersion();
            if (version != null) {
                oracle.price(version, OraclePrice.usd("1000", "2000").withMarkup("0.2"));
            }
        }
        return oracle;
    }

    /// Each copy is a moment of the original: its ledger begins with the same lines, is sound by
    /// the oracle's own rules, and its gateway holds what its ledger says.
    @Test
    void copiesMadeWhileCallsRunStartAsTheyAre() throws Exception {
        try (FakeUpstream fake = FakeUpstream.start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            fake.onAny(Script.text("Hello").usage(7, 2));
            String key;
            String whole;
            List<Path> copies = new ArrayList<>();
            try (Gateway gateway = Gateway.start(folder, yaml(fake))) {
                key = gateway.account("1000");
                AtomicBoolean enough = new AtomicBoolean();
                List<Future<Integer>> callers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    callers.add(threads.submit(() -> callUntil(enough, gateway, key)));
                }
                for (int i = 0; i < BACKUPS; i++) {
                    fake.awaitRequests(20 * (i + 1));
                    Path copy = folder.resolve("copy-" + i);
                    Shell.Said said = Gateway.shell(folder).run("backup", copy.toString());
                    assertThat(said.status()).as(said.err()).isZero();
                    copies.add(copy);
                }
                enough.set(true);
                int answered = 0;
                for (Future<Integer> caller : callers) {
                    answered += caller.get();
                }
                assertThat(answered).isGreaterThan(20 * BACKUPS);
                whole = export(gateway);
            }
            for (Path copy : copies) {
                checkCopy(copy, key, whole);
            }
        }
    }

    private void checkCopy(Path copy, String key, String whole) throws Exception {
        assertThat(copy.resolve("tollgate.db")).exists();
        assertThat(copy.resolve("lock")).doesNotExist();
        assertThat(copy.resolve("server")).doesNotExist();
        Shell.Said doctor =
                Gateway.shell(folder.resolve("nowhere")).run("doctor", "--data", copy.toString());
        assertThat(doctor.status()).as(doctor.out()).isZero();

        String before = lines(copy);
        Path home = Files.createDirectory(folder.resolve("home-" + copy.getFileName()));
        Files.move(copy, home.resolve("data"));
        Files.copy(folder.resolve("tollgate.yaml"), home.resolve("tollgate.yaml"));
        try (Gateway restored = Gateway.start(home)) {
            String export = export(restored);
            assertThat(before).isNotEmpty();
            assertThat(export).startsWith(before);
            assertThat(whole).startsWith(before);
            Audit audit = oracle(export).audit(export);
            audit.assertSound();
            audit.assertAtRest();
            var balance =
                    RawClient.call(
                                    restored.port(),
                                    "GET",
                                    "/user/balance",
                                    "Authorization: Bearer " + key)
                            .json();
            assertThat(balance.path("held").decimalValue()).isZero();
            assertThat(balance.path("credits").decimalValue().movePointRight(9).toBigIntegerExact())
                    .isEqualTo(audit.available(balance.path("account_id").asString()));
            assertThat(restored.chat(key, "m").status()).isEqualTo(200);
        }
    }

    /// What the copy's journal holds before anything starts on it.
    private String lines(Path copy) throws Exception {
        Path other = folder.resolve("look-" + copy.getFileName());
        Shell.Said said =
                Gateway.shell(folder).run("backup", other.toString(), "--data", copy.toString());
        assertThat(said.status()).as(said.err()).isZero();
        Path home = Files.createDirectory(folder.resolve("home2-" + copy.getFileName()));
        Files.move(other, home.resolve("data"));
        try (Gateway looked = Gateway.start(home)) {
            List<String> all = export(looked).lines().toList();
            // A start adds the ends of calls that ran: they are not of the original.
            int end = all.size();
            while (end > 0 && all.get(end - 1).contains("\"kind\":\"void\"")) {
                end--;
            }
            return String.join("\n", all.subList(0, end));
        }
    }

    @Test
    void onlyAFolderOfItsOwnIsTaken() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            Shell shell = Gateway.shell(folder);
            Path full = Files.createDirectory(folder.resolve("full"));
            Files.writeString(full.resolve("mine"), "precious");
            assertThat(shell.run("backup", "full").err())
                    .isEqualTo(
                            "tollgate: folder %s: not empty (expected: an empty folder, or a new one)\n"
                                    .formatted(full));
            assertThat(full.resolve("mine")).hasContent("precious");
            assertThat(shell.run("backup", "data/inside").err())
                    .contains("inside the data folder (expected: a place of its own)");
            assertThat(gateway.data().resolve("inside")).doesNotExist();
            assertThat(
                            gateway.admin(
                                            "/admin/backup",
                                            java.util.Map.of("folder", "relative/path"))
                                    .status())
                    .isEqualTo(400);
        }
    }
}
