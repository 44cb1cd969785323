package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/// The one place that reaches below Vert.x' public API for sockets and loops. Vert.x accepts,
/// connects, resolves names and speaks TLS; the HTTP on top is ours, because its own HTTP handlers
/// let ambiguous requests through, cannot refuse without a reset that eats the answer, and cost
/// several allocations a request. Adding handlers before `"handler"` is the way that Vert.x'
/// documentation of [NetSocketInternal] names; its own handler behind ours sees no bytes and only
/// keeps the books of open sockets.
final class Sockets {
    /// What one direction of a connection may lie in the kernel's buffers, which would otherwise
    /// grow to tens of megabytes for each slow reader (I-86); the kernel doubles it.
    static final int KERNEL_BYTES_MAX = 256 * 1024;

    private static final String VERTX_HANDLER = "handler";

    private Sockets() {}

    static Channel channel(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext().channel();
    }

    /// Puts our handlers between the bytes (behind TLS) and Vert.x.
    static void add(NetSocket socket, ChannelHandler decoder, ChannelHandler connection) {
        ChannelPipeline pipeline = channel(socket).pipeline();
        pipeline.addBefore(VERTX_HANDLER, "decoder", decoder);
        pipeline.addBefore(VERTX_HANDLER, "connection", connection);
    }

    /// Bytes that were written and that the kernel has not taken yet.
    static long unsent(Channel channel) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    /// Closes at once; that it is closed comes as an event. From our own place in the pipeline,
    /// since Vert.x' handler behind us would first wait until all that was written has gone.
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits, and it cannot fail
    static void close(ChannelHandlerContext context) {
        context.close();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits, and it cannot fail
    static void turnAway(NetSocket socket) {
        channel(socket).close();
    }

    /// Writes without a promise; a failure comes as an exception in the pipeline.
    @SuppressWarnings("FutureReturnValueIgnored") // the void promise
    static void write(ChannelHandlerContext context, ByteBuf bytes) {
        context.write(bytes, context.voidPromise());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the listener is the last to know
    static void write(ChannelHandlerContext context, ByteBuf bytes, ChannelFutureListener told) {
        context.write(bytes).addListener(told);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // if it fails, the connection is gone anyway
    static void shutdownOutput(DuplexChannel channel) {
        channel.shutdownOutput();
    }

    /// Flushes, then tells whether all that was written has gone.
    @SuppressWarnings("FutureReturnValueIgnored") // the listener is the last to know
    static void flushThen(ChannelHandlerContext context, ChannelFutureListener told) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(told);
    }

    static EventLoop eventLoop(Context context) {
        return ((ContextInternal) context).nettyEventLoop();
    }
}
