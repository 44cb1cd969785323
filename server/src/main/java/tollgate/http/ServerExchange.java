package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollgate.http.Answers.After;
import tollgate.http.Answers.Framing;
import tollgate.unit.RequestId;

/// One request on a [ServerConnection], and the answer being written; stream and exchange are one
/// object, since there is one of each.
final class ServerExchange implements Exchange, Stream {
    private static final byte[] NOTHING = new byte[0];

    private final ServerConnection connection;
    private final RequestId id;
    private final long receivedNanos;
    private final String method;
    private final Target target;
    private final HttpHeaders headers;
    private final boolean keepAlive;
    private final boolean chunkable;

    private @Nullable RequestBody gathered;
    private byte[] body = NOTHING;

    private boolean closeAfter;
    private volatile boolean answered;
    private int status = Front.CALLER_LEFT;
    private volatile boolean gone;
    private boolean ended;
    private Framing framing = Framing.NONE;
    private Answers.@Nullable Head pendingHead;
    private @Nullable Runnable onGone;
    private @Nullable Runnable onSent;
    private @Nullable Runnable onDrain;

    ServerExchange(ServerConnection connection, StrictRequestDecoder.Request request) {
        this(connection, request.method().name(), request.target(), request);
    }

    private ServerExchange(
            ServerConnection connection,
            String method,
            Target target,
            StrictRequestDecoder.@Nullable Request request) {
        HttpServer server = connection.loop().server();
        this.connection = connection;
        this.id = server.newId();
        this.receivedNanos = server.loops().nanoTime();
        this.method = method;
        this.target = target;
        this.headers = request == null ? EmptyHttpHeaders.INSTANCE : request.headers();
        this.chunkable = request != null && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        this.keepAlive = chunkable && HttpUtil.isKeepAlive(request);
    }

    /// A request of which only so much could be read, to be refused.
    static ServerExchange unread(
            ServerConnection connection, StrictRequestDecoder.@Nullable Request head) {
        return head == null
                ? new ServerExchange(connection, "", Target.NONE, null)
                : new ServerExchange(connection, head);
    }

