/// The journal of money: holds, posts, credits, and everything folded from them.
@NullMarked
package tollgate.ledger;

import org.jspecify.annotations.NullMarked;
