/// Words, lines and counters of what happens.
@NullMarked
package tollgate.observe;

import org.jspecify.annotations.NullMarked;
