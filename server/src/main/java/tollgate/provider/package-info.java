/// Upstream accounts: what an attempt sends and how its answer comes back.
@NullMarked
package tollgate.provider;

import org.jspecify.annotations.NullMarked;
