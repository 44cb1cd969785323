package tollgate.ledger;

/// The operator's own places in the double-entry export (DESIGN 4, *Export*).
final class Places {
    static final String REVENUE = "operator:revenue";
    static final String OVERAGE = "operator:overage";
    static final String PROMO = "operator:promo";
    static final String STRIPE = "processor:stripe";

    private Places() {}
}
