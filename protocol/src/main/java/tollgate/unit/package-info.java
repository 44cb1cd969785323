/// Values with units: money, tokens, identifiers. No I/O, no clock.
@NullMarked
package tollgate.unit;

import org.jspecify.annotations.NullMarked;
