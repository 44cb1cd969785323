package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollgate.http.Reply.Failure;

/// One connection to an origin: one call at a time, then back to its stack. On its event loop.
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements StrictResponseDecoder.Listener {
    private static final int INTERIM_ANSWERS_MAX = 8;
    private static final int HEAD_BYTES_GUESS = 512;

    /// What is copied out of a body at once; more would lie in direct memory until it is sent.
    private static final int SLICE_BYTES_MAX = 128 << 10;

    private static final byte[] VERSION = Answers.ascii(" HTTP/1.1\r\nhost: ");
    private static final byte[] LENGTH = Answers.ascii("content-length: ");

    private final ConnectionStack stack;
    private final Channel channel;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientCall call;
    private ByteBuf unsent = Unpooled.EMPTY_BUFFER;
    private int unsentAt;
    private int unsentEnd;
    private boolean answered; // the last byte of the answer has been decoded
    private boolean interim;
    private boolean reusable;
    private boolean closed;
    private boolean braked;
    private int interims;
    private long idleSinceNanos;

    ClientConnection(ConnectionStack stack, Channel channel) {
        this.stack = stack;
        this.channel = channel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    boolean usable() {
        return !closed && channel.isActive();
    }

    long idleSinceNanos() {
        return idleSinceNanos;
    }

    void idleSinceNanos(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    /// Writes a request: a small one whole, of a large one as much as the kernel takes in time.
    void send(ClientCall next) {
        call = next;
        answered = false;
        interims = 0;
        next.sentOn(this);
        Outbound outbound = next.outbound();
        unsent = Buffers.view(outbound.body());
        unsentAt = unsent.readerIndex();
        unsentEnd = unsentAt + outbound.body().length();
        int first = Math.min(SLICE_BYTES_MAX, unsentEnd - unsentAt);
        ByteBuf out = channel.alloc().directBuffer(HEAD_BYTES_GUESS + first);
        writeHead(out, outbound);
        writeSlice(out, first);
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        Sockets.write(ctx, out);
        ctx.flush();
        sendMore();
    }

    private void writeHead(ByteBuf out, Outbound outbound) {
        out.writeCharSequence(outbound.method(), StandardCharsets.US_ASCII);
        out.writeByte(' ');
        out.writeCharSequence(outbound.path(), StandardCharsets.US_ASCII);
        out.writeBytes(VERSION);
        out.writeBytes(stack.authority());
        Answers.endLine(out);
        outbound.headers().writeTo(out);
        int length = outbound.body().length();
        if (length > 0 || !outbound.method().equals("GET")) {
            out.writeBytes(LENGTH);
            Answers.writeDecimal(out, length);
            Answers.endLine(out);
        }
        Answers.endLine(out);
    }

    private void writeSlice(ByteBuf out, int bytes) {
        out.writeBytes(unsent, unsentAt, bytes);
        unsentAt += bytes;
    }

    private void sendMore() {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        while (unsentAt < unsentEnd && channel.isWritable() && !closed) {
            int bytes = Math.min(SLICE_BYTES_MAX, unsentEnd - unsentAt);
            ByteBuf out = channel.alloc().directBuffer(bytes);
            writeSlice(out, bytes);
            Sockets.write(ctx, out);
            ctx.flush();
        }
        if (unsentAt == unsentEnd) {
            unsent = Unpooled.EMPTY_BUFFER;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        sendMore();
    }

    @Override
    public boolean expecting() {
        return call != null && !answered;
    }

    @Override
    public boolean bodiless() {
        return call != null && call.outbound().method().equals(HttpMethod.HEAD.name());
    }

    @Override
    public void surplus() {
        reusable = false;
        if (call == null) {
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ClientCall current = call;
        if (current == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpResponse response) {
            head(current, response);
        }
        if (message instanceof HttpContent content) {
            body(current, content);
        }
    }

    private void head(ClientCall current, HttpResponse response) {
        int status = response.status().code();
        interim = status < 200;
        if (response.decoderResult().isFailure()
                || status > 599
                || status == 101
                || (interim && ++interims > INTERIM_ANSWERS_MAX)) {
            fail(Failure.BROKEN, response.decoderResult().cause());
        } else if (!interim) {
            reusable = HttpUtil.isKeepAlive(response);
            current.arrived(response);
        }
    }

    private void body(ClientCall current, HttpContent content) {
        if (call == null || interim) { // failed in this very message, or no answer yet
            content.release();
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            fail(Failure.BROKEN, content.decoderResult().cause());
            return;
        }
        current.piece(content.content());
        if (content instanceof LastHttpContent) {
            answered = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        turnOver();
    }

    /// What one read brought is decoded: only now is it known whether more came than was due.
    private void turnOver() {
        ClientCall current = call;
        if (current == null) {
            return;
        }
        if (answered) {
            call = null;
            current.ended();
            giveBack();
        }
        current.deliver();
        if (!answered && !braked && !current.wantsMore() && call == current) {
            braked = true;
            channel.config().setAutoRead(false);
        }
    }

    private void giveBack() {
        boolean sent = unsentAt == unsentEnd && Sockets.unsent(channel) == 0;
        if (reusable && sent && usable()) {
            readOn();
            stack.giveBack(this);
        } else {
            close();
        }
    }

    void readOn() {
        if (braked) {
            braked = false;
            channel.config().setAutoRead(true);
        }
    }

    /// Closes at once, without draining.
    void close() {
        if (!closed) {
            closed = true;
            call = null;
            stack.closed(this);
            Sockets.close(Objects.requireNonNull(context));
        }
    }

    private void fail(Failure why, @Nullable Throwable cause) {
        ClientCall failed = call;
        close();
        if (failed != null) {
            failed.fail(why, cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (answered) {
            turnOver(); // an answer that ended with its connection
        }
        fail(Failure.BROKEN, null);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Failure.BROKEN, cause);
    }
}
