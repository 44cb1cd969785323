/// The sealed list of what can go wrong with a request: facts, for which each door finds words.
@NullMarked
package tollgate.fault;

import org.jspecify.annotations.NullMarked;
