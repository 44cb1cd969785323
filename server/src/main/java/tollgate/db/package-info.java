/// The database beside the journal: one writer with group commit, readers, migrations, and the lock
/// on the data folder.
@NullMarked
package tollgate.db;

import org.jspecify.annotations.NullMarked;
