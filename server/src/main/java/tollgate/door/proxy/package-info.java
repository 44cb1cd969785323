/// The proxy contract: one static key in front of an operator's providers.
@NullMarked
package tollgate.door.proxy;

import org.jspecify.annotations.NullMarked;
