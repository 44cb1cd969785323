package tollgate.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AuditTest {
    private static final String USAGE = usage(20, 10);
    private final Oracle oracle = new Oracle().price(1, OraclePrice.usd("0.15", "0.60"));

    @Test
    void soundHistoryHasNoFindingsAndTheFoldIsExact() {
        Audit audit =
                oracle.audit(
                        export(
                                "payment processor:stripe account:7 1000000",
                                "hold account:7 held:7 50000 h1",
                                "extend account:7 held:7 20000 h1",
                                "post held:7 operator:revenue 9000 h1",
                                "release held:7 account:7 61000 h1",
                                "hold account:7 held:7 50000 h2",
                                "void held:7 account:7 50000 h2",
                                "grant operator:promo test:7 1000000",
                                "hold test:7 test-held:7 9000 h3",
                                "post test-held:7 operator:promo 9000 h3"));

        assertThat(audit.findings()).isEmpty();
        assertThatCode(audit::assertAtRest).doesNotThrowAnyException();
        assertThat(audit.available("7")).isEqualTo(BigInteger.valueOf(991_000));
        assertThat(audit.held("7")).isZero();
        assertThat(audit.at("test:7")).isEqualTo(BigInteger.valueOf(991_000));
        assertThat(audit.charged("r-h1")).isEqualTo(BigInteger.valueOf(9_000));
        assertThat(audit.places().values().stream().reduce(BigInteger.ZERO, BigInteger::add))
                .isZero();
    }

    @Test
    void openHoldIsSoundButNotAtRest() {
        Audit audit =
                oracle.audit(
                        export(
                                "payment processor:stripe account:7 1000000",
                                "hold account:7 held:7 50000 h1"));

        assertThat(audit.findings()).isEmpty();
        assertThat(audit.balance("7")).isEqualTo(BigInteger.valueOf(1_000_000));
        assertThat(audit.available("7")).isEqualTo(BigInteger.valueOf(950_000));
        assertThatThrownBy(audit::assertAtRest).hasMessageContaining("50000 of a hold of 50000");
    }

    @Test
    void overageTakesWhatTheHoldCannotPay() {
        assertThat(
                        finds(
                                "hold account:7 held:7 5000 h1",
                                "post held:7 operator:revenue 5000 h1",
                                "overage operator:overage operator:revenue 4000 h1"))
                .isEmpty();
        assertThat(finds("hold account:7 held:7 5000 h1", "post held:7 operator:revenue 5000 h1"))
                .singleElement()
                .asString()
                .contains("expected: 5000 and 4000");
    }

    @Test
    void chargeThatTheUsageDoesNotExplainIsFound() {
        assertThat(
                        finds(
                                "hold account:7 held:7 50000 h1",
                                "post held:7 operator:revenue 9001 h1",
                                "release held:7 account:7 40999 h1"))
                .singleElement()
                .asString()
                .contains("posted 9001 and 0 overage (expected: 9000 and 0");
    }

    @Test
    void secondResolutionIsFound() {
        assertThat(
                        finds(
                                "hold account:7 held:7 50000 h1",
                                "post held:7 operator:revenue 9000 h1",
                                "post held:7 operator:revenue 9000 h1"))
                .anyMatch(finding -> finding.contains("resolved before"));
        assertThat(
                        finds(
                                "hold account:7 held:7 50000 h1",
                                "void held:7 account:7 50000 h1",
                                "void held:7 account:7 50000 h1"))
                .anyMatch(finding -> finding.contains("resolved before"))
                .anyMatch(finding -> finding.contains("more than the hold"))
                .anyMatch(finding -> finding.contains("held:7 is below zero"));
        assertThat(
                        finds(
                                "hold account:7 held:7 50000 h1",
                                "void held:7 account:7 50000 h1",
                                "extend account:7 held:7 50 h1"))
                .anyMatch(finding -> finding.contains("resolved before"));
    }

    @Test
    void spendingBelowZeroIsFoundUnlessPostpaid() {
        assertThat(finds("hold account:7 held:7 1000001 h1"))
                .singleElement()
                .asString()
                .contains("account:7 is below zero: -1");
        oracle.postpaid("7");
        assertThat(finds("hold account:7 held:7 1000001 h1")).isEmpty();
    }

    @Test
    void reversalMayGoBelowZeroAndItsBonusToo() {
        assertThat(
                        finds(
                                "refund account:7 processor:stripe 1000000",
                                "adjustment account:7 operator:promo 5"))
                .isEmpty();
        assertThat(finds("adjustment account:7 operator:promo 1000001"))
                .singleElement()
                .asString()
                .contains("below zero");
    }

    @Test
    void movesThatNoKindMakesAreFound() {
        assertThat(finds("grant account:7 account:8 5")).hasSize(1);
        assertThat(finds("hold account:7 held:8 5 h1")).hasSize(1);
        assertThat(finds("gift operator:promo account:7 5")).hasSize(1);
        assertThat(finds("payment processor:stripe account:7 0")).hasSize(1);
    }

    @Test
    void holesAndChangedLinesAreFound() {
        String first = export("payment processor:stripe account:7 5");
        String second =
                export(
                        "payment processor:stripe account:7 5",
                        "payment processor:stripe account:7 6");

        assertThat(oracle.audit(first).add(second).add(second).add(first).findings()).isEmpty();
        assertThat(oracle.audit(first).add(second).available("7"))
                .isEqualTo(BigInteger.valueOf(11));
        assertThat(oracle.audit(first).add(second.replace(":5,", ":4,")).findings())
                .singleElement()
                .asString()
                .contains("was before");
        String hole = second.lines().skip(1).findFirst().orElseThrow();
        assertThat(oracle.audit(hole).findings()).singleElement().asString().contains("seq");
    }

    @Test
    void holdOfAnotherCallOrAccountIsNotResolved() {
        assertThat(finds("post held:7 operator:revenue 9000 h9"))
                .anyMatch(finding -> finding.contains("unknown hold"));
        String export =
                export(
                        "payment processor:stripe account:8 1000",
                        "payment processor:stripe account:7 1000",
                        "hold account:7 held:7 1000 h1",
                        "hold account:8 held:8 1000 h2",
                        "void held:8 account:8 1000 h1");
        assertThat(oracle.audit(export).findings())
                .anyMatch(finding -> finding.contains("another account's hold"));
        assertThat(
                        oracle.audit(export.replace("r-h1", "r-h3").replaceFirst("r-h3", "r-h1"))
                                .findings())
                .anyMatch(finding -> finding.contains("request_id (expected: r-h1)"));
    }

    @Test
    void priceThatNobodyToldIsFoundUnlessARuleKnowsTheCharge() {
        var lines =
                new String[] {
                    "payment processor:stripe account:7 1000000",
                    "hold account:7 held:7 1000 h1",
                    "post held:7 operator:revenue 1000 h1"
                };
        assertThat(new Oracle().audit(export(lines)).findings())
                .singleElement()
                .asString()
                .contains("price of version 1");
        assertThat(
                        new Oracle()
                                .charged(
                                        post -> "m".equals(post.model()),
                                        _ -> BigInteger.valueOf(1000))
                                .audit(export(lines))
                                .findings())
                .isEmpty();
    }

    @Test
    void lineThatIsNotExactlyALineIsRefused() {
        String line = export("payment processor:stripe account:7 5");

        assertThatThrownBy(() -> LedgerLine.parse(line.replace("\"at\"", "\"when\"")))
                .hasMessageContaining("members");
        for (String amount : List.of("5.0", "5e0", "\"5\"", "-5")) {
            assertThatThrownBy(() -> LedgerLine.parse(line.replace(":5,", ":" + amount + ",")))
                    .isInstanceOf(AssertionError.class);
        }
    }

    /// The findings about a million nano-dollars of account 7 and these lines.
    private List<String> finds(String... lines) {
        var all = new ArrayList<String>();
        all.add("payment processor:stripe account:7 1000000");
        all.addAll(List.of(lines));
        return oracle.audit(export(all.toArray(String[]::new))).findings();
    }

    /// Lines from `kind debit credit amount [hold]`.
    private static String export(String... moves) {
        var out = new StringBuilder();
        for (int i = 0; i < moves.length; i++) {
            List<String> words = List.of(moves[i].split(" ", -1));
            String hold = words.size() > 4 ? words.get(4) : null;
            boolean post = words.getFirst().equals("post");
            out.append(
                    """
                    {"seq":%d,"at":"2026-11-24T10:00:00Z","kind":"%s","debit":"%s","credit":"%s",\
                    "amount":%s,"request_id":%s,"hold_id":%s,"attempt":%s,"model":%s,\
                    "price_version":%s,"usage":%s,"source":%s}
                    """
                            .formatted(
                                    i + 1,
                                    words.get(0),
                                    words.get(1),
                                    words.get(2),
                                    words.get(3),
                                    hold == null ? "null" : "\"r-" + hold + '"',
                                    hold == null ? "null" : '"' + hold + '"',
                                    post ? "1" : "null",
                                    post ? "\"m\"" : "null",
                                    post ? "1" : "null",
                                    post ? USAGE : "null",
                                    post ? "\"provider\"" : "null"));
        }
        return out.toString();
    }

    private static String usage(long input, long output) {
        return """
        {"input_tokens":%d,"cached_input_tokens":0,"cache_write_tokens":0,"output_tokens":%d,\
        "reasoning_tokens":0}\
        """
                .formatted(input, output);
    }
}
