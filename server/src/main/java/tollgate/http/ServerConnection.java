package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;

/// One caller's connection: gathers a request, hands it to the [Front], sends what the exchange
/// says, then takes the next. One exchange at a time, all on its event loop.
///
/// Deadlines cost nothing on the way: a change of phase counts up [#steps], and the loop's tick
/// sees how long a connection has stood at the same step.
final class ServerConnection extends ChannelInboundHandlerAdapter
        implements StrictRequestDecoder.Brake {
    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWER,
        CLOSING
    }

    private final ServerLoop loop;
    private final Channel channel;
    private final StrictRequestDecoder decoder;
    private int index;
    private @Nullable ChannelHandlerContext context;
    private @Nullable String remoteAddress;
    private @Nullable ServerExchange exchange;
    private boolean gathering;
    private boolean closing;
    private boolean braked;
    private boolean gone;
    private boolean flushing;

    private int steps;
    private int stepsSeen = -1;
    private Phase phaseSeen = Phase.IDLE;
    private long phaseSinceNanos;
    private long unsentSeen;
    private long unsentSinceNanos;

    ServerConnection(ServerLoop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.decoder =
                new StrictRequestDecoder(loop.server().settings().limits(), loop.scratch(), this);
    }

    int index() {
        return index;
    }

    void index(int other) {
        index = other;
    }

    StrictRequestDecoder decoder() {
        return decoder;
    }

    ServerLoop loop() {
        return loop;
    }

    EventLoop eventLoop() {
        return loop.eventLoop();
    }

    Channel channel() {
        return channel;
    }

    String remoteAddress() {
        if (remoteAddress == null) {
            remoteAddress =
                    channel.remoteAddress() instanceof InetSocketAddress inet
                            ? inet.getAddress().getHostAddress()
                            : "";
        }
        return remoteAddress;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case StrictRequestDecoder.Request request -> begin(request);
            case HttpContent content -> gather(content);
            case StrictRequestDecoder.Refusal(var fault, var head) -> {
                ServerExchange refused = exchange;
                refuse(refused == null ? ServerExchange.unread(this, head) : refused, fault);
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(StrictRequestDecoder.Request request) {
        steps++;
        ServerExchange begun = new ServerExchange(this, request);
        exchange = begun;
        gathering = true;
        try {
            if (begun.expectBody(loop.front())) {
                write(Answers.goOn(channel.alloc()));
            }
        } catch (Refused refused) {
            refuse(begun, refused.fault());
        } catch (RuntimeException | Error problem) {
            fail(begun, problem);
        }
    }

    private void gather(HttpContent content) {
        ServerExchange current = exchange;
        if (current == null || !gathering) {
            content.release();
            return;
        }
        try {
            current.gather(content.content());
            if (content instanceof LastHttpContent) {
                steps++;
                gathering = false;
                decoder.hold();
                current.complete();
            }
        } catch (Refused refused) {
            refuse(current, refused.fault());
        } finally {
            content.release();
        }
    }

    /// Hands a whole request to the front.
    void handle(ServerExchange whole) {
        if (whole.gone()) {
            return;
        }
        try {
            loop.front().handle(whole);
        } catch (RuntimeException | Error problem) {
            fail(whole, problem);
        }
    }

    void fail(ServerExchange failed, Throwable problem) {
        loop.report(problem);
        if (failed.answered()) {
            close();
        } else {
            refuse(failed, new Fault.Internal(failed.id().toString()));
        }
    }

    /// Answers in the front's words, reads no request any more, and closes.
    void refuse(ServerExchange refused, Fault fault) {
        if (closing || gone) {
            return;
        }
        steps++;
        exchange = refused;
        gathering = false;
        refused.closeAfter();
        refused.freeBody();
        decoder.swallow();
        try {
            loop.front().refuse(refused, fault);
        } catch (RuntimeException | Error problem) {
            loop.report(problem);
            close();
        }
    }

    /// Goes on after an answer's last byte was written.
    void answered(ServerExchange done) {
        steps++;
        exchange = null;
        done.freeBody();
        if (done.closes()) {
            closeAfterFlush();
            return;
        }
        if (braked) {
            braked = false;
            channel.config().setAutoRead(true);
        }
        try {
            decoder.release();
        } catch (Exception problem) {
            exceptionCaught(Objects.requireNonNull(context), problem);
        }
    }

    /// Sends what was written, says that no more comes, and closes when the caller did, or after a
    /// while: a close with unread bytes would be a reset, and eat the answer.
    private void closeAfterFlush() {
        closing = true;
        decoder.swallow();
        Sockets.flushThen(
                Objects.requireNonNull(context),
                written -> {
                    if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
                        Sockets.shutdownOutput(duplex);
                    }
                });
    }

    /// Sends what was written, then breaks the connection.
    void cut() {
        Sockets.flushThen(Objects.requireNonNull(context), _ -> close());
    }

    void write(ByteBuf bytes) {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        Sockets.write(ctx, bytes);
        flushLater();
    }

    void write(ByteBuf bytes, ChannelFutureListener told) {
        Sockets.write(Objects.requireNonNull(context), bytes, told);
        flushLater();
    }

    private void flushLater() {
        if (!flushing) {
            flushing = true;
            loop.flushLater(this);
        }
    }

    void flush() {
        flushing = false;
        Objects.requireNonNull(context).flush();
    }

    /// Epoll still tells of a caller who leaves; Java's own transport would not before the next
    /// write.
    @Override
    public void stopReading() {
        if (!braked) {
            braked = true;
            channel.config().setAutoRead(false);
        }
    }

    /// Runs what the front gave us; what it throws must not disturb the connection.
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error problem) {
            loop.report(problem);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null && channel.isWritable()) {
            exchange.drained();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        left();
        ctx.fireChannelInactive();
    }

    /// Tidies up after the caller; harmless a second time.
    void left() {
        if (gone) {
            return;
        }
        gone = true;
        loop.remove(this);
        ServerExchange current = exchange;
        exchange = null;
        if (current != null) {
            current.freeBody();
            current.callerLeft();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) { // those are callers who left
            loop.report(cause);
        }
        close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // Vert.x' shutdown event ends here: it would close connections that are to be drained.
        ReferenceCountUtil.release(event);
    }

    void closeIfIdle() {
        if (phase() == Phase.IDLE) {
            close();
        }
    }

    /// Closes at once, whatever is still to be sent.
    void close() {
        Sockets.close(Objects.requireNonNull(context));
    }

    private Phase phase() {
        if (closing) {
            return Phase.CLOSING;
        }
        if (exchange != null) {
            return gathering ? Phase.BODY : Phase.ANSWER;
        }
        return decoder.insideHead() ? Phase.HEAD : Phase.IDLE;
    }

    void tick(long nowNanos) {
        if (stalled(nowNanos)) {
            close();
            return;
        }
        Phase phase = phase();
        if (steps != stepsSeen || phase != phaseSeen || unsentSeen > 0) {
            stepsSeen = steps;
            phaseSeen = phase;
            phaseSinceNanos = nowNanos;
            return;
        }
        HttpServerSettings.Deadlines deadlines = loop.server().settings().deadlines();
        long waited = nowNanos - phaseSinceNanos;
        switch (phase) {
            case HEAD -> {
                if (waited >= deadlines.head().toNanos()) {
                    refuseLate("head");
                }
            }
            case BODY -> {
                if (waited >= deadlines.body().toNanos()) {
                    refuseLate("body");
                }
            }
            case IDLE -> closeAfter(waited, deadlines.idle().toNanos());
            case CLOSING -> closeAfter(waited, deadlines.linger().toNanos());
            case ANSWER -> {}
        }
    }

    private void closeAfter(long waited, long nanos) {
        if (waited >= nanos) {
            close();
        }
    }

    private void refuseLate(String part) {
        ServerExchange late = exchange;
        refuse(
                late == null ? ServerExchange.unread(this, null) : late,
                new Fault.BadFraming(408, "the request's %s took too long".formatted(part)));
    }

    /// Whether the caller has not taken a byte of what waits for it for too long.
    private boolean stalled(long nowNanos) {
        long unsent = Sockets.unsent(channel);
        if (unsent != unsentSeen) {
            unsentSeen = unsent;
            unsentSinceNanos = nowNanos;
            return false;
        }
        return unsent > 0
                && nowNanos - unsentSinceNanos
                        >= loop.server().settings().deadlines().stall().toNanos();
    }
}
