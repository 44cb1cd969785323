/// The root of everything; it holds no code of its own.
@NullMarked
package tollgate;

import org.jspecify.annotations.NullMarked;
