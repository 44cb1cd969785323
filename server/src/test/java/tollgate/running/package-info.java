/// A gateway that really runs, in this process, for the kinds of tests that call one over HTTP.
@NullMarked
package tollgate.running;

import org.jspecify.annotations.NullMarked;
