package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The decoder alone, where each cut is exactly where the test puts it: every way to cut a row of
/// `framing/cases.txt` in two gives the same requests and the same refusal.
class FramingCutsTest {
    private static final int ROW_BYTES_MAX = 600;

    @Test
    void i82NoCutChangesWhatIsDecoded() {
        for (FramingCase row : FramingCase.all()) {
            byte[] raw = row.raw();
            if (raw.length <= ROW_BYTES_MAX) {
                String whole = decode(raw, raw.length);
                for (int cut = 1; cut < raw.length; cut++) {
                    assertThat(decode(raw, cut)).as("%s cut at %d", row, cut).isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void i82EachRowRefusesAtMostOnceAndPassesNothingAfterwards() {
        for (FramingCase row : FramingCase.all()) {
            String decoded = decode(row.raw(), row.raw().length);
            int refused = decoded.indexOf("refused");
            if (refused >= 0) {
                assertThat(decoded.substring(refused)).as(row.name()).doesNotContain("passed ");
            }
        }
    }

    /// What the decoder makes of the bytes before a cut, then of those after it.
    private static String decode(byte[] raw, int cut) {
        StringBuilder log = new StringBuilder();
        StrictRequestDecoder decoder =
                new StrictRequestDecoder(HttpServerSettings.Limits.DEFAULT, new byte[16], () -> {});
        EmbeddedChannel channel = new EmbeddedChannel(decoder, new Log(decoder, log));
        for (List<Integer> part : List.of(List.of(0, cut), List.of(cut, raw.length))) {
            ByteBuf bytes =
                    Unpooled.copiedBuffer(raw, part.getFirst(), part.getLast() - part.getFirst());
            channel.writeInbound(bytes);
        }
        channel.finishAndReleaseAll();
        return log.toString();
    }

    private static final class Log extends ChannelInboundHandlerAdapter {
        private final StrictRequestDecoder decoder;
        private final StringBuilder log;
        private final StringBuilder body = new StringBuilder();

        Log(StrictRequestDecoder decoder, StringBuilder log) {
            this.decoder = decoder;
            this.log = log;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            switch (message) {
                case StrictRequestDecoder.Request request -> {
                    log.append("passed ").append(request.method()).append(request.uri());
                    log.append(request.headers().entries());
                    body.setLength(0);
                }
                case StrictRequestDecoder.Refusal refusal ->
                        log.append("refused ").append(refusal.fault());
                case HttpContent content -> {
                    body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                    content.release();
                    if (content instanceof LastHttpContent) {
                        log.append("body ").append(body).append('\n');
                        decoder.hold();
                        decoder.release();
                    }
                }
                default -> throw new AssertionError(message);
            }
        }
    }
}
