@NullMarked
package tollgate.provider.sandbox;

import org.jspecify.annotations.NullMarked;
