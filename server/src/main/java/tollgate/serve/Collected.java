package tollgate.serve;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import tollgate.http.Buffers;
import tollgate.http.Reply;
import tollgate.http.Reply.Failure;

/// Takes a whole body into memory, up to a bound.
final class Collected implements Reply.Sink {
    private final Reply reply;
    private final int bytesMax;
    private final Consumer<byte[]> whole;
    private final Consumer<Failure> failed;
    private Buffer body = Buffer.buffer();
    private boolean over;

    private Collected(Reply reply, int bytesMax, Consumer<byte[]> whole, Consumer<Failure> failed) {
        this.reply = reply;
        this.bytesMax = bytesMax;
        this.whole = whole;
        this.failed = failed;
    }

    /// Starts the reply; one of the two is called once. A longer body counts as broken.
    static void of(Reply reply, int bytesMax, Consumer<byte[]> whole, Consumer<Failure> failed) {
        reply.start(new Collected(reply, bytesMax, whole, failed));
    }

    @Override
    public void chunk(Buffer bytes) {
        if (over) {
            return;
        }
        if (body.length() + bytes.length() > bytesMax) {
            over = true;
            reply.cancel();
            failed.accept(Failure.BROKEN);
            return;
        }
        if (body.length() == 0) {
            reply.committed();
            body = bytes;
        } else {
            body =
                    Buffer.buffer(body.length() + bytes.length())
                            .appendBuffer(body)
                            .appendBuffer(bytes);
        }
    }

    @Override
    public void end() {
        if (!over) {
            over = true;
            whole.accept(Buffers.bytes(body));
        }
    }

    @Override
    public void failed(Failure failure) {
        if (!over) {
            over = true;
            failed.accept(failure);
        }
    }
}
