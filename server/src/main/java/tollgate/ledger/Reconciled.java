package tollgate.ledger;

/// How many calls that a dead process left open were charged, and how many given back.
public record Reconciled(int posted, int voided) {}
