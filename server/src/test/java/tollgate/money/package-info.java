/// Money, judged from outside: the real gateway on a fake provider, its ledger read by the Oracle.
@NullMarked
package tollgate.money;

import org.jspecify.annotations.NullMarked;
