/// What the operator wrote: `tollgate.yaml`, `.env`, flags, checked before anything starts.
@NullMarked
package tollgate.config;

import org.jspecify.annotations.NullMarked;
