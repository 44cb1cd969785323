package tollgate.bench.mock;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// The mock provider: OpenAI chat completions at any path, and at any GET the number of completions
/// asked so far. The port is free to choose, 0 = any.
public final class MockUpstream implements AutoCloseable {
    /// Begins the line that tells the port.
    public static final String PORT_START = "mock on port ";

    private static final int BACKLOG = 4_096;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LongAdder requests = new LongAdder();
    private final Channel server;

    public MockUpstream(int port, Pace pace) {
        var answers = new MockAnswers();
        this.server =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new MockConnection(
                                                                answers, pace, requests));
                                    }
                                })
                        .bind("127.0.0.1", port)
                        .syncUninterruptibly()
                        .channel();
    }

    /// Runs the mock as a process: prints its port, ends when its standard input does, so that it
    /// never outlives who started it.
    ///
    /// @param args the pace
    public static void main(String[] args) throws IOException {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        Locale.setDefault(Locale.ROOT);
        try (var mock = new MockUpstream(0, Pace.parse(args[0]))) {
            System.out.println(PORT_START + mock.port());
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        }
    }

    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    public long requests() {
        return requests.sum();
    }

    @Override
    public void close() {
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    }
}