    /// Prepares for the body that the head announces.
    ///
    /// @return whether the caller waits to be told to send it
    /// @throws Refused when it may not be sent
    boolean expectBody(Front front) {
        long bytesMax = front.bodyBytesMax(target.path());
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        long announced = 0;
        if (length != null) {
            announced = Long.parseLong(length);
        } else if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            announced = -1;
        }
        String expected = headers.get(HttpHeaderNames.EXPECT);
        if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
            throw Refused.of(417, "the Expect field is unknown (expected: 100-continue)");
        }
        if (announced == 0) {
            return false;
        }
        gathered = new RequestBody(connection, headers, bytesMax, announced);
        return expected != null && chunkable;
    }

    void gather(ByteBuf piece) {
        if (gathered != null) {
            gathered.add(piece);
        }
    }

    /// The last byte of the request is here.
    void complete() {
        if (gathered == null) {
            connection.handle(this);
        } else {
            gathered.complete(this);
        }
    }

    /// The body is here and decoded.
    void whole(byte[] bytes) {
        body = bytes;
        connection.handle(this);
    }

    @Override
    public void freeBody() {
        body = NOTHING;
        if (gathered != null) {
            gathered.free();
        }
    }

    /// Makes this the last exchange of its connection.
    void closeAfter() {
        closeAfter = true;
    }

    boolean closes() {
        return closeAfter || !keepAlive || connection.loop().server().draining();
    }

    @Override
    public RequestId id() {
        return id;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public @Nullable String rawQuery() {
        return target.query();
    }

    @Override
    public @Nullable String query(String name) {
        return target.parameter(name);
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    @Override
    public Buffer body() {
        return Buffers.wrap(body);
    }

    @Override
    public byte[] bodyBytes() {
        return body;
    }

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public int loop() {
        return connection.loop().index();
    }

    @Override
    public long receivedNanos() {
        return receivedNanos;
    }

    @Override
    public void run(Runnable task) {
        connection.loop().server().loops().run(loop(), task);
    }

    @Override
    public boolean answered() {
        return answered;
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public void answer(int status, Headers fields, Buffer bytes) {
        if (elsewhere(() -> answer(status, fields, bytes))) {
            return;
        }
        claim(status);
        boolean bodiless = Answers.bodiless(status);
        boolean sent = !bodiless && !method.equals(HttpMethod.HEAD.name());
        After after = closes() ? After.CLOSE : After.KEEP;
        closeAfter |= after == After.CLOSE;
        Answers.Head head =
                new Answers.Head(
                        status,
                        fields,
                        bodiless ? Framing.NONE : Framing.SIZED,
                        bytes.length(),
                        after);
        if (gone) {
            return;
        }
        ByteBuf out = head.write(connection.channel().alloc(), sent ? bytes.length() : 0);
        if (sent) {
            ByteBuf view = Buffers.view(bytes);
            out.writeBytes(view, view.readerIndex(), bytes.length());
        }
        sendLast(out);
    }

    @Override
    public Stream begin(int status, Headers fields) {
        if (elsewhere(() -> begin(status, fields))) {
            return this;
        }
        claim(status);
        boolean bodiless = Answers.bodiless(status);
        framing =
                bodiless || !chunkable || method.equals(HttpMethod.HEAD.name())
                        ? Framing.NONE
                        : Framing.CHUNKED;
        closeAfter |= closes() || (!bodiless && !chunkable);
        After after = closeAfter ? After.CLOSE : After.KEEP;
        pendingHead = new Answers.Head(status, fields, framing, 0, after);
        return this;
    }

    private void claim(int with) {
        if (answered) {
            throw new IllegalStateException("%s is answered twice (expected: once)".formatted(id));
        }
        answered = true;
        status = with;
    }

    private boolean elsewhere(Runnable task) {
        if (connection.eventLoop().inEventLoop()) {
            return false;
        }
        run(task);
        return true;
    }

    @Override
    public void write(Buffer bytes) {
        if (elsewhere(() -> write(bytes)) || gone || bytes.length() == 0) {
            return;
        }
        checkOpen();
        connection.write(piece(bytes));
    }

    @Override
    public void end() {
        end(Buffers.wrap(NOTHING));
    }

    @Override
    public void end(Buffer bytes) {
        if (elsewhere(() -> end(bytes)) || gone) {
            return;
        }
        checkOpen();
        ByteBuf out = piece(bytes);
        if (framing == Framing.CHUNKED) {
            Answers.writeLastChunk(out);
        }
        sendLast(out);
    }

    private void checkOpen() {
        if (!answered || ended) {
            throw new IllegalStateException(
                    "%s is written to %s".formatted(id, ended ? "after its end" : "before begin"));
        }
    }

    /// The head if it has not left yet, and some bytes as the body's framing has them.
    private ByteBuf piece(Buffer bytes) {
        ByteBuf view = Buffers.view(bytes);
        boolean dropped = framing == Framing.NONE && (chunkable || bytes.length() == 0);
        int length = dropped ? 0 : bytes.length();
        ByteBuf out;
        if (pendingHead != null) {
            out = pendingHead.write(connection.channel().alloc(), length);
            pendingHead = null;
        } else {
            out = Answers.chunk(connection.channel().alloc(), length);
        }
        if (length > 0 && framing == Framing.CHUNKED) {
            Answers.writeChunk(out, view);
        } else if (length > 0) {
            out.writeBytes(view, view.readerIndex(), length);
        }
        return out;
    }

    private void sendLast(ByteBuf out) {
        ended = true;
        if (onSent == null) {
            connection.write(out);
        } else {
            connection.write(out, written -> sent(written.isSuccess()));
        }
        over();
        connection.answered(this);
    }

    private void over() {
        ServerLoop loop = connection.loop();
        long nanos = loop.server().loops().nanoTime() - receivedNanos;
        try {
            loop.front().answered(this, status, nanos);
        } catch (RuntimeException | Error problem) { // must not keep the connection from going on
            loop.report(problem);
        }
    }

    private void sent(boolean whole) {
        if (whole) {
            connection.run(Objects.requireNonNull(onSent));
        } else {
            tellGone();
        }
    }

    @Override
    public boolean full() {
        return !connection.channel().isWritable();
    }

    @Override
    public void onDrain(Runnable task) {
        onDrain = task;
    }

    void drained() {
        if (onDrain != null && !ended) {
            connection.run(onDrain);
        }
    }

    @Override
    public void cut() {
        if (!elsewhere(this::cut) && !gone) {
            connection.cut();
        }
    }

    @Override
    public void onGone(Runnable task) {
        Runnable first = onGone;
        if (gone) {
            run(task);
        } else if (first == null) {
            onGone = task;
        } else {
            onGone =
                    () -> {
                        first.run();
                        task.run();
                    };
        }
    }

    @Override
    public void onSent(Runnable task) {
        onSent = task;
    }

    /// The connection broke before the answer's end was written.
    void callerLeft() {
        if (!ended) {
            tellGone();
        }
    }

    private void tellGone() {
        if (gone) {
            return;
        }
        gone = true;
        if (!ended) {
            over();
        }
        if (onGone != null) {
            connection.run(onGone);
        }
    }
}
