/// Strict JSON over bytes: a pull parser for the call path, a small tree for everything else.
@NullMarked
package tollgate.wire.json;

import org.jspecify.annotations.NullMarked;
