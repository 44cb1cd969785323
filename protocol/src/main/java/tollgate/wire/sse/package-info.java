/// Server-sent events: found in a stream of bytes, whose bytes are kept as they came.
@NullMarked
package tollgate.wire.sse;

import org.jspecify.annotations.NullMarked;
