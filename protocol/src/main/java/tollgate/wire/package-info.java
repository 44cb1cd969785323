/// Codecs and framing, each written once: JSON text, SSE, splices, token counts.
@NullMarked
package tollgate.wire;

import org.jspecify.annotations.NullMarked;
