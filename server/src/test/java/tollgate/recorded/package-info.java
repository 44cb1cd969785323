/// Recorded traffic of real providers, replayed through the running gateway: bytes, faults, what
/// goes upstream, and money to the nano-dollar, each by a reading of the recording that knows
/// nothing of the product's.
@NullMarked
package tollgate.recorded;

import org.jspecify.annotations.NullMarked;
