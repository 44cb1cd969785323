/// Group commit, outages, locks and migrations, on real files.
@NullMarked
package tollgate.db;

import org.jspecify.annotations.NullMarked;
