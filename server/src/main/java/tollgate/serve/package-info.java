/// The request path of a model call: plan, hold, run, settle.
@NullMarked
package tollgate.serve;

import org.jspecify.annotations.NullMarked;
