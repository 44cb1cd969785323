/// Pins every key, default and message of the configuration.
@NullMarked
package tollgate.config;

import org.jspecify.annotations.NullMarked;
