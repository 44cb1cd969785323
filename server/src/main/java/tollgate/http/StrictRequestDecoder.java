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
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
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

    private static final Pattern SOME_VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");
    private static final int LENGTH_DIGITS_MAX = 18; // what a long holds
    private static final int CHUNK_BYTES_MAX = 64 << 10;
    private static final Map<String, HttpMethod> METHODS =
            Map.of(
                    "GET", HttpMethod.GET,
                    "HEAD", HttpMethod.HEAD,
                    "POST", HttpMethod.POST,
                    "PUT", HttpMethod.PUT,
                    "PATCH", HttpMethod.PATCH,
                    "DELETE", HttpMethod.DELETE,
                    "OPTIONS", HttpMethod.OPTIONS);

    private enum Part {
        HEAD,
        SIZED_BODY,
        CHUNKED_BODY,
        REFUSED
    }

    private final HeadCheck headCheck;
    private final ChunkedCheck chunkedCheck = new ChunkedCheck();
    private final Brake brake;

    private Part part = Part.HEAD;
    private int checked; // bytes after the reader index that a check has passed
    private int wordEnd;
    private int hosts;
    private int framings; // lines of Content-Length or Transfer-Encoding
    private int swallowed;
    private boolean holding;
    private boolean early;
    private boolean decoding;
    private @Nullable ChannelHandlerContext self;

    StrictRequestDecoder(HttpServerSettings.Limits limits, Brake brake) {
        // Netty's own limits stand behind ours, which have words; they must never be met first.
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.lineBytesMax() + 2)
                        .setMaxHeaderSize(limits.headBytesMax() + 2)
                        .setMaxChunkSize(CHUNK_BYTES_MAX));
        this.headCheck = new HeadCheck(limits);
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
        if (holding && early) {
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
            checkHead(request);
            headCheck.reset();
            hosts = 0;
            framings = 0;
            boolean chunked = HttpUtil.isTransferEncodingChunked(request);
            chunkedCheck.reset();
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
        HttpVersion version = version(words[2]);
        HttpMethod method = METHODS.get(words[0]);
        if (method == null) {
            throw Refused.of(
                    AsciiSet.TOKEN.spells(words[0]) ? 405 : 400, "the method is none of ours");
        }
        return new Request(version, method, words[1], headersFactory);
    }

    private static HttpVersion version(String word) {
        return switch (word) {
            case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
            case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
            default -> {
                boolean wellFormed = SOME_VERSION.matcher(word).matches();
                throw Refused.of(
                        wellFormed ? 505 : 400, "the version is neither HTTP/1.1 nor HTTP/1.0");
            }
        };
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (length == 0) {
            throw Refused.framing("a header field has no name");
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        switch (length) {
            case 4 -> hosts += name.contentEqualsIgnoreCase(HttpHeaderNames.HOST) ? 1 : 0;
            case 14 ->
                    framings +=
                            name.contentEqualsIgnoreCase(HttpHeaderNames.CONTENT_LENGTH) ? 1 : 0;
            case 17 ->
                    framings +=
                            name.contentEqualsIgnoreCase(HttpHeaderNames.TRANSFER_ENCODING) ? 1 : 0;
            default -> {}
        }
        return name;
    }

    /// Called by Netty, in the same step, before it decides how the body is framed.
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw Refused.framing("Content-Length and Transfer-Encoding stand together");
    }

    private void checkHead(Request request) {
        if (framings > 1) {
            throw Refused.framing("the body's length is given twice (expected: once)");
        }
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (hosts != 1 && !(old && hosts == 0)) {
            throw Refused.framing("the head has %d Host fields (expected: 1)".formatted(hosts));
        }
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (host != null && !AsciiSet.HOST.spells(host)) {
            throw Refused.framing("the Host field is no host (expected: name and port)");
        }
        if (framings == 1) {
            checkFraming(request, old);
        }
        String upgrade = request.headers().get(HttpHeaderNames.UPGRADE);
        // Java's own client offers h2c with every first request and takes no for an answer.
        if (upgrade != null && !upgrade.equalsIgnoreCase("h2c")) {
            throw Refused.framing("the connection is asked to change its protocol");
        }
    }

    private static void checkFraming(Request request, boolean old) {
        String coding = request.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && (old || !coding.equalsIgnoreCase("chunked"))) {
            throw Refused.framing("Transfer-Encoding is not chunked");
        }
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (length == null) {
            return;
        }
        if (length.length() > LENGTH_DIGITS_MAX || !AsciiSet.DIGIT.spells(length)) {
            throw Refused.framing("Content-Length is no number (expected: digits)");
        }
    }
}
