/// Keys, accounts and the operator's own, on a real database.
@NullMarked
package tollgate.tenant;

import org.jspecify.annotations.NullMarked;
