/// What is asked of a model and what it answered, in no protocol's spelling.
@NullMarked
package tollgate.call;

import org.jspecify.annotations.NullMarked;
