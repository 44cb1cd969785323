package tollgate.http;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;

/// A front that keeps what it saw, answers as it is told, and refuses with the fault's code.
final class RecordingFront implements Front {
    static final long BODY_BYTES_MAX = 1_000;

    final List<Exchange> handled = new CopyOnWriteArrayList<>();
    final List<Fault> faults = new CopyOnWriteArrayList<>();
    final List<Exchange> refused = new CopyOnWriteArrayList<>();
    final List<Integer> statuses = new CopyOnWriteArrayList<>();
    volatile @Nullable RuntimeException told;
    volatile long bodyBytesMax = BODY_BYTES_MAX;
    volatile Consumer<Exchange> handler =
            exchange -> exchange.answer(200, Headers.NONE, Buffer.buffer("ok"));

    @Override
    public long bodyBytesMax(String path) {
        return bodyBytesMax;
    }

    @Override
    public void handle(Exchange exchange) {
        handled.add(exchange);
        handler.accept(exchange);
    }

    @Override
    public void refuse(Exchange exchange, Fault fault) {
        refused.add(exchange);
        faults.add(fault);
        int status =
                switch (fault) {
                    case Fault.BadFraming(int framing, String _) -> framing;
                    case Fault.BodyTooLarge _ -> 413;
                    case Fault.Unavailable _ -> 503;
                    case Fault.Internal _ -> 500;
                    default -> 400;
                };
        exchange.answer(status, Headers.of("x-code", "" + fault.code()), Buffer.buffer("no"));
    }

    @Override
    public void answered(Exchange exchange, int status, long nanos) {
        statuses.add(status);
        RuntimeException problem = told;
        if (problem != null) {
            throw problem;
        }
    }
}
