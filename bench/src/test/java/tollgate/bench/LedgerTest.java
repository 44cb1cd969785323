package tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void foldsPagesIntoPlacesThatSumToZero() {
        take(line(1, "grant", "operator:promo", "account:a", 100));
        take(
                line(2, "hold", "account:a", "held:a", 30)
                        + line(3, "post", "held:a", "operator:revenue", 12)
                        + line(4, "release", "held:a", "account:a", 18));
        assertThat(ledger.at("account:a")).isEqualTo(88);
        assertThat(ledger.at("operator:revenue")).isEqualTo(12);
        assertThat(ledger.heldNanos()).isZero();
        assertThat(ledger.sumNanos()).isZero();
        assertThat(ledger.posts()).isEqualTo(1);
        assertThat(ledger.postedNanos()).isEqualTo(12);
        assertThat(ledger.lastSeq()).isEqualTo(4);
    }

    @Test
    void openHoldsOfAnyAccountAreSeen() {
        take(
                line(1, "hold", "account:a", "held:a", 30)
                        + line(2, "hold", "test:b", "test-held:b", 1));
        assertThat(ledger.heldNanos()).isEqualTo(31);
    }

    @Test
    void gapsDoublesOverageAndEmptyMovesAreRefused() {
        take(line(1, "hold", "account:a", "held:a", 30));
        assertRefused(line(1, "hold", "account:a", "held:a", 30));
        assertRefused(line(3, "hold", "account:a", "held:a", 30));
        assertRefused(line(2, "hold", "account:a", "held:a", 0));
        assertRefused(line(2, "overage", "operator:overage", "operator:revenue", 5));
    }

    private void assertRefused(String line) {
        assertThatThrownBy(() -> take(line))
                .isInstanceOf(BenchFailed.class)
                .hasMessageContaining("expected");
    }

    private void take(String lines) {
        ledger.take(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    }

    private static String line(long seq, String kind, String debit, String credit, long amount) {
        return """
        {"seq":%d,"at":"2026-01-01T00:00:00Z","kind":"%s","debit":"%s","credit":"%s","amount":%d,\
        "usage":{"input_tokens":1,"output_tokens":2},"model":null}
        """
                .formatted(seq, kind, debit, credit, amount);
    }
}
