package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.config.ConfigException;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.unit.Environment;
import tollgate.unit.Money;

final class OperatorTest {
    private static final String FIRST = "an admin key of the operator's";
    private static final String SECOND = "another admin key of his";

    @TempDir private Path folder;
    private @Nullable House house;

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
    }

    private House open(Map<String, String> environment) {
        close();
        house = new House(folder, environment);
        return house;
    }

    private static Map<String, String> admin(String key) {
        return Map.of("TOLLGATE_ADMIN_KEY", key);
    }

    @Test
    void theFirstStartMakesAnAdminKeyAndATestKeyOnce() {
        House first = open(Map.of());
        IssuedKey admin = Objects.requireNonNull(first.operator.newAdminKey());
        IssuedKey test = Objects.requireNonNull(first.operator.firstTestKey());

        assertThat(admin.key().isAdmin()).isTrue();
        assertThat(admin.key().scopes().isWorker()).isTrue();
        assertThat(admin.text().reveal()).startsWith("gw_live_");
        assertThat(test.text().reveal()).startsWith("gw_test_");
        assertThat(test.key().environment()).isEqualTo(Environment.TEST);
        assertThat(test.key().accountId()).isEqualTo(first.operator.account().id());
        House second = open(Map.of());
        assertThat(second.operator.newAdminKey()).isNull();
        assertThat(second.operator.firstTestKey()).isNull();
        assertThat(second.keys.find(admin.text().reveal())).isEqualTo(admin.key());
        assertThat(second.keys.find(test.text().reveal())).isEqualTo(test.key());
    }

    @Test
    void oneAccountPaysInAdvanceAndTheProxysMayOwe() {
        Operator operator = open(Map.of()).operator;

        assertThat(operator.account().isOperator()).isTrue();
        assertThat(operator.account().isPostpaid()).isFalse();
        assertThat(operator.proxyAccount().isOperator()).isTrue();
        assertThat(operator.proxyAccount().isPostpaid()).isTrue();
        assertThat(operator.account().id()).isNotEqualTo(operator.proxyAccount().id());
        Operator again = open(Map.of()).operator;
        assertThat(again.account()).isEqualTo(operator.account());
        assertThat(again.proxyAccount()).isEqualTo(operator.proxyAccount());
    }

    @Test
    void aConfiguredAdminKeyNeedsNoOtherAndReplacesAnyBefore() {
        House first = open(admin(FIRST));
        assertThat(first.operator.newAdminKey()).isNull();
        Key key = Objects.requireNonNull(first.keys.find(FIRST));
        assertThat(key.isAdmin()).isTrue();
        assertThat(key.masked()).isEqualTo("admin…");

        House second = open(admin(SECOND));
        assertThat(second.keys.find(FIRST)).isNull();
        assertThat(second.keys.find(SECOND)).isNotNull();

        House back = open(admin(FIRST));
        assertThat(back.keys.find(FIRST)).isNotNull();
        assertThat(back.keys.find(SECOND)).isNull();

        House without = open(Map.of());
        assertThat(without.operator.newAdminKey()).isNull();
        assertThat(without.keys.find(FIRST)).isNotNull();
    }

    @Test
    void aMadeAdminKeyIsReplacedByAConfiguredOne() {
        String made = Objects.requireNonNull(open(Map.of()).operator.newAdminKey()).text().reveal();
        House configured = open(admin(FIRST));

        assertThat(configured.keys.find(made)).isNull();
        assertThat(configured.keys.find(FIRST)).isNotNull();
    }

    @Test
    void aMadeAdminKeyMayBeConfiguredAsItIsButNotMistyped() {
        String made = Objects.requireNonNull(open(Map.of()).operator.newAdminKey()).text().reveal();
        Key same = open(admin(made)).keys.find(made);
        assertThat(same).isNotNull();

        char last = made.charAt(made.length() - 1);
        String mistyped = made.substring(0, made.length() - 1) + (last == 'x' ? 'y' : 'x');
        assertThatThrownBy(() -> open(admin(mistyped)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("admin-key: a key of Tollgate's with a wrong checksum");
    }

    @Test
    void anAdminKeyCanBeRotated() {
        House opened = open(Map.of());
        String old = Objects.requireNonNull(opened.operator.newAdminKey()).text().reveal();
        IssuedKey fresh = opened.operator.rotateAdminKey();

        assertThat(opened.keys.find(old)).isNull();
        assertThat(opened.keys.find(fresh.text().reveal())).isEqualTo(fresh.key());
        assertThat(open(Map.of()).keys.find(fresh.text().reveal())).isEqualTo(fresh.key());
    }

    @Test
    void theProxyKeyIsTheConfigurationsOrNone() {
        Map<String, String> both = Map.of("TOLLGATE_ADMIN_KEY", FIRST, "PROXY_KEY", "a proxy key");
        House with = open(both);
        Key key = Objects.requireNonNull(with.keys.find("a proxy key"));

        assertThat(key.kind()).isEqualTo(Key.Kind.PROXY);
        assertThat(key.isAdmin()).isFalse();
        assertThat(key.accountId()).isEqualTo(with.operator.proxyAccount().id());
        assertThat(key.scopes()).isEqualTo(Scopes.of(Set.of(), Set.of(Resource.MODELS)));
        assertThat(key.budget()).isNull();
        assertThat(key.mayCall("anything")).isTrue();
        assertThat(Objects.requireNonNull(open(both).keys.find("a proxy key")).id())
                .as("stays the same key")
                .isEqualTo(key.id());
        assertThat(open(admin(FIRST)).keys.find("a proxy key")).isNull();
    }

    @Test
    void theProxyKeysModelsAndCapFollowTheConfiguration() throws Exception {
        House first = open(Map.of("PROXY_KEY", "a proxy key"));
        Key before = Objects.requireNonNull(first.keys.find("a proxy key"));
        Path file =
                Files.writeString(
                        folder.resolve("t.yaml"),
                        "proxy-key: a proxy key\nproxy: { models: [m], max-per-day: 20 }\n");
        Operator.open(
                first.database,
                first.accounts,
                first.keys,
                ConfigReader.read(new ConfigSource(file, folder, Map.of(), List.of(), Set.of())));

        Key after = Objects.requireNonNull(first.keys.find("a proxy key"));
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.mayCall("m")).isTrue();
        assertThat(after.mayCall("n")).isFalse();
        assertThat(after.budget()).isEqualTo(new Budget(Money.usd(20), Budget.Period.DAY));
    }
}
