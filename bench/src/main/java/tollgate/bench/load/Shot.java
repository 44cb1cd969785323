package tollgate.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A chat request, ready to send, and what its answer must be. With several keys each sending takes
/// the next one. To be used on one event loop at a time.
public final class Shot {
    private final List<byte[]> heads;
    private final byte[] body;
    private final Expect expect;
    private int next;

    private Shot(List<byte[]> heads, byte[] body, Expect expect) {
        this.heads = heads;
        this.body = body;
        this.expect = expect;
    }

    /// A POST to `/v1/chat/completions`.
    ///
    /// @param keys at least one, taken in turn
    public static Shot chat(List<String> keys, byte[] body, Expect expect) {
        return new Shot(keys.stream().map(key -> head(key, body.length)).toList(), body, expect);
    }

    private static byte[] head(String key, int bodyBytes) {
        return """
        POST /v1/chat/completions HTTP/1.1
        host: 127.0.0.1
        user-agent: tollgate-bench
        authorization: Bearer %s
        content-type: application/json
        accept: */*
        content-length: %d

        """
                .formatted(key, bodyBytes)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    public Expect expect() {
        return expect;
    }

    ByteBuf request(ByteBufAllocator allocator) {
        byte[] head = heads.get(next);
        next = next + 1 == heads.size() ? 0 : next + 1;
        return allocator.directBuffer(head.length + body.length).writeBytes(head).writeBytes(body);
    }
}
