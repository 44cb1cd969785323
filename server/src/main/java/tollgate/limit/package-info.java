/// Limits on requests, tokens and concurrent calls, in memory, shared by all event loops.
@NullMarked
package tollgate.limit;

import org.jspecify.annotations.NullMarked;
