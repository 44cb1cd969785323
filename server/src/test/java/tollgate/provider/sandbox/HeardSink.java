package tollgate.provider.sandbox;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.http.Reply;

/// Keeps what a reply delivers.
final class HeardSink implements Reply.Sink {
    final List<String> chunks = new ArrayList<>();
    boolean ended;
    Reply.@Nullable Failure failure;
    Runnable onChunk = () -> {};

    @Override
    public void chunk(Buffer bytes) {
        refuseAfterEnd();
        chunks.add(bytes.toString(StandardCharsets.UTF_8));
        onChunk.run();
    }

    @Override
    public void end() {
        refuseAfterEnd();
        ended = true;
    }

    @Override
    public void failed(Reply.Failure failure) {
        refuseAfterEnd();
        this.failure = failure;
    }

    private void refuseAfterEnd() {
        if (ended || failure != null) {
            throw new AssertionError("something came after the end");
        }
    }

    String text() {
        return String.join("", chunks);
    }
}
