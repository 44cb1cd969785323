package tollgate.serve;

import org.jspecify.annotations.Nullable;
import tollgate.ledger.Purse;
import tollgate.ledger.SpendLimit;
import tollgate.limit.Limits;

/// Whose money a call spends, and within which bounds.
///
/// @param budget the key's, or null
public record Payer(Purse purse, @Nullable SpendLimit budget, Limits limits) {}
