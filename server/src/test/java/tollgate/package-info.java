/// Rules about the code itself.
@NullMarked
package tollgate;

import org.jspecify.annotations.NullMarked;
