/// Tests of the server and the client over real sockets, without a fake in between.
@NullMarked
package tollgate.http;

import org.jspecify.annotations.NullMarked;
