package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;
import tollgate.unit.Money;

final class KeysTest {
    @TempDir private Path folder;
    private House house;
    private Keys keys;
    private Accounts.Created customer;
    private Key owner;

    @BeforeEach
    void open() {
        house = House.open(folder);
        keys = house.keys;
        customer = house.customer("ada");
        owner = customer.key().key();
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void reopen() {
        Instant now = house.now.get();
        house.close();
        house = House.open(folder);
        house.now.set(now);
        keys = house.keys;
    }

    private IssuedKey create(KeySettings settings) {
        return keys.create(owner, Environment.LIVE, settings);
    }

    private static String text(IssuedKey issued) {
        return issued.text().reveal();
    }

    private Key found(IssuedKey issued) {
        return Objects.requireNonNull(keys.find(text(issued)), "the key opens nothing");
    }

    private static void assertFault(Class<? extends Fault> fault, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.fault()).isInstanceOf(fault));
    }

    private static KeySettings everything() {
        return new KeySettings(
                "all of it",
                Scopes.of(Set.of(Resource.MODELS, Resource.KEYS), Set.of(Resource.EVERYTHING)),
                Set.of("gpt-4o-mini", "a/b"),
                new Budget(new Money(5_000_000_001L), Budget.Period.MONTH),
                new KeyLimits(60, 100_000, 4),
                House.START.plusSeconds(3_600),
                true);
    }

    @Test
    void aNewKeyIsFoundAtOnceWithAllItsSettings() {
        IssuedKey issued = create(everything());

        assertThat(keys.find(text(issued))).isEqualTo(issued.key());
        Key key = issued.key();
        assertThat(key.accountId()).isEqualTo(customer.account().id());
        assertThat(key.userId()).isEqualTo(customer.user().id());
        assertThat(key.kind()).isEqualTo(Key.Kind.USER);
        assertThat(key.environment()).isEqualTo(Environment.LIVE);
        assertThat(key.settings()).isEqualTo(everything());
        assertThat(key.createdAt()).isEqualTo(House.START);
        assertThat(key.masked())
                .isEqualTo("gw_live_…" + text(issued).substring(text(issued).length() - 4));
        assertThat(key.mayCall("a/b")).isTrue();
        assertThat(key.mayCall("other")).isFalse();
    }

    @Test
    void i33KeysSurviveARestartExactly() {
        IssuedKey full = create(everything());
        IssuedKey nothing =
                create(
                        KeySettings.named("nothing")
                                .withScopes(Scopes.NOTHING)
                                .withModels(Set.of()));
        IssuedKey rotated = keys.rotate(owner, nothing.key().id(), Duration.ofHours(1));
        int size = keys.size();
        reopen();

        assertThat(found(full)).isEqualTo(full.key());
        assertThat(found(rotated)).isEqualTo(rotated.key());
        assertThat(found(nothing)).isEqualTo(rotated.key());
        assertThat(found(rotated).mayCall("any")).isFalse();
        assertThat(keys.size()).isEqualTo(size);
    }

    @Test
    void i62UnknownMalformedExpiredAndRevokedAreNull() {
        IssuedKey expiring =
                create(KeySettings.named("short").withExpiresAt(House.START.plusMillis(2)));
        IssuedKey revoked = create(KeySettings.named("revoked"));
        keys.delete(owner, revoked.key().id());
        String good = text(customer.key());

        house.now.set(House.START.plusMillis(1));
        assertThat(keys.find(text(expiring))).isNotNull();
        house.now.set(House.START.plusMillis(2));
        assertThat(keys.find(text(expiring))).isNull();
        assertThat(keys.find(text(revoked))).isNull();
        assertThat(keys.find("")).isNull();
        assertThat(keys.find("gw_live_")).isNull();
        assertThat(keys.find("é\u0000漢")).isNull();
        assertThat(keys.find("x".repeat(1_000_000))).isNull();
        assertThat(keys.find(good + " ")).isNull();
        assertThat(keys.find(good.toUpperCase(java.util.Locale.ROOT))).isNull();
        assertThat(keys.find(good.substring(0, good.length() - 1))).isNull();
        assertThat(keys.find(good)).isNotNull();
        reopen();
        assertThat(keys.find(text(expiring))).isNull();
        assertThat(keys.find(text(revoked))).isNull();
    }

    @Test
    void theListHasTheUsersOwnKeysWithoutTheirText() {
        IssuedKey second = create(everything());
        IssuedKey deleted = create(KeySettings.named("deleted"));
        keys.delete(owner, deleted.key().id());
        keys.createSession(owner.accountId(), owner.userId());
        house.customer("bob");

        assertThat(keys.list(owner)).containsExactly(owner, second.key());
        assertThat(keys.list(owner).toString()).doesNotContain(text(second));
    }

    @Test
    void i57AnotherUsersKeyIsAsOneThatNeverWas() {
        Key foreign = house.customer("bob").key().key();
        long session = keys.createSession(owner.accountId(), owner.userId()).key().id();

        for (long id : new long[] {foreign.id(), session, 999_999, 0, -1}) {
            assertFault(Fault.NoSuchObject.class, () -> keys.delete(owner, id));
            assertFault(Fault.NoSuchObject.class, () -> keys.update(owner, id, s -> s));
            assertFault(Fault.NoSuchObject.class, () -> keys.rotate(owner, id, Duration.ZERO));
        }
        assertThat(keys.list(foreign)).containsExactly(foreign);
    }

    @Test
    void aDeletedKeyIsGoneForGood() {
        IssuedKey issued = create(KeySettings.named("gone"));
        keys.delete(owner, issued.key().id());

        assertThat(keys.find(text(issued))).isNull();
        assertFault(Fault.NoSuchObject.class, () -> keys.delete(owner, issued.key().id()));
        assertFault(
                Fault.NoSuchObject.class,
                () -> keys.update(owner, issued.key().id(), s -> s.withActive(true)));
        assertThat(create(KeySettings.named("next")).key().id()).isGreaterThan(issued.key().id());
    }

    @Test
    void aKeyCanBePutAsideAndTakenUpAgain() {
        IssuedKey issued = create(KeySettings.named("sleepy"));
        long id = issued.key().id();
        keys.update(owner, id, s -> s.withActive(false));
        assertThat(keys.find(text(issued))).isNull();
        reopen();
        assertThat(keys.find(text(issued))).isNull();
        assertThat(keys.list(owner))
                .extracting(k -> k.settings().active())
                .containsExactly(true, false);

        Key back = keys.update(owner, id, s -> s.withActive(true).withName("awake"));

        assertThat(found(issued)).isEqualTo(back);
        assertThat(back.name()).isEqualTo("awake");
    }

    @Test
    void anUpdateSeesTheSettingsOfThatMomentAndLosesNone() throws Exception {
        IssuedKey issued = create(KeySettings.named("n").withLimits(new KeyLimits(1, 0, 0)));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Key>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(
                        threads.submit(
                                () -> keys.update(owner, issued.key().id(), KeysTest::oneMore)));
            }
            for (Future<Key> one : all) {
                assertThat(one.get().id()).isEqualTo(issued.key().id());
            }
        }
        assertThat(found(issued).limits().requestsPerMinute()).isEqualTo(201);
        reopen();
        assertThat(found(issued).limits().requestsPerMinute()).isEqualTo(201);
    }

    private static KeySettings oneMore(KeySettings settings) {
        return settings.withLimits(new KeyLimits(settings.limits().requestsPerMinute() + 1, 0, 0));
    }

    @Test
    void aRotatedKeyStaysItselfAndItsOldTextWorksForAWhile() {
        IssuedKey first = create(everything());
        IssuedKey second = keys.rotate(owner, first.key().id(), Duration.ofMinutes(5));

        assertThat(text(second)).isNotEqualTo(text(first));
        assertThat(found(second)).isEqualTo(second.key());
        assertThat(found(first)).isEqualTo(second.key());
        assertThat(second.key().id()).isEqualTo(first.key().id());
        assertThat(second.key().settings()).isEqualTo(everything());
        house.now.set(House.START.plus(Duration.ofMinutes(5)));
        assertThat(keys.find(text(first))).isNull();
        assertThat(found(second)).isEqualTo(second.key());
    }

    @Test
    void theOldTextFollowsEveryChangeOfItsKey() {
        IssuedKey first = create(KeySettings.named("a"));
        long id = first.key().id();
        IssuedKey second = keys.rotate(owner, id, Duration.ofHours(1));
        keys.update(owner, id, s -> s.withName("b"));
        assertThat(found(first).name()).isEqualTo("b");

        IssuedKey third = keys.rotate(owner, id, Duration.ofHours(1));
        assertThat(keys.find(text(first))).isNull();
        assertThat(found(second)).isEqualTo(third.key());

        keys.delete(owner, id);
        assertThat(keys.find(text(second))).isNull();
        assertThat(keys.find(text(third))).isNull();
    }

    @Test
    void withoutOverlapTheOldTextIsDeadAtOnce() {
        IssuedKey first = create(KeySettings.named("a"));
        IssuedKey second = keys.rotate(owner, first.key().id(), Duration.ZERO);

        assertThat(keys.find(text(first))).isNull();
        assertThat(found(second)).isEqualTo(second.key());
        assertFault(
                Fault.BadRequest.class,
                () -> keys.rotate(owner, first.key().id(), Duration.ofDays(31)));
        assertFault(
                Fault.BadRequest.class,
                () -> keys.rotate(owner, first.key().id(), Duration.ofMillis(-1)));
    }

    /// A find that begins after delete() returned never succeeds, whatever runs beside it.
    @Test
    void aRevokedKeyIsDeadAtOnceUnderLoad() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 50; round++) {
                IssuedKey issued = create(KeySettings.named("r" + round));
                String text = text(issued);
                AtomicBoolean revoked = new AtomicBoolean();
                AtomicBoolean seen = new AtomicBoolean();
                List<Future<Boolean>> readers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    readers.add(
                            threads.submit(() -> {
                                boolean wrong = false;
                                boolean before = false;
                                while (!before) {
                                    before = revoked.get();
                                    boolean found = keys.find(text) != null;
                                    seen.compareAndSet(false, found);
                                    wrong |= before && found;
                                    Thread.onSpinWait();
                                }
                                return wrong;
                            }));
                }
                while (!seen.get()) {
                    Thread.onSpinWait();
                }
                keys.delete(owner, issued.key().id());
                revoked.set(true);
                for (Future<Boolean> reader : readers) {
                    assertThat(reader.get()).as("found after delete() returned").isFalse();
                }
            }
        }
    }

    @Test
    void tenSessionsLiveAndTheOldestOnesEnd() {
        List<IssuedKey> sessions = new ArrayList<>();
        for (int i = 0; i < Keys.SESSIONS_PER_USER_MAX + 3; i++) {
            sessions.add(keys.createSession(owner.accountId(), owner.userId()));
        }
        for (int i = 0; i < sessions.size(); i++) {
            assertThat(keys.find(text(sessions.get(i))) != null)
                    .as("session %d", i)
                    .isEqualTo(i >= 3);
        }
        Key last = sessions.getLast().key();
        assertThat(last.kind()).isEqualTo(Key.Kind.SESSION);
        assertThat(last.settings().expiresAt()).isEqualTo(House.START.plus(Duration.ofDays(30)));
        house.now.set(House.START.plus(Duration.ofDays(30)));
        assertThat(keys.find(text(sessions.getLast()))).isNull();
    }

    @Test
    void settingsAreCheckedAndTheFieldIsNamed() {
        assertRefused("key_name", () -> KeySettings.named(" "));
        assertRefused("key_name", () -> KeySettings.named("x".repeat(101)));
        assertRefused("key_name", () -> KeySettings.named("a\nb"));
        assertRefused("models", () -> KeySettings.named("m").withModels(Set.of("a\nb")));
        assertRefused("models", () -> KeySettings.named("m").withModels(Set.of("x".repeat(201))));
        assertRefused("budget.limit", () -> new Budget(new Money(-1), Budget.Period.DAY));
        assertRefused("limits.requests_per_minute", () -> new KeyLimits(-1, 0, 0));
        assertRefused("limits.tokens_per_minute", () -> new KeyLimits(0, Long.MAX_VALUE, 0));
        assertRefused("limits.concurrent", () -> new KeyLimits(0, 0, -5));
        assertRefused(
                "expires_at", () -> create(KeySettings.named("late").withExpiresAt(House.START)));
    }

    private static void assertRefused(String param, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isInstanceOfSatisfying(
                                                Fault.BadRequest.class,
                                                f -> assertThat(f.param()).isEqualTo(param)));
    }

    @Test
    void aUserHasOnlySoManyKeys() {
        for (int i = keys.list(owner).size(); i < Keys.KEYS_PER_USER_MAX; i++) {
            IssuedKey made = create(KeySettings.named("k" + i));
            assertThat(made.key().id()).isPositive();
        }
        assertFault(Fault.Conflict.class, () -> create(KeySettings.named("too many")));
    }

    @Test
    void i60NoKeysTextIsInAnyFileAndItsDigestInOnePlaceAlone() throws Exception {
        List<IssuedKey> issued = new ArrayList<>();
        issued.add(customer.key());
        issued.add(Objects.requireNonNull(house.operator.newAdminKey()));
        issued.add(Objects.requireNonNull(house.operator.firstTestKey()));
        issued.add(create(everything()));
        issued.add(keys.rotate(owner, issued.getLast().key().id(), Duration.ofHours(1)));
        issued.add(keys.createSession(owner.accountId(), owner.userId()));
        house.close();

        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                for (IssuedKey key : issued) {
                    for (String trace : traces(text(key))) {
                        assertThat(bytes.contains(trace)).as("%s in %s", trace, file).isFalse();
                    }
                }
            }
        }
        house = House.open(folder);
    }

    /// The key, its random part, both halves of that, and each as base64 and hexadecimal.
    private static List<String> traces(String key) {
        String random = key.substring(key.lastIndexOf('_') + 1);
        List<String> traces = new ArrayList<>();
        int half = random.length() / 2;
        for (String part :
                List.of(key, random, random.substring(0, half), random.substring(half))) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            traces.add(part);
            traces.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
            traces.add(HexFormat.of().formatHex(bytes));
        }
        return traces;
    }

    @Test
    void aKeyDoesNotPrintItself() {
        assertThat(customer.toString()).doesNotContain(text(customer.key()));
        assertThat(customer.key().text().toString()).endsWith("…" + owner.last4());
    }
}
