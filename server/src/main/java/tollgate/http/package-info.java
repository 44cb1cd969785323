/// The HTTP server and client: strict framing, deadlines, bounded memory.
@NullMarked
package tollgate.http;

import org.jspecify.annotations.NullMarked;
