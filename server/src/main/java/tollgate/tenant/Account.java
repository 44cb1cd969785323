package tollgate.tenant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who owns credits.
///
/// @param markupPpm parts per million on top of prices; null: as configured
/// @param rates limits of its own at the doors that count per account; null: as configured
public record Account(
        long id,
        String name,
        Kind kind,
        Payment payment,
        @Nullable Long markupPpm,
        @Nullable Rates rates,
        Instant createdAt) {
    /// Whose account it is.
    public enum Kind {
        CUSTOMER,
        /// The operator's own, which may use objects in the provider's account.
        OPERATOR
    }

    /// Whether it may go below zero.
    public enum Payment {
        PREPAID,
        POSTPAID
    }

    /// Requests in a minute, an hour, a day; 0: no limit.
    public record Rates(long perMinute, long perHour, long perDay) {}

    public boolean isOperator() {
        return kind == Kind.OPERATOR;
    }

    public boolean isPostpaid() {
        return payment == Payment.POSTPAID;
    }

    public Account withMarkupPpm(@Nullable Long ppm) {
        return new Account(id, name, kind, payment, ppm, rates, createdAt);
    }

    public Account withRates(@Nullable Rates newRates) {
        return new Account(id, name, kind, payment, markupPpm, newRates, createdAt);
    }
}
