package tollgate.ledger;

/// Which of an account's two moneys a move touches. They never mix: test money comes from and goes
/// back to the promotion account.
public enum Book {
    LIVE("account:", "held:"),
    TEST("test:", "test-held:");

    private final String spendable;
    private final String held;

    Book(String spendable, String held) {
        this.spendable = spendable;
        this.held = held;
    }

    /// The place an account spends from, as the export writes it.
    public String place(long account) {
        return spendable + account;
    }

    /// The place of an account's held money.
    public String heldPlace(long account) {
        return held + account;
    }

    /// Where what was charged goes.
    public String income() {
        return this == LIVE ? Places.REVENUE : Places.PROMO;
    }
}
