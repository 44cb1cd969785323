package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/// Between byte arrays and Vert.x' buffers without copying. [BufferInternal] is the one internal
/// type used here: the public API copies an array on the way in and on the way out, at each step of
/// a call.
public final class Buffers {
    private static final Buffer EMPTY = Buffer.buffer();

    private Buffers() {}

    /// A buffer over these very bytes, which must not change any more.
    public static Buffer wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
    }

    /// The bytes of a buffer, which must not be changed: its own array where it has exactly one,
    /// else a copy.
    public static byte[] bytes(Buffer buffer) {
        ByteBuf view = view(buffer);
        if (view.hasArray()
                && view.arrayOffset() == 0
                && view.readerIndex() == 0
                && view.array().length == view.readableBytes()) {
            return view.array();
        }
        return buffer.getBytes();
    }

    /// Netty's buffer below a buffer, to be read by index only: its reader index is shared.
    static ByteBuf view(Buffer buffer) {
        return ((BufferInternal) buffer).unwrap();
    }
}
