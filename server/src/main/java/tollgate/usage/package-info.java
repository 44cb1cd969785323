/// One row per request and per attempt, folded from the journal.
@NullMarked
package tollgate.usage;

import org.jspecify.annotations.NullMarked;
