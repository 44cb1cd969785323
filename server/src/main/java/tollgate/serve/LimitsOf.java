package tollgate.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tollgate.limit.Limit;
import tollgate.limit.Limits;
import tollgate.tenant.Account;
import tollgate.tenant.Accounts;
import tollgate.tenant.Key;
import tollgate.tenant.KeyLimits;

/// The limits that hold for a key's calls: its own and its account's. Made once for each state of
/// the two, not once a call. Thread-safe.
public final class LimitsOf {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /// Keys whose limits are remembered; with more, they are made again.
    private static final int KNOWN_MAX = 200_000;

    private record Made(KeyLimits key, Account.@Nullable Rates account, Limits limits) {}

    private final Accounts accounts;
    private final ConcurrentHashMap<Long, Made> known = new ConcurrentHashMap<>();

    public LimitsOf(Accounts accounts) {
        this.accounts = accounts;
    }

    Limits limits(Key key) {
        KeyLimits its = key.limits();
        Account.Rates rates = accounts.account(key.accountId()).rates();
        if (rates == null && its.equals(KeyLimits.NONE)) {
            return Limits.NONE;
        }
        Made made = known.get(key.id());
        if (made != null && made.key().equals(its) && Objects.equals(made.account(), rates)) {
            return made.limits();
        }
        Limits limits = make(key, its, rates);
        if (known.size() >= KNOWN_MAX) {
            known.clear();
        }
        known.put(key.id(), new Made(its, rates, limits));
        return limits;
    }

    private static Limits make(Key key, KeyLimits its, Account.@Nullable Rates rates) {
        List<Limit> limits = new ArrayList<>();
        String owner = "key:" + key.id();
        if (its.requestsPerMinute() > 0) {
            limits.add(Limit.requests(owner, its.requestsPerMinute(), MINUTE));
        }
        if (its.tokensPerMinute() > 0) {
            limits.add(Limit.tokens(owner, its.tokensPerMinute(), MINUTE));
        }
        if (its.concurrent() > 0) {
            limits.add(Limit.concurrent(owner, its.concurrent()));
        }
        if (rates != null) {
            String account = "account:" + key.accountId();
            addRequests(limits, account, rates.perMinute(), MINUTE);
            addRequests(limits, account, rates.perHour(), HOUR);
            addRequests(limits, account, rates.perDay(), DAY);
        }
        return Limits.of(limits);
    }

    private static void addRequests(List<Limit> to, String owner, long most, Duration window) {
        if (most > 0) {
            to.add(Limit.requests(owner, most, window));
        }
    }
}
