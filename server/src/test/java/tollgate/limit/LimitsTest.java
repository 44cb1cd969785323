package tollgate.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void smallestOfSeveralLimitsOnOneMeterHolds() {
        Limit five = Limit.requests("key:1", 5, MINUTE);
        Limit three = Limit.requests("key:1", 3, MINUTE);
        assertThat(Limits.of(five, three).list()).containsExactly(three);
        assertThat(Limits.of(three).and(Limits.of(five)).list()).containsExactly(three);
    }

    @Test
    void bothAreKeptWhenTheyCountDifferentThings() {
        Limit minute = Limit.requests("key:1", 5, MINUTE);
        Limit hour = Limit.requests("key:1", 5, Duration.ofHours(1));
        Limits both = Limits.of(minute).and(Limits.of(hour));
        assertThat(both.list()).containsExactly(minute, hour);
        assertThat(both.isNone()).isFalse();
    }

    @Test
    void noneAddsNothing() {
        Limits some = Limits.of(Limit.concurrent("key:1", 1));
        assertThat(some.and(Limits.NONE)).isSameAs(some);
        assertThat(Limits.NONE.and(some).list()).isEqualTo(some.list());
        assertThat(Limits.of()).isSameAs(Limits.NONE);
        assertThat(Limits.NONE.isNone()).isTrue();
    }

    @Test
    void tooManyLimitsAreRefused() {
        List<Limit> many = new ArrayList<>();
        for (int i = 0; i < Limits.LIMITS_MAX; i++) {
            many.add(Limit.concurrent("key:" + i, 1));
        }
        assertThat(Limits.of(many).list()).hasSize(Limits.LIMITS_MAX);
        many.add(Limit.concurrent("key:x", 1));
        assertThatThrownBy(() -> Limits.of(many)).hasMessage("limits: 33 (expected: at most 32)");
    }

    @Test
    void limitsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Limit.concurrent("key:1", 0))
                .hasMessage("most: 0 (expected: 1 to 1000000000000000)");
        assertThat(Limit.concurrent("key:1", Limit.MOST_MAX).most()).isEqualTo(Limit.MOST_MAX);
        assertThatThrownBy(() -> Limit.concurrent("key:1", Limit.MOST_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void windowsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Limit.requests("key:1", 1, Duration.ZERO))
                .hasMessage(
                        "window: PT0S (expected for REQUESTS: more than zero, at most PT8784H)");
        assertThatThrownBy(() -> Limit.tokens("key:1", 1, Meter.WINDOW_MAX.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Limit.tokens("key:1", 1, Meter.WINDOW_MAX).most()).isEqualTo(1);
        assertThatThrownBy(() -> new Meter("key:1", Measure.CONCURRENT, MINUTE))
                .hasMessage("window: PT1M (expected for CONCURRENT: PT0S)");
    }

    @Test
    void limitsSayWhatTheyAreInWords() {
        assertThat(Limit.requests("a", 60, MINUTE).words()).isEqualTo("60 requests per minute");
        assertThat(Limit.requests("a", 1_000, Duration.ofHours(1)).words())
                .isEqualTo("1000 requests per hour");
        assertThat(Limit.tokens("a", 9, Duration.ofDays(1)).words()).isEqualTo("9 tokens per day");
        assertThat(Limit.tokens("a", 9, Duration.ofSeconds(5)).words())
                .isEqualTo("9 tokens per 5 seconds");
        assertThat(Limit.concurrent("a", 4).words()).isEqualTo("4 concurrent requests");
    }

    @Test
    void stripesOfAllOwnersAreLocked() {
        Limit key = Limit.concurrent("key:1", 1);
        Limit account = Limit.requests("account:2", 1, MINUTE);
        long keyBit = 1L << Stripe.indexOf(key.meter());
        long accountBit = 1L << Stripe.indexOf(account.meter());
        assertThat(keyBit).isNotEqualTo(accountBit);
        assertThat(Limits.of(key, account).stripes()).isEqualTo(keyBit | accountBit);
        assertThat(Limits.NONE.stripes()).isZero();
    }

    @Test
    void ownersAreSpreadOverAllStripes() {
        Set<Integer> stripes = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            stripes.add(Stripe.indexOf(Limit.concurrent("key:" + i, 1).meter()));
        }
        assertThat(stripes).hasSize(Stripe.STRIPES);
    }
}
