package tollgate.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.function.Consumer;

/// Opens connections to one port of this machine, on one event loop.
final class Dialer {
    private static final int CONNECT_MS_MAX = 5_000;

    private final EventLoop loop;
    private final int port;

    Dialer(EventLoop loop, int port) {
        this.loop = loop;
        this.port = port;
    }

    EventLoop loop() {
        return loop;
    }

    /// Connects; exactly one of the two is called, on the event loop.
    void dial(Caller.Listener listener, Consumer<Caller> connected, Consumer<Throwable> failed) {
        var _ =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS_MAX)
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        channel.pipeline()
                                                .addLast("caller", new Caller(channel, listener));
                                    }
                                })
                        .connect("127.0.0.1", port)
                        .addListener((ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                connected.accept(done.channel().pipeline().get(Caller.class));
                            } else {
                                failed.accept(done.cause());
                            }
                        });
    }
}
