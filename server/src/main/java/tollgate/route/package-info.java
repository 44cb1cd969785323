/// From a model to the ordered attempts that may serve a call.
@NullMarked
package tollgate.route;

import org.jspecify.annotations.NullMarked;
