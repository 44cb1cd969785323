package tollgate.door.gateway;

import java.util.function.Supplier;
import tollgate.db.Database;
import tollgate.db.WriteTx;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Book;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Ledger;
import tollgate.ledger.Receipts.Receipt;
import tollgate.tenant.Accounts;
import tollgate.unit.Digest;
import tollgate.unit.Money;

/// What accounts are given: credits at their beginning, test money, and what an operator adds. The
/// wish is a row before its effect is a record (DESIGN 5, *Between the two*).
public final class Grants {
    /// What every account has to try things with.
    public static final Money TEST_MONEY = Money.usd(1_000);

    private final Database database;
    private final Ledger ledger;
    private final Money signupCredits;

    /// Gives from this ledger.
    ///
    /// @param signupCredits `pricing.signup-credits`
    public Grants(Database database, Ledger ledger, Money signupCredits) {
        this.database = database;
        this.ledger = ledger;
        this.signupCredits = signupCredits;
    }

    /// Notes what a new account is given, in the transaction that makes it.
    void intend(WriteTx tx, Accounts.Created created) {
        ledger.intend(tx, test(created.account().id()));
        if (signupCredits.nanos() > 0) {
            ledger.intend(tx, signup(created.account().id()));
        }
    }

    /// Gives it, once the account exists; returns its live credits.
    Money give(long account) {
        ledger.credit(test(account));
        return signupCredits.nanos() > 0 ? ledger.credit(signup(account)).available() : Money.ZERO;
    }

    /// Gives an account its test money if it never had it.
    public void giveTestMoneyOnce(long account) {
        ledger.creditOnce(test(account));
    }

    /// Books one credit, or a debit that must be there.
    ///
    /// @throws GatewayException BadRequest when the account does not have what is taken
    void book(Credit credit) {
        if (credit.amount() > 0) {
            database.write(tx -> {
                ledger.intend(tx, credit);
                return credit;
            });
            ledger.credit(credit);
        } else if (!ledger.debit(credit)) {
            throw tooMuch(credit);
        }
    }

    /// The same under an idempotency key, which the cause is made of: booked once, and answered
    /// with the same bytes for ever.
    ///
    /// @param answer made once the money is durable
    /// @throws GatewayException as above; InFlight or KeyReused
    Receipt bookOnce(Credit credit, Digest request, Supplier<String> answer) {
        Receipt receipt = ledger.receipts().book(credit, request, answer);
        if (receipt instanceof Receipt.Refused) {
            throw tooMuch(credit);
        }
        return receipt;
    }

    private static GatewayException tooMuch(Credit credit) {
        return new GatewayException(
                new Fault.BadRequest(
                        "credits",
                        "credits: %s (expected: at most what the account has)"
                                .formatted(new Money(credit.amount()))));
    }

    private Credit signup(long account) {
        return new Credit(
                Kind.GRANT, account, Book.LIVE, signupCredits.nanos(), "signup:" + account);
    }

    private static Credit test(long account) {
        return new Credit(
                Kind.GRANT, account, Book.TEST, TEST_MONEY.nanos(), "test-money:" + account);
    }
}
