/// The provider that needs no account: deterministic, free, never to be mistaken for a real model.
@NullMarked
package tollgate.provider.sandbox;

import org.jspecify.annotations.NullMarked;
