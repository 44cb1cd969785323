package tollgate.kit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// ORACLE: a second, independent reading of the rules of money. It is told the prices by the test
/// and audits what the ledger exports; it imports nothing of the product.
///
/// ```java
/// var oracle = new Oracle().price(1, OraclePrice.usd("0.15", "0.60").withMarkup("0.2"));
/// Audit audit = oracle.audit(export);
/// audit.assertSound();                         // at any moment
/// audit.assertAtRest();                        // when no call runs
/// assertThat(audit.available("7")).isEqualTo(BigInteger.valueOf(4_999_993_000L));
/// ```
///
/// Set it up first; afterwards it is only read.
public final class Oracle {
    private final Map<Long, OraclePrice> prices = new HashMap<>();
    private final Set<String> postpaid = new HashSet<>();
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(Predicate<LedgerLine> matches, Function<LedgerLine, BigInteger> charge) {}

    /// The price behind a `price_version` of the export.
    public Oracle price(long version, OraclePrice price) {
        prices.put(version, price);
        return this;
    }

    /// An account that may go below zero.
    public Oracle postpaid(String account) {
        postpaid.add(account);
        return this;
    }

    /// A charge that is no price times usage, such as a flat price; the first rule that matches a
    /// post counts.
    public Oracle charged(Predicate<LedgerLine> matches, Function<LedgerLine, BigInteger> nanos) {
        rules.add(new Rule(matches, nanos));
        return this;
    }

    public Audit audit(String export) {
        return audit(LedgerLine.parse(export));
    }

    public Audit audit(List<LedgerLine> lines) {
        return new Audit(this).add(lines);
    }

    boolean mayGoBelowZero(String account) {
        return postpaid.contains(account);
    }

    boolean hasRule(LedgerLine post) {
        return rules.stream().anyMatch(rule -> rule.matches().test(post));
    }

    /// What the usage of a post costs, or null when nothing tells.
    @Nullable BigInteger charge(LedgerLine post) {
        for (Rule rule : rules) {
            if (rule.matches().test(post)) {
                return rule.charge().apply(post);
            }
        }
        OraclePrice price = prices.get(post.priceVersion());
        return price == null || post.usage() == null ? null : price.charge(post.usage());
    }
}
