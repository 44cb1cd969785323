package tollgate.kit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The fold of an export: what lies at each place, what became of each hold, and all that is wrong.
///
/// Lines may be added as they come, and the same lines again: what was seen before must be exactly
/// as it was (the ledger is append-only) and counts once. Not thread-safe.
public final class Audit {
    /// From where to where each kind moves money; `\1` is the same account on both sides.
    private static final Map<String, Pattern> MOVES =
            Map.of(
                    "grant", Pattern.compile("operator:promo>(account|test):[^>]+"),
                    "payment", Pattern.compile("processor:stripe>account:[^>]+"),
                    "refund", Pattern.compile("account:[^>]+>processor:stripe"),
                    "adjustment",
                            Pattern.compile(
                                    "account:[^>]+>operator:promo|operator:promo>account:[^>]+"),
                    "hold", Pattern.compile("account:([^>]+)>held:\\1|test:([^>]+)>test-held:\\2"),
                    "extend",
                            Pattern.compile("account:([^>]+)>held:\\1|test:([^>]+)>test-held:\\2"),
                    "post",
                            Pattern.compile(
                                    "held:[^>]+>operator:revenue|test-held:[^>]+>operator:promo"),
                    "release",
                            Pattern.compile("held:([^>]+)>account:\\1|test-held:([^>]+)>test:\\2"),
                    "void", Pattern.compile("held:([^>]+)>account:\\1|test-held:([^>]+)>test:\\2"),
                    "overage", Pattern.compile("operator:overage>operator:revenue"));

    private static final Set<String> SOURCES = Set.of("provider", "counted", "estimated");

    private final Oracle oracle;
    private final List<LedgerLine> lines = new ArrayList<>();
    private final Map<String, BigInteger> places = new TreeMap<>();
    private final Map<String, HoldState> holds = new LinkedHashMap<>();
    private final Set<String> reversed = new HashSet<>();
    private final List<String> findings = new ArrayList<>();

    /// What happened to one hold.
    private static final class HoldState {
        final LedgerLine opened;
        BigInteger taken = BigInteger.ZERO;
        BigInteger left = BigInteger.ZERO;
        BigInteger overage = BigInteger.ZERO;
        @Nullable LedgerLine post;
        @Nullable LedgerLine release;
        @Nullable LedgerLine voided;

        HoldState(LedgerLine opened) {
            this.opened = opened;
        }

        boolean resolved() {
            return post != null || release != null || voided != null;
        }
    }

    Audit(Oracle oracle) {
        this.oracle = oracle;
    }

    /// Adds lines of a later (or the same, or a longer) export.
    public Audit add(List<LedgerLine> more) {
        more.forEach(this::add);
        return this;
    }

    public Audit add(String export) {
        return add(LedgerLine.parse(export));
    }

    private void add(LedgerLine line) {
        if (line.seq() >= 1 && line.seq() <= lines.size()) {
            LedgerLine before = lines.get((int) line.seq() - 1);
            if (!before.equals(line)) {
                found(line, "was before: " + before);
            }
            return;
        }
        if (line.seq() != lines.size() + 1L) {
            found(line, "seq (expected: %d)".formatted(lines.size() + 1));
        }
        lines.add(line);
        move(line);
        switch (line.kind()) {
            case "hold", "extend" -> taken(line);
            case "post", "release", "void", "overage" -> resolved(line);
            case "refund" -> reversed.add(line.debit());
            default -> {}
        }
    }

    private void move(LedgerLine line) {
        if (line.amount().signum() <= 0) {
            found(line, "amount (expected: above 0)");
        }
        Pattern moves = MOVES.get(line.kind());
        if (moves == null || !moves.matcher(line.debit() + ">" + line.credit()).matches()) {
            found(line, "a move that no kind makes");
        }
        places.merge(line.debit(), line.amount().negate(), BigInteger::add);
        places.merge(line.credit(), line.amount(), BigInteger::add);
        if (at(line.debit()).signum() < 0 && !mayBeNegative(line)) {
            found(line, "%s is below zero: %s".formatted(line.debit(), at(line.debit())));
        }
    }

    /// The operator's and the processor's places may always; a customer's account only when it is
    /// postpaid, or by a reversal and what follows from it.
    private boolean mayBeNegative(LedgerLine line) {
        String place = line.debit();
        if (place.startsWith("operator:") || place.startsWith("processor:")) {
            return true;
        }
        if (!place.startsWith("account:")) {
            return false;
        }
        return switch (line.kind()) {
            case "refund" -> true;
            case "adjustment" -> reversed.contains(place);
            default -> oracle.mayGoBelowZero(place.substring("account:".length()));
        };
    }

    private void taken(LedgerLine line) {
        if (line.holdId() == null || line.requestId() == null) {
            found(line, "no hold_id or request_id");
            return;
        }
        var known = holds.get(line.holdId());
        if ((known == null) != line.kind().equals("hold")) {
            found(line, known == null ? "extends an unknown hold" : "opens a hold again");
        }
        var hold = holds.computeIfAbsent(line.holdId(), _ -> new HoldState(line));
        sameCall(hold, line);
        if (hold.resolved()) {
            found(line, "the hold was resolved before");
        }
        if (!line.debit().equals(hold.opened.debit())) {
            found(line, "another account's hold");
        }
        hold.taken = hold.taken.add(line.amount());
        hold.left = hold.left.add(line.amount());
    }

