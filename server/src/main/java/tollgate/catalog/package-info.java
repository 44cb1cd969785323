/// What is for sale: models, the routes that serve them, and their versioned prices.
@NullMarked
package tollgate.catalog;

import org.jspecify.annotations.NullMarked;
