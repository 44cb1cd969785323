/// The command line and the whole gateway, in this process and in one of its own.
@NullMarked
package tollgate.app;

import org.jspecify.annotations.NullMarked;