    private void resolved(LedgerLine line) {
        var hold = line.holdId() == null ? null : holds.get(line.holdId());
        if (hold == null) {
            found(line, "resolves an unknown hold");
            return;
        }
        sameCall(hold, line);
        if (line.kind().equals("overage")) {
            hold.overage = hold.overage.add(line.amount());
            return;
        }
        if (!line.debit().equals(hold.opened.credit())) {
            found(line, "another account's hold");
        }
        hold.left = hold.left.subtract(line.amount());
        if (hold.left.signum() < 0) {
            found(line, "more than the hold of " + hold.taken);
        }
        switch (line.kind()) {
            case "post" -> {
                if (hold.resolved()) {
                    found(line, "the hold was resolved before");
                }
                hold.post = line;
            }
            case "release" -> {
                if (hold.release != null || hold.voided != null) {
                    found(line, "the hold was given back before");
                }
                hold.release = line;
            }
            default -> {
                if (hold.resolved()) {
                    found(line, "the hold was resolved before");
                }
                hold.voided = line;
            }
        }
    }

    private void sameCall(HoldState hold, LedgerLine line) {
        if (!Objects.equals(line.requestId(), hold.opened.requestId())) {
            found(line, "request_id (expected: %s)".formatted(hold.opened.requestId()));
        }
    }

    /// Everything that is wrong so far; empty is what a test wants.
    public List<String> findings() {
        var all = new ArrayList<>(findings);
        var sum = places.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        if (sum.signum() != 0) {
            all.add("the sum over all places is %s (expected: 0)".formatted(sum));
        }
        holds.values().forEach(hold -> checkCharge(hold, all));
        return all;
    }

    private void checkCharge(HoldState hold, List<String> all) {
        LedgerLine post = hold.post;
        if (post == null) {
            if (hold.overage.signum() != 0) {
                all.add("overage without a post: " + hold.opened);
            }
            return;
        }
        boolean ruled = oracle.hasRule(post);
        if (post.source() == null || !SOURCES.contains(post.source())) {
            all.add("source: " + post);
        }
        if (!ruled && (post.usage() == null || !post.usage().isSound())) {
            all.add("usage: " + post);
            return;
        }
        if (post.model() == null || post.attempt() == null) {
            all.add("no model or attempt: " + post);
        }
        BigInteger charge = oracle.charge(post);
        if (charge == null) {
            all.add("nobody told the price of version %s: %s".formatted(post.priceVersion(), post));
            return;
        }
        BigInteger expected = charge.min(hold.taken);
        BigInteger overage = charge.subtract(expected);
        if (!post.amount().equals(expected) || !hold.overage.equals(overage)) {
            all.add(
                    "posted %s and %s overage (expected: %s and %s of a hold of %s): %s"
                            .formatted(
                                    post.amount(),
                                    hold.overage,
                                    expected,
                                    overage,
                                    hold.taken,
                                    post));
        }
    }

    /// What must be true at any moment.
    ///
    /// @throws AssertionError that lists everything that is not
    public void assertSound() {
        require(findings());
    }

    /// What must be true besides when no call runs: every hold resolved, whole, and nothing held.
    public void assertAtRest() {
        var all = findings();
        for (var hold : holds.values()) {
            if (!hold.resolved() || hold.left.signum() != 0) {
                all.add(
                        "%s of a hold of %s is not resolved: %s"
                                .formatted(hold.left, hold.taken, hold.opened));
            }
        }
        places.forEach((place, amount) -> {
            if (place.contains("held:") && amount.signum() != 0) {
                all.add("%s holds %s (expected: 0)".formatted(place, amount));
            }
        });
        require(all);
    }

    private static void require(List<String> findings) {
        if (!findings.isEmpty()) {
            throw new AssertionError(
                    "%d findings:\n%s".formatted(findings.size(), String.join("\n", findings)));
        }
    }

    public List<LedgerLine> lines() {
        return List.copyOf(lines);
    }

    /// The lines of one call, by the answer's `x-request-id`.
    public List<LedgerLine> ofRequest(String requestId) {
        return lines.stream().filter(line -> requestId.equals(line.requestId())).toList();
    }

    /// What a call cost its account: the sum of its posts.
    public BigInteger charged(String requestId) {
        return ofRequest(requestId).stream()
                .filter(line -> line.kind().equals("post"))
                .map(LedgerLine::amount)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// Nano-dollars at a place such as `operator:revenue`.
    public BigInteger at(String place) {
        return places.getOrDefault(place, BigInteger.ZERO);
    }

    /// All places that money ever touched.
    public Map<String, BigInteger> places() {
        return Map.copyOf(places);
    }

    public BigInteger available(String account) {
        return at("account:" + account);
    }

    public BigInteger held(String account) {
        return at("held:" + account);
    }

    /// What the account owns: available and held together.
    public BigInteger balance(String account) {
        return available(account).add(held(account));
    }

    private void found(LedgerLine line, String what) {
        findings.add("line %d: %s: %s".formatted(line.seq(), what, line));
    }
}
