/// The official SDKs, unmodified, against the running gateway.
@NullMarked
package tollgate.sdk;

import org.jspecify.annotations.NullMarked;
