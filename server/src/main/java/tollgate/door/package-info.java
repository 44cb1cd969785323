/// What all doors share: the table of routes, HTTP manners, who may pass.
@NullMarked
package tollgate.door;

import org.jspecify.annotations.NullMarked;
