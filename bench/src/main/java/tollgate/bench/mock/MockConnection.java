package tollgate.bench.mock;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// One caller of the mock. Models named `hold-…` get a stream that falls silent after its first
/// word; `stream` and `stream_options.include_usage` are as in OpenAI's protocol.
final class MockConnection extends ChannelInboundHandlerAdapter {
    private final MockAnswers answers;
    private final Pace pace;
    private final LongAdder requests;
    private final RequestReader request = new RequestReader();

    MockConnection(MockAnswers answers, Pace pace, LongAdder requests) {
        this.answers = answers;
        this.pace = pace;
        this.requests = requests;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        try {
            request.take(bytes);
        } finally {
            bytes.release();
        }
        while (request.complete()) {
            answer(context);
            request.drop();
        }
    }

    private void answer(ChannelHandlerContext context) {
        if (request.startsWith("GET ")) {
            var _ = context.writeAndFlush(count(), context.voidPromise());
            return;
        }
        requests.increment();
        if (request.has("model", "\"hold-")) {
            write(context, answers.opening());
        } else if (request.has("stream", "true")) {
            boolean usage = request.has("include_usage", "true");
            stream(context, usage ? answers.streamWithUsage() : answers.stream());
        } else {
            write(context, answers.whole());
        }
    }

    private void stream(ChannelHandlerContext context, List<ByteBuf> parts) {
        switch (pace) {
            case TURNS -> turn(context, parts, 0);
            case BURST -> parts.forEach(part -> write(context, part));
            case ONCE -> {
                for (ByteBuf part : parts) {
                    var _ = context.write(part.duplicate(), context.voidPromise());
                }
                context.flush();
            }
        }
    }

    private static void turn(ChannelHandlerContext context, List<ByteBuf> parts, int next) {
        if (!context.channel().isActive()) {
            return;
        }
        write(context, parts.get(next));
        if (next + 1 < parts.size()) {
            context.executor().execute(() -> turn(context, parts, next + 1));
        }
    }

    private static void write(ChannelHandlerContext context, ByteBuf constant) {
        var _ = context.writeAndFlush(constant.duplicate(), context.voidPromise());
    }

    private ByteBuf count() {
        String body = Long.toString(requests.sum());
        String head = "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n".formatted(body.length());
        return Unpooled.copiedBuffer(head + body, StandardCharsets.US_ASCII);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }
}
