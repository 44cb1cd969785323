/// Tests of the limits.
@NullMarked
package tollgate.limit;

import org.jspecify.annotations.NullMarked;
