/// Tests of prices and the catalogue.
@NullMarked
package tollgate.catalog;

import org.jspecify.annotations.NullMarked;
