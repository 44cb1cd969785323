package tollgate.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// One connection that sends a request, reads its answer, and reports it. Confined to its event
/// loop.
final class Caller extends ChannelInboundHandlerAdapter {
    /// Hears of every call exactly once.
    interface Listener {
        /// The call is over.
        ///
        /// @param fault what was wrong with the answer, or null
        void answered(Caller caller, @Nullable String fault);

        /// A further part of the answer came.
        default void progressed(Caller caller) {}
    }

    private static final int READ_BYTES = 64 * 1024;

    private final Channel channel;
    private final Listener listener;
    private final byte[] scratch = new byte[READ_BYTES];
    private final AnswerReader answer = new AnswerReader();
    private @Nullable Expect expect;
    private long sentNanos;

    Caller(Channel channel, Listener listener) {
        this.channel = channel;
        this.listener = listener;
    }

    /// Sends a request; the one before must have been answered.
    ///
    /// @param intendedNanos the moment from which its latency counts
    void send(Shot shot, long intendedNanos) {
        answer.clear();
        expect = shot.expect();
        sentNanos = intendedNanos;
        var _ = channel.writeAndFlush(shot.request(channel.alloc()), channel.voidPromise());
    }

    long sentNanos() {
        return sentNanos;
    }

    AnswerReader answer() {
        return answer;
    }

    /// Whether another request can be sent on this connection.
    boolean reusable() {
        return channel.isActive() && answer.complete() && !answer.closing();
    }

    void close() {
        expect = null;
        var _ = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                int length = Math.min(bytes.readableBytes(), scratch.length);
                bytes.readBytes(scratch, 0, length);
                take(length);
            }
        } finally {
            bytes.release();
        }
    }

    private void take(int length) {
        if (expect == null) {
            return;
        }
        int used = answer.take(scratch, 0, length);
        if (answer.broken()) {
            finish("broken framing after %d bytes of body".formatted(answer.bodyBytes()));
        } else if (answer.complete()) {
            finish(used < length ? "bytes behind the end of the answer" : expect.fault(answer));
        } else {
            listener.progressed(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (expect != null) {
            String where = answer.begun() ? "inside the answer" : "before the answer";
            finish("connection closed " + where);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (expect != null) {
            finish(cause.toString());
        }
        var _ = channel.close();
    }

    private void finish(@Nullable String fault) {
        expect = null;
        listener.answered(this, fault);
    }
}
