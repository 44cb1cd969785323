package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

final class ScopesTest {
    @Test
    void allIsEverythingButAWorkersRight() {
        for (Resource resource : Resource.values()) {
            assertThat(Scopes.ALL.mayRead(resource)).isTrue();
            assertThat(Scopes.ALL.mayWrite(resource)).isTrue();
            assertThat(Scopes.NOTHING.mayRead(resource)).isFalse();
            assertThat(Scopes.NOTHING.mayWrite(resource)).isFalse();
        }
        assertThat(Scopes.ALL.isWorker()).isFalse();
        assertThat(Scopes.ALL.withWorker().isWorker()).isTrue();
    }

    @Test
    void aRightIsForItsResourceAlone() {
        Scopes scopes = Scopes.of(Set.of(Resource.BILLING), Set.of(Resource.MODELS));

        assertThat(scopes.mayRead("billing")).isTrue();
        assertThat(scopes.mayRead("models")).isFalse();
        assertThat(scopes.mayWrite("models")).isTrue();
        assertThat(scopes.mayWrite("billing")).isFalse();
        assertThat(scopes.mayWrite("*")).isFalse();
    }

    @Test
    void i59ARouteCannotDeclareAResourceThatIsNone() {
        assertThatThrownBy(() -> Scopes.ALL.mayRead("model"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Scopes.ALL.mayWrite(""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nobodyReachesBeyondHimself() {
        Scopes some = Scopes.of(Set.of(Resource.KEYS), Set.of(Resource.KEYS, Resource.MODELS));

        assertThat(some.isWithin(Scopes.ALL)).isTrue();
        assertThat(some.isWithin(some)).isTrue();
        assertThat(Scopes.NOTHING.isWithin(some)).isTrue();
        assertThat(Scopes.ALL.isWithin(some)).isFalse();
        assertThat(Scopes.of(Set.of(Resource.MODELS), Set.of()).isWithin(some)).isFalse();
        assertThat(some.withWorker().isWithin(Scopes.ALL)).isFalse();
        assertThat(some.withWorker().isWithin(Scopes.ALL.withWorker())).isTrue();
    }

    @Test
    void allOfTodaysResourcesAreNotAllOfThoseToCome() {
        Set<Resource> today = EnumSet.complementOf(EnumSet.of(Resource.EVERYTHING));

        assertThat(Scopes.ALL.isWithin(Scopes.of(today, today))).isFalse();
    }

    @Test
    void wordsAreReadAndUnknownOnesRefused() {
        assertThat(Scopes.resources("read", List.of("models", "*", "models")))
                .containsExactlyInAnyOrder(Resource.MODELS, Resource.EVERYTHING);
        assertThat(Scopes.resources("read", List.of())).isEmpty();
        assertThatThrownBy(() -> Scopes.resources("write", List.of("Models")))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e ->
                                assertThat(e.fault())
                                        .isEqualTo(
                                                new Fault.BadRequest(
                                                        "scope_permissions.write",
                                                        "unknown resource (expected: models, keys,"
                                                                + " billing, history, relay, *)")));
    }

    @Test
    void whatIsStoredIsReadBack() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            Scopes scopes = Scopes.of(some(random), some(random));
            scopes = random.nextBoolean() ? scopes.withWorker() : scopes;
            assertThat(Scopes.parse(scopes.toString())).isEqualTo(scopes);
        }
        assertThat(Scopes.parse("read:* write:*")).isSameAs(Scopes.ALL);
        assertThat(Scopes.NOTHING).hasToString("read:- write:-");
        assertThat(Scopes.of(Set.of(), Set.of(Resource.KEYS, Resource.MODELS)).withWorker())
                .hasToString("read:- write:models,keys worker");
    }

    private static Set<Resource> some(Random random) {
        Set<Resource> resources = EnumSet.noneOf(Resource.class);
        for (Resource resource : Resource.values()) {
            if (random.nextBoolean()) {
                resources.add(resource);
            }
        }
        return resources;
    }
}
