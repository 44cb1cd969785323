/// A sealed list of what we report, and its sinks: log lines and counters.
@NullMarked
package tollgate.observe;

import org.jspecify.annotations.NullMarked;
