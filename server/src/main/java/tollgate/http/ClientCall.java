package tollgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One call of a [HttpClient] from its sending to its end, on its event loop: the future of the
/// head, then the [Reply]. All pieces of the body that one turn brought go to the sink as one.
final class ClientCall implements Reply, Ongoing {
    private final HttpClient client;
    private final Outbound outbound;
    private final long startedNanos;
    private final Promise<Reply> head = Promise.promise();
    private final List<ByteBuf> pieces = new ArrayList<>(2);
    private int index;

    private @Nullable ClientConnection connection;
    private @Nullable HttpHeaders headers;
    private @Nullable Sink sink;
    private @Nullable Failure failure;
    private int status;
    private boolean committed;
    private boolean paused;
    private boolean ended;
    private boolean delivering;
    private boolean over;
    private boolean moved;
    private long movedNanos;

    ClientCall(HttpClient client, Outbound outbound, long nowNanos) {
        this.client = client;
        this.outbound = outbound;
        this.startedNanos = nowNanos;
        this.movedNanos = nowNanos;
    }

    Outbound outbound() {
        return outbound;
    }

    @Override
    public Future<Reply> reply() {
        return head.future();
    }

    int index() {
        return index;
    }

    void index(int other) {
        index = other;
    }

    boolean over() {
        return over;
    }

    /// The request is about to be written to this connection.
    void sentOn(ClientConnection other) {
        connection = other;
    }

    void arrived(HttpResponse response) {
        status = response.status().code();
        headers = response.headers();
        moved = true;
        head.complete(this);
    }

    /// Takes a piece of the body; it is released when it was delivered.
    void piece(ByteBuf bytes) {
        moved = true;
        if (over || !bytes.isReadable()) {
            bytes.release();
        } else {
            pieces.add(bytes);
        }
    }

    /// The answer is whole, and its connection perhaps serves others already.
    void ended() {
        ended = true;
        connection = null;
    }

    /// Whether the connection should go on reading for this call: for its head always.
    boolean wantsMore() {
        return headers == null || (sink != null && !paused);
    }

    /// Gives the sink what is there. Called at the end of each turn that brought something.
    void deliver() {
        if (delivering || over || sink == null) {
            return;
        }
        delivering = true;
        try {
            if (!paused && !pieces.isEmpty()) {
                sink.chunk(Buffers.wrap(takePieces()));
            }
            finishDelivery(sink);
        } catch (RuntimeException | Error problem) { // the sink's, not the upstream's
            client.report(problem);
            cancel();
        } finally {
            delivering = false;
        }
    }

    private void finishDelivery(Sink to) {
        if (over || paused || !pieces.isEmpty()) {
            return;
        }
        if (ended) {
            finish();
            to.end();
        } else if (failure != null) {
            finish();
            to.failed(failure);
        }
    }

    private byte[] takePieces() {
        int length = 0;
        for (ByteBuf piece : pieces) {
            length += piece.readableBytes();
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (ByteBuf piece : pieces) {
            int more = piece.readableBytes();
            piece.readBytes(bytes, at, more);
            piece.release();
            at += more;
        }
        pieces.clear();
        return bytes;
    }

    /// The call fails; its connection is closed by whoever says so.
    void fail(Failure why, @Nullable Throwable cause) {
        if (over || ended || failure != null) {
            return;
        }
        failure = why;
        connection = null;
        if (headers == null) {
            finish();
            head.fail(new CallFailed(why, cause));
        } else {
            deliver();
        }
    }

    private void finish() {
        over = true;
        client.done(this);
    }

    /// Which deadline has passed, if any.
    @Nullable Failure late(long nowNanos) {
        if (moved || paused) {
            moved = false;
            movedNanos = nowNanos;
        }
        long age = nowNanos - startedNanos;
        Outbound.Deadlines deadlines = outbound.deadlines();
        if (ended || failure != null) {
            return null;
        }
        if (age >= deadlines.total().toNanos()) {
            return Failure.TOO_LONG;
        }
        if (connection == null) {
            return age >= deadlines.connect().toNanos() ? Failure.UNREACHABLE : null;
        }
        if (!committed) {
            return age >= deadlines.firstByte().toNanos() ? Failure.SILENT : null;
        }
        return nowNanos - movedNanos >= deadlines.idle().toNanos() ? Failure.STALLED : null;
    }

    /// Fails and closes the connection at once.
    void expire(Failure why) {
        ClientConnection open = connection;
        fail(why, null);
        if (open != null) {
            open.close();
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String name) {
        return Objects.requireNonNull(headers).get(name);
    }

    @Override
    public void start(Sink to) {
        if (sink != null) {
            throw new IllegalStateException("the reply is started twice (expected: once)");
        }
        sink = to;
        goOn();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            goOn();
        }
    }

    /// Delivers what waited, after what runs now, and reads on.
    private void goOn() {
        if (over) {
            return;
        }
        if (ended || failure != null || !pieces.isEmpty()) {
            client.later(this::deliver);
        }
        if (connection != null) {
            connection.readOn();
        }
    }

    @Override
    public void committed() {
        if (!committed) {
            committed = true;
            moved = true;
        }
    }

    @Override
    public void cancel() {
        if (over) {
            return;
        }
        ClientConnection open = connection;
        connection = null;
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        finish();
        if (open != null) {
            open.close();
        }
    }
}
