/// A model provider that costs next to nothing: fixed answers, one event loop, own process.
@NullMarked
package tollgate.bench.mock;

import org.jspecify.annotations.NullMarked;
