/// Wires everything; the command line.
@NullMarked
package tollgate.app;

import org.jspecify.annotations.NullMarked;
