/// The contracts that clients rely on, example by example: whole bodies, statuses, headers.
@NullMarked
package tollgate.contract;

import org.jspecify.annotations.NullMarked;
