/// Tests of the readers of public lists.
@NullMarked
package tollgate.catalog.list;

import org.jspecify.annotations.NullMarked;
