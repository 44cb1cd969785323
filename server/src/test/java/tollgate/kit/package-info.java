/// What the tests of money and wire stand on: a scripted provider, a client that speaks raw bytes,
/// an independent ledger to compare with, and recorded traffic. Nothing here imports the product.
@NullMarked
package tollgate.kit;

import org.jspecify.annotations.NullMarked;
