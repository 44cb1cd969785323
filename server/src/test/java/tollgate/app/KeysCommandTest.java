package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.RawClient;

final class KeysCommandTest {
    private static final Pattern KEY = Pattern.compile("gw_[a-z]+_[0-9A-Za-z]{49}");

    @TempDir private Path folder;

    private static String key(String text) {
        Matcher found = KEY.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return found.group();
    }

    private static int balance(Gateway gateway, String key) throws Exception {
        return RawClient.call(
                        gateway.port(), "GET", "/user/balance", "Authorization: Bearer " + key)
                .status();
    }

    @Test
    void aRunningGatewayMakesListsAndEndsKeysForTheCommand() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            Shell shell = Gateway.shell(folder);
            Shell.Said made =
                    shell.run("keys", "create", "app", "--environment", "test", "--budget", "2.5");
            assertThat(made.status()).as(made.err()).isZero();
            String key = key(made.out());
            assertThat(key).startsWith("gw_test_");
            assertThat(balance(gateway, key)).isEqualTo(200);

            Shell.Said listed = shell.run("keys");
            assertThat(listed.out())
                    .contains("app", "admin", "gw_test_…" + key.substring(key.length() - 4))
                    .doesNotContain(key);

            String id = made.out().replaceAll("(?s)^Key (\\d+).*", "$1");
            assertThat(shell.run("keys", "revoke", id).status()).isZero();
            assertThat(balance(gateway, key)).isEqualTo(401);
            assertThat(shell.run("keys", "revoke", id).err())
                    .isEqualTo("tollgate: There is no such API key.\n");
        }
    }

    @Test
    void aUsersKeyIsMadeForThatUser() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            String first = gateway.account("5");
            var user =
                    RawClient.call(
                                    gateway.port(),
                                    "GET",
                                    "/user/balance",
                                    "Authorization: Bearer " + first)
                            .json();
            Shell.Said made =
                    Gateway.shell(folder)
                            .run(
                                    "keys",
                                    "create",
                                    "more",
                                    "--user",
                                    user.path("user_id").asString());
            assertThat(made.err()).isEmpty();
            var same =
                    RawClient.call(
                                    gateway.port(),
                                    "GET",
                                    "/user/balance",
                                    "Authorization: Bearer " + key(made.out()))
                            .json();
            assertThat(same.path("account_id")).isEqualTo(user.path("account_id"));
            assertThat(Gateway.shell(folder).run("keys", "create", "x", "--user", "999").err())
                    .isEqualTo("tollgate: There is no such user.\n");
        }
    }

    @Test
    void withoutAGatewayTheFolderItselfIsChanged() throws Exception {
        Gateway.start(folder).close();
        Shell.Said made = Gateway.shell(folder).run("keys", "create", "later");
        assertThat(made.err()).isEmpty();
        try (Gateway gateway = Gateway.start(folder)) {
            assertThat(balance(gateway, key(made.out()))).isEqualTo(200);
        }
    }

    @Test
    void theAdminKeyIsReplacedAtOnceUnlessTheConfigurationHoldsIt() throws Exception {
        Gateway.start(folder).close();
        Shell shell = Gateway.shell(folder);
        assertThat(shell.run("keys", "admin", "--rotate").err())
                .startsWith("tollgate: the admin key is the configuration's (expected: ");

        Shell.Said rotated = new Shell(folder, Map.of()).run("keys", "admin", "--rotate");
        assertThat(rotated.err()).isEmpty();
        String admin = key(rotated.out());
        assertThat(new Shell(folder, Map.of()).run("keys").out())
                .contains("gw_live_…" + admin.substring(admin.length() - 4));
    }

    @Test
    void aGatewayThatRunsIsNotAskedWithoutItsKey() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            assertThat(new Shell(folder, Map.of()).run("keys").err())
                    .isEqualTo(
                            "tollgate: a gateway runs on this data folder, at http://127.0.0.1:%d, and no admin key is known (expected: TOLLGATE_ADMIN_KEY in the environment, or the gateway stopped)\n"
                                    .formatted(gateway.port()));
            assertThat(
                            new Shell(folder, Map.of("TOLLGATE_ADMIN_KEY", "another-key-of-16"))
                                    .run("keys")
                                    .err())
                    .contains("refuses the admin key");
        }
    }

    @Test
    void aStaleAddressIsNotBelieved() throws Exception {
        try (Gateway gateway = Gateway.start(folder)) {
            Path file = gateway.data().resolve("server");
            assertThat(ServerFile.read(gateway.data())).isPresent();
            Files.writeString(file, "{\"pid\":1,\"address\":\"http://127.0.0.1:1\"}");
            assertThat(ServerFile.read(gateway.data())).isEmpty();
        }
        assertThat(folder.resolve("data/server")).doesNotExist();
    }

    @Test
    void theCatalogIsTheSameFromTheGatewayAndFromTheFolder() throws Exception {
        String running;
        try (Gateway _ = Gateway.start(folder)) {
            running = Gateway.shell(folder).run("catalog").out();
        }
        assertThat(running).contains("MODEL", "sandbox/echo", "before markup");
        assertThat(Gateway.shell(folder).run("catalog").out()).isEqualTo(running);
        assertThat(Gateway.shell(folder).run("catalog", "--json").out())
                .startsWith("{\"data\":[{\"id\":\"sandbox/cut\"");
    }
}
