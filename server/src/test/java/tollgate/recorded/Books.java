package tollgate.recorded;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import tollgate.kit.LedgerLine;
import tollgate.kit.Oracle;
import tollgate.kit.OraclePrice;
import tollgate.recorded.Expected.Answered;
import tollgate.recorded.Expected.Barred;
import tollgate.recorded.Expected.Refused;
import tollgate.recorded.Playing.Played;
import tools.jackson.databind.JsonNode;

/// Compares the ledger with what each played call must have cost.
final class Books {
    private static final int NANO_PLACES = 9;

    private final List<LedgerLine> ledger;
    private final Shop shop;
    private final Map<String, List<LedgerLine>> byRequest = new HashMap<>();

    Books(List<LedgerLine> ledger, Shop shop) {
        this.ledger = ledger;
        this.shop = shop;
        for (LedgerLine line : ledger) {
            if (line.requestId() != null) {
                byRequest.computeIfAbsent(line.requestId(), _ -> new ArrayList<>()).add(line);
            }
        }
    }

    /// Everything that differs, by recording: what was noted while it played, and its money.
    ///
    /// @throws AssertionError when the ledger as a whole is not sound
    Map<String, List<String>> problems(List<Played> played) {
        new Oracle()
                .charged(line -> line.usage() != null, this::charge)
                .audit(ledger)
                .assertAtRest();
        var problems = new LinkedHashMap<String, List<String>>();
        for (Played one : played) {
            var differences = new ArrayList<>(one.differences());
            String money = money(one, byRequest.getOrDefault(one.requestId(), List.of()));
            if (!money.isEmpty()) {
                differences.add("%s (%s): %s".formatted(one.recorded(), one.cut(), money));
            }
            if (!differences.isEmpty()) {
                problems.computeIfAbsent(one.recorded().row().path(), _ -> new ArrayList<>())
                        .addAll(differences);
            }
        }
        return problems;
    }

    private BigInteger charge(LedgerLine line) {
        Shop.Good good = shop.good(Objects.requireNonNull(line.model()));
        return good.price().charge(Objects.requireNonNull(line.usage()));
    }

    /// What is wrong with the moves of one call; empty when nothing is.
    private static String money(Played one, List<LedgerLine> lines) {
        return switch (one.expected()) {
            case Barred _ -> kinds(lines, List.of());
            case Refused _ -> {
                var some = OraclePrice.Usage.of(1_000, 1_000);
                boolean free = one.good().price().charge(some).signum() == 0;
                yield kinds(lines, free ? List.of() : List.of("hold", "void"));
            }
            case Answered answered -> answered(one, answered, lines);
        };
    }

    private static String kinds(List<LedgerLine> lines, List<String> wanted) {
        var found = new TreeSet<>(lines.stream().map(LedgerLine::kind).toList());
        return List.copyOf(found).equals(wanted)
                ? ""
                : "moves %s (expected: %s)".formatted(found, wanted);
    }

    /// The caller pays what the usage costs, at most what was held; what is above that is the
    /// operator's, and only a provider that goes beyond what was asked brings it about.
    private static String answered(Played one, Answered answered, List<LedgerLine> lines) {
        BigInteger whole = one.good().price().charge(answered.usage());
        BigInteger held = sum(lines, "hold").add(sum(lines, "extend"));
        BigInteger wanted = whole.min(held);
        if (wanted.compareTo(whole) < 0 && !isBeyond(one.recorded(), answered.usage())) {
            return "held %s (expected: at least %s)".formatted(held, whole);
        }
        if (!sum(lines, "overage").equals(whole.subtract(wanted))) {
            return "overage %s (expected: %s)"
                    .formatted(sum(lines, "overage"), whole.subtract(wanted));
        }
        if (one.cost().compareTo(new BigDecimal(wanted, NANO_PLACES)) != 0) {
            return "told cost %s (expected: %s nano-dollars)".formatted(one.cost(), wanted);
        }
        List<LedgerLine> posts = lines.stream().filter(line -> line.kind().equals("post")).toList();
        if (wanted.signum() == 0) {
            return posts.isEmpty() ? "" : "a post for nothing: " + posts;
        }
        return posts.size() == 1
                ? post(one, answered, wanted, posts.getFirst())
                : "%d posts (expected: 1 of %s)".formatted(posts.size(), wanted);
    }

    private static String post(Played one, Answered answered, BigInteger wanted, LedgerLine post) {
        boolean right =
                post.amount().equals(wanted)
                        && answered.usage().equals(post.usage())
                        && answered.source().equals(post.source())
                        && one.good().model().equals(post.model());
        return right
                ? ""
                : "posted %s (expected: %s for %s, %s)"
                        .formatted(post, wanted, answered.usage(), answered.source());
    }

    /// More output than the caller's limit, or more input than he sent bytes.
    private static boolean isBeyond(Recorded recorded, OraclePrice.Usage usage) {
        JsonNode asked = recorded.asked();
        long limit =
                Math.min(
                        asked.path("max_tokens").asLong(Long.MAX_VALUE),
                        asked.path("max_completion_tokens").asLong(Long.MAX_VALUE));
        long choices = asked.path("n").asLong(1);
        return usage.output() / Math.max(1, choices) > limit
                || usage.input() > recorded.ask().length;
    }

    private static BigInteger sum(List<LedgerLine> lines, String kind) {
        return lines.stream()
                .filter(line -> line.kind().equals(kind))
                .map(LedgerLine::amount)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }
}
