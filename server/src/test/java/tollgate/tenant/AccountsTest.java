package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;

final class AccountsTest {
    @TempDir private Path folder;
    private House house;

    @BeforeEach
    void open() {
        house = House.open(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void accountUserAndKeyComeTogether() {
        Accounts.Created made = house.customer("ada");

        assertThat(made.account().name()).isEqualTo("ada");
        assertThat(made.account().kind()).isEqualTo(Account.Kind.CUSTOMER);
        assertThat(made.account().isPostpaid()).isFalse();
        assertThat(made.user().email()).isEqualTo("ada@example.com");
        assertThat(made.key().key().accountId()).isEqualTo(made.account().id());
        assertThat(made.key().key().userId()).isEqualTo(made.user().id());
        assertThat(house.keys.find(made.key().text().reveal())).isEqualTo(made.key().key());
        assertThat(house.accounts.account(made.account().id())).isEqualTo(made.account());
        assertThat(house.accounts.findByUser(made.user().id())).contains(made.account());
        assertThat(house.accounts.findUser(made.user().id())).contains(made.user());
    }

    @Test
    void accountsAndUsersCountFromDifferentNumbers() {
        Accounts.Created made = house.customer("ada");

        assertThat(made.account().id()).isGreaterThan(100_000);
        assertThat(made.user().id()).isLessThan(100_000);
        assertThat(house.accounts.findByUser(made.account().id())).isEmpty();
        assertThat(house.accounts.find(made.user().id())).isEmpty();
        assertThatThrownBy(() -> house.accounts.account(made.user().id()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void i34WhatOthersCannotWriteTakesAllBack() {
        int keysBefore = house.keys.size();
        assertThatThrownBy(() ->
                        house.accounts.create(
                                new Newcomer("ada", "ada@example.com", "email"),
                                Environment.LIVE,
                                (_, created) -> {
                                    assertThat(house.keys.find(created.key().text().reveal()))
                                            .as("visible before the commit")
                                            .isNull();
                                    assertThat(house.accounts.find(created.account().id()))
                                            .isEmpty();
                                    throw new IllegalStateException("no grant");
                                }))
                .hasMessage("no grant");

        assertThat(house.keys.size()).isEqualTo(keysBefore);
        assertThat(house.customer("ada").user().email()).isEqualTo("ada@example.com");
    }

    @Test
    void othersRowsAreInTheSameTransaction() {
        house.database.write(
                tx -> tx.handle().execute("CREATE TABLE grant_test (account INTEGER)"));
        Accounts.Created made =
                house.accounts.create(
                        new Newcomer("ada", null, "email"),
                        Environment.TEST,
                        (tx, created) ->
                                tx.handle()
                                        .execute(
                                                "INSERT INTO grant_test VALUES (?)",
                                                created.account().id()));

        assertThat(
                        house.database.<Long>read(tx ->
                                tx.handle()
                                        .createQuery("SELECT account FROM grant_test")
                                        .mapTo(Long.class)
                                        .one()))
                .isEqualTo(made.account().id());
        assertThat(made.key().key().environment()).isEqualTo(Environment.TEST);
        assertThat(made.user().email()).isNull();
    }

    @Test
    void anAddressIsTakenOnceHoweverManyTry() throws Exception {
        int made = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String email = i % 2 == 0 ? "Ada@Example.com" : " ada@example.com ";
                all.add(threads.submit(() -> isMade(email)));
            }
            for (Future<Boolean> one : all) {
                made += one.get() ? 1 : 0;
            }
        }
        assertThat(made).isEqualTo(1);
    }

    private boolean isMade(String email) {
        try {
            house.accounts.create(
                    new Newcomer("ada", email, "email"), Environment.LIVE, (_, _) -> {});
            return true;
        } catch (GatewayException e) {
            assertThat(e.fault()).isInstanceOf(Fault.Conflict.class);
            return false;
        }
    }

    @Test
    void anAccountsOwnMarkupAndRatesSurvive() {
        Accounts.Created made = house.customer("ada");
        long id = made.account().id();
        Account.Rates rates = new Account.Rates(1, 2, 0);
        house.accounts.update(id, a -> a.withMarkupPpm(0L));
        Account after = house.accounts.update(id, a -> a.withRates(rates));

        assertThat(after.markupPpm()).isEqualTo(0);
        assertThat(house.accounts.account(id)).isEqualTo(after);
        house.close();
        house = House.open(folder);
        assertThat(house.accounts.account(id)).isEqualTo(after);
        assertThat(house.accounts.update(id, a -> a.withRates(null).withMarkupPpm(null)))
                .isEqualTo(made.account());
        assertThatThrownBy(() -> house.accounts.update(1, a -> a))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.fault()).isInstanceOf(Fault.NoSuchObject.class));
    }

    @Test
    void changesThatShareACommitLoseNothing() throws Exception {
        long id = house.customer("ada").account().id();
        house.accounts.update(id, a -> a.withMarkupPpm(0L));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Account>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(
                        threads.submit(() ->
                                house.accounts.update(id, a -> a.withMarkupPpm(markup(a) + 1))));
            }
            for (Future<Account> one : all) {
                assertThat(one.get().id()).isEqualTo(id);
            }
        }
        assertThat(house.accounts.account(id).markupPpm()).isEqualTo(200);
    }

    private static long markup(Account account) {
        Long ppm = account.markupPpm();
        return ppm == null ? 0 : ppm;
    }

    @Test
    void newcomersAreChecked() {
        assertRefused("username", " ", "a@b.c", "email");
        assertRefused("username", "a\nb", "a@b.c", "email");
        assertRefused("email", "a", "b.c", "email");
        assertRefused("email", "a", "@b.c", "email");
        assertRefused("email", "a", "a@", "email");
        assertRefused("email", "a", "a@b@c", "email");
        assertRefused("email", "a", "a b@c", "email");
        assertRefused("email", "a", "a\r\nb@c", "email");
        assertRefused("auth_method", "a", "a@b.c", "");
        assertThat(new Newcomer("a", "", "email").email()).isNull();
    }

    private static void assertRefused(String param, String name, String email, String method) {
        assertThatThrownBy(() -> new Newcomer(name, email, method))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isInstanceOfSatisfying(
                                                Fault.BadRequest.class,
                                                f -> assertThat(f.param()).isEqualTo(param)));
    }

    @Test
    void peopleDoNotPrint() {
        assertThat(house.customer("ada").user().toString()).doesNotContain("ada");
        assertThat(new Newcomer("ada", "ada@b.c", "email").toString()).doesNotContain("ada");
    }
}
