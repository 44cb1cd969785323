package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;

/// Netty's request decoder, made strict: one request on the wire is one request handled, and any
/// ambiguity is a [Refusal] after which nothing is decoded any more (I-82).
///
/// It decodes one request at a time: from a request's end until [#release()] it holds what the
/// caller sent early, undecoded, so that a caller who pipelines costs one read buffer and not a
/// queue of objects.
///
/// One instance a connection, on its event loop.
final class StrictRequestDecoder extends HttpRequestDecoder {
    /// Goes to the connection in place of a request. `head` is the request as far as it could be
    /// read, or null.
    record Refusal(Fault fault, @Nullable Request head) {}

    /// A request's head that passed, with its target taken apart.
    static final class Request extends DefaultHttpRequest {
        private final Target target;

        Request(HttpVersion version, HttpMethod method, String uri, HttpHeadersFactory factory) {
            super(version, method, uri, factory);
            this.target = Target.of(uri);
        }

        Target target() {
            return target;
        }
    }

    /// Told when bytes come that cannot be decoded yet, or never will: reading may stop.
    interface Brake {
        void stopReading();
    }

    /// What is read and thrown away after a refusal, so that a caller who is still sending reads
    /// the refusal and not a reset.
    static final int SWALLOWED_BYTES_MAX = 256 << 10;

    private static final int CHUNK_BYTES_MAX = 64 << 10;

    private enum Part {
        HEAD,
        SIZED_BODY,
        CHUNKED_BODY,
        REFUSED
    }

    private final HeadCheck headCheck;
    private final HeadRules rules = new HeadRules();
    private final ChunkedCheck chunkedCheck = new ChunkedCheck();
    private final Brake brake;

    private Part part = Part.HEAD;
    private int checked; // bytes after the reader index that a check has passed
    private int wordEnd;
    private int swallowed;
    private boolean holding;
    private boolean early;
    private boolean decoding;
    private @Nullable ChannelHandlerContext self;

    StrictRequestDecoder(HttpServerSettings.Limits limits, byte[] scratch, Brake brake) {
        // Netty's own limits stand behind ours, which have words; they must never be met first.
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.lineBytesMax() + 2)
                        .setMaxHeaderSize(limits.headBytesMax() + 2)
                        .setMaxChunkSize(CHUNK_BYTES_MAX));
        this.headCheck = new HeadCheck(limits, scratch);
        this.brake = brake;
    }

    /// Whether a head has begun and is not complete.
    boolean insideHead() {
        return part == Part.HEAD && headCheck.begun();
    }

    /// Decodes nothing until [#release()].
    void hold() {
        holding = true;
    }

    /// Goes on with the next request, which may have come already.
    void release() throws Exception {
        holding = false;
        if (early && !decoding) { // else the loop that called us goes on by itself
            early = false;
            channelRead(Objects.requireNonNull(self), Unpooled.EMPTY_BUFFER);
        }
    }

    /// Throws away what still comes.
    void swallow() {
        part = Part.REFUSED;
        holding = false;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        self = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
        boolean outermost = !decoding;
        decoding = true;
        try {
            super.channelRead(ctx, input);
        } finally {
            decoding = !outermost;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (part == Part.REFUSED || (holding && early)) {
            ctx.fireChannelReadComplete(); // Netty's would read on, having decoded nothing
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
            throws Exception {
        if (part == Part.REFUSED) {
            swallow(buffer);
        } else if (holding) {
            early = true;
            brake.stopReading();
        } else {
            decodeChecked(ctx, buffer, out);
        }
    }

    private void swallow(ByteBuf buffer) {
        swallowed += buffer.readableBytes();
        buffer.skipBytes(buffer.readableBytes());
        if (swallowed >= SWALLOWED_BYTES_MAX) {
            brake.stopReading();
        }
    }

    private void decodeChecked(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
            throws Exception {
        int from = buffer.readerIndex();
        try {
            if (!check(buffer)) {
                return;
            }
            boolean atHead = part == Part.HEAD;
            super.decode(ctx, buffer, out);
            checked = Math.max(0, checked - (buffer.readerIndex() - from));
            if (!out.isEmpty()) {
                decoded((HttpObject) out.getLast(), atHead ? (HttpObject) out.getFirst() : null);
            }
        } catch (Refused refused) {
            refuse(refused, buffer, out);
        }
    }

    /// Runs the check of this part over the bytes that it has not seen.
    private boolean check(ByteBuf buffer) {
        int unseen = buffer.readerIndex() + checked;
        if (part == Part.HEAD) {
            int end = headCheck.scan(buffer, unseen);
            checked = end < 0 ? buffer.readableBytes() : 0;
            return end >= 0;
        }
        if (part == Part.CHUNKED_BODY) {
            checked = chunkedCheck.scan(buffer, unseen) - buffer.readerIndex();
        }
        return true;
    }

    private void decoded(HttpObject last, @Nullable HttpObject head) {
        if (last.decoderResult().isFailure()) {
            Throwable cause = last.decoderResult().cause();
            throw cause instanceof Refused refused
                    ? refused
                    : Refused.framing("the request is malformed");
        }
        if (head instanceof Request request) {
            rules.check(request.protocolVersion(), request.headers());
            rules.reset();
            headCheck.reset();
            chunkedCheck.reset();
            boolean chunked = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
            part = chunked ? Part.CHUNKED_BODY : Part.SIZED_BODY;
        }
        if (last instanceof LastHttpContent) {
            part = Part.HEAD;
        }
    }

    private void refuse(Refused refused, ByteBuf buffer, List<Object> out) {
        Request head = null;
        for (Object each : out) {
            if (each instanceof Request request) {
                head = request;
            }
            ReferenceCountUtil.release(each);
        }
        out.clear();
        part = Part.REFUSED;
        swallow(buffer);
        out.add(new Refusal(refused.fault(), head));
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        wordEnd = start + length;
        if (start != 0) {
            throw Refused.framing("the request line does not begin with a method");
        }
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        checkOneSpace(start);
        wordEnd = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        checkOneSpace(start);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void checkOneSpace(int start) {
        if (start != wordEnd + 1) {
            throw Refused.framing("the request line has spaces to spare (expected: two)");
        }
    }

    @Override
    protected HttpMessage createMessage(String[] words) {
        HttpVersion version = HeadRules.version(words[2]);
        return new Request(version, HeadRules.method(words[0]), words[1], headersFactory);
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (length == 0) {
            throw Refused.framing("a header field has no name");
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        rules.field(name);
        return name;
    }

    /// Called by Netty before the head is complete, and before it would drop one of the two.
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw Refused.framing("Content-Length and Transfer-Encoding stand together");
    }
}
