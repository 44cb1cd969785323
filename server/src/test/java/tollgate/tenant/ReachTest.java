package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.unit.Environment;
import tollgate.unit.Money;

/// A key cannot create or alter a key beyond its own scopes or environment.
final class ReachTest {
    private static final Scopes KEYS_ONLY = Scopes.of(Set.of(Resource.KEYS), Set.of(Resource.KEYS));

    @TempDir private Path folder;
    private House house;
    private Key owner;

    @BeforeEach
    void open() {
        house = House.open(folder);
        owner = house.customer("ada").key().key();
    }

    @AfterEach
    void close() {
        house.close();
    }

    private Key create(Key actor, Environment environment, KeySettings settings) {
        return house.keys.create(actor, environment, settings).key();
    }

    private Key actor(KeySettings settings) {
        return create(owner, Environment.LIVE, settings);
    }

    private static void assertBeyond(String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.Forbidden(
                                                        "a key cannot create or alter a key beyond"
                                                                + " its own "
                                                                + what)));
    }

    @Test
    void scopesAreTheLimit() {
        Key actor = actor(KeySettings.named("k").withScopes(KEYS_ONLY));

        assertBeyond("scopes", () -> create(actor, Environment.LIVE, KeySettings.named("more")));
        assertBeyond(
                "scopes",
                () -> house.keys.update(actor, actor.id(), s -> s.withScopes(Scopes.ALL)));
        assertBeyond("scopes", () -> house.keys.update(actor, owner.id(), s -> s.withName("x")));
        assertBeyond(
                "scopes", () -> house.keys.update(actor, owner.id(), s -> s.withScopes(KEYS_ONLY)));
        assertBeyond("scopes", () -> house.keys.delete(actor, owner.id()));
        assertBeyond("scopes", () -> house.keys.rotate(actor, owner.id(), Duration.ZERO));
        Key same = create(actor, Environment.LIVE, KeySettings.named("s").withScopes(KEYS_ONLY));
        assertThat(house.keys.update(actor, same.id(), s -> s.withScopes(Scopes.NOTHING)).scopes())
                .isEqualTo(Scopes.NOTHING);
    }

    @Test
    void onlyLiveKeysCrossEnvironments() {
        for (Environment environment : Environment.values()) {
            Key key = create(owner, environment, KeySettings.named("k"));
            assertThat(key.environment()).isEqualTo(environment);
        }
        for (Environment own : Set.of(Environment.TEST, Environment.STAGING, Environment.DEV)) {
            Key actor = create(owner, own, KeySettings.named("actor"));
            for (Environment other : Environment.values()) {
                if (other == own) {
                    assertThat(create(actor, other, KeySettings.named("k")).environment())
                            .isEqualTo(own);
                } else {
                    assertBeyond(
                            "environment " + own.tag(),
                            () -> create(actor, other, KeySettings.named("k")));
                }
            }
            assertBeyond(
                    "environment " + own.tag(),
                    () -> house.keys.update(actor, owner.id(), s -> s.withActive(false)));
            assertBeyond("environment " + own.tag(), () -> house.keys.delete(actor, owner.id()));
        }
    }

    @Test
    void modelsAreTheLimit() {
        Key actor = actor(KeySettings.named("k").withModels(Set.of("a", "b")));

        assertBeyond("models", () -> create(actor, Environment.LIVE, KeySettings.named("all")));
        assertBeyond(
                "models",
                () ->
                        create(
                                actor,
                                Environment.LIVE,
                                KeySettings.named("c").withModels(Set.of("a", "c"))));
        Key less = create(actor, Environment.LIVE, KeySettings.named("a").withModels(Set.of("a")));
        assertThat(less.mayCall("b")).isFalse();
    }

    @Test
    void nobodyLeavesHisBudgetOrLimitsByASecondKey() {
        Budget budget = new Budget(Money.usd(5), Budget.Period.DAY);
        Key poor = actor(KeySettings.named("poor").withBudget(budget));
        Key slow = actor(KeySettings.named("slow").withLimits(new KeyLimits(1, 0, 0)));

        for (Key actor : Set.of(poor, slow)) {
            KeySettings own = actor.settings();
            assertBeyond("budget or limits", () -> create(actor, Environment.LIVE, own));
            assertBeyond(
                    "budget or limits",
                    () ->
                            house.keys.update(
                                    actor, actor.id(), _ -> KeySettings.named("unlimited")));
        }
        assertThat(house.keys.rotate(poor, poor.id(), Duration.ZERO).key().budget())
                .isEqualTo(budget);
    }

    @Test
    void nobodyOutlivesHimself() {
        Key mortal = actor(KeySettings.named("m").withExpiresAt(House.START.plusSeconds(60)));

        assertBeyond("expiry", () -> create(mortal, Environment.LIVE, KeySettings.named("x")));
        assertBeyond(
                "expiry",
                () ->
                        house.keys.update(
                                mortal,
                                mortal.id(),
                                s -> s.withExpiresAt(House.START.plusSeconds(61))));
        Key child =
                create(
                        mortal,
                        Environment.LIVE,
                        KeySettings.named("c").withExpiresAt(House.START.plusSeconds(60)));
        assertThat(child.settings().expiresAt()).isEqualTo(House.START.plusSeconds(60));
    }

    @Test
    void aSessionMakesKeysThatOutliveIt() {
        Key session = house.keys.createSession(owner.accountId(), owner.userId()).key();

        assertThat(create(session, Environment.LIVE, KeySettings.named("k")).settings().expiresAt())
                .isNull();
    }

    @Test
    void onlyTheOperatorMakesWorkers() {
        KeySettings worker = KeySettings.named("w").withScopes(Scopes.NOTHING.withWorker());
        Key admin = Objects.requireNonNull(house.operator.newAdminKey()).key();

        assertBeyond("scopes", () -> create(owner, Environment.LIVE, worker));
        Key made = create(admin, Environment.LIVE, worker);
        assertThat(made.scopes().isWorker()).isTrue();
        assertThat(made.accountId()).isEqualTo(house.operator.account().id());
        assertThat(house.keys.list(admin)).contains(made).doesNotContain(admin);
    }
}
