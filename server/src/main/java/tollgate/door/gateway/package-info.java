/// The gateway contract: accounts, keys, balances and administration.
@NullMarked
package tollgate.door.gateway;

import org.jspecify.annotations.NullMarked;
