package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.AsciiString;
import java.util.List;

/// Netty's response decoder, which refuses answers whose length two readers could see differently,
/// and bytes that no call asked for.
///
/// One instance a connection, on its event loop.
final class StrictResponseDecoder extends HttpResponseDecoder {
    private static final int LINE_BYTES_MAX = 8 << 10;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    /// What a decoder must know of the call and tell its connection.
    interface Listener {
        /// Whether an answer is due.
        boolean expecting();

        /// Whether the answer to this request has no body whatever its head says.
        boolean bodiless();

        /// Bytes came while no answer was due.
        void surplus();
    }

    private final Listener listener;
    private int framings;

    StrictResponseDecoder(Listener listener) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(LINE_BYTES_MAX)
                        .setMaxHeaderSize(HEAD_BYTES_MAX)
                        .setMaxChunkSize(CHUNK_BYTES_MAX));
        this.listener = listener;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
            throws Exception {
        if (listener.expecting()) {
            super.decode(ctx, buffer, out);
        } else {
            buffer.skipBytes(buffer.readableBytes());
            listener.surplus();
        }
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (line[start + length] != ':') { // Netty takes a space before the colon, or for it
            throw new IllegalArgumentException("a field's name does not end at a colon");
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        boolean framing =
                switch (length) {
                    case 14 -> name.contentEqualsIgnoreCase(HttpHeaderNames.CONTENT_LENGTH);
                    case 17 -> name.contentEqualsIgnoreCase(HttpHeaderNames.TRANSFER_ENCODING);
                    default -> false;
                };
        framings += framing ? 1 : 0;
        return name;
    }

    /// Called by Netty once a complete head.
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        String coding = message.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (framings > 1 || (coding != null && !coding.equalsIgnoreCase("chunked"))) {
            throw new IllegalArgumentException("the answer's length is ambiguous");
        }
        framings = 0;
        return super.isContentAlwaysEmpty(message) || listener.bodiless();
    }
}
