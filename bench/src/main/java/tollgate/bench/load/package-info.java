/// Sends calls and checks every answer: closed loop, constant rate, idle streams.
@NullMarked
package tollgate.bench.load;

import org.jspecify.annotations.NullMarked;
