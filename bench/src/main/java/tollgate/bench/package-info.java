/// Measures the gateway against nginx: the same upstream, the same load, CPU per request.
@NullMarked
package tollgate.bench;

import org.jspecify.annotations.NullMarked;
